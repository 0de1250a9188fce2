/**
 * What of the developer's own tools a process finds although its home folder is another one: where they are installed,
 * and which modules they have loaded already. No folder that is named here holds credentials: Cargo's, npm's, Maven's
 * and Gradle's do, so those tools start with empty folders in the service's home.
 */
import { statSync } from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";

/** Where installations are that tools look for below HOME, or are told of by a variable. */
const INSTALLATIONS: Readonly<Record<string, string | undefined>> = {
  // cargo and rustc on the PATH are rustup's, and find the toolchain by this.
  RUSTUP_HOME: ".rustup",
  PYENV_ROOT: ".pyenv",
  RBENV_ROOT: ".rbenv",
  VOLTA_HOME: ".volta",
  // Packages of `pip install --user`.
  PYTHONUSERBASE: ".local",
  JAVA_HOME: undefined,
  GOROOT: undefined,
};

/** Go's own way to modules, where nobody has set another. Source: https://go.dev/ref/mod#environment-variables */
const GO_PROXIES = "https://proxy.golang.org,direct";

/** Variables that lead to the developer's tools; `env` is the developer's. */
export function toolEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const home = env["HOME"] ?? env["USERPROFILE"];
  const found: Record<string, string> = {};
  for (const [name, below] of Object.entries(INSTALLATIONS)) {
    const folder = env[name] ?? (home && below && path.join(home, below));
    if (folder && isFolder(folder)) found[name] = folder;
  }
  return { ...found, ...goEnvironment(env, home) };
}

/**
 * The modules that the developer has loaded are read as Go reads a proxy, and copied into the service's home; go.sum
 * holds what they have to be. Source: https://go.dev/ref/mod#module-cache, "cache/download … same layout as … a proxy".
 */
function goEnvironment(env: NodeJS.ProcessEnv, home: string | undefined): Record<string, string> {
  const [first = home && path.join(home, "go")] = (env["GOPATH"] || undefined)?.split(path.delimiter) ?? [];
  const cache = env["GOMODCACHE"] || (first && path.join(first, "pkg", "mod"));
  const loaded = cache && path.join(cache, "cache", "download");
  return {
    // Go makes what it loads read-only, folders included: neither `--fresh` nor anybody else could remove it.
    GOFLAGS: "-modcacherw",
    ...(loaded && isFolder(loaded) && { GOPROXY: `${pathToFileURL(loaded).href},${GO_PROXIES}` }),
  };
}

function isFolder(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
}
