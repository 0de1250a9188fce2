// Bundles services whose dist/ is missing or was made from other sources: each folder beside this package that has a
// main.ts, or the folders named as arguments. Compared by content, because checkouts and installs change times.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const runtime = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const services = path.dirname(runtime);
const folders = process.argv.length > 2 ? process.argv.slice(2).map((folder) => path.resolve(folder)) : all();
const digests = new Map();

const stale = folders.filter((folder) => !isFresh(folder));
if (stale.length > 0) {
  const { build } = await import("esbuild");
  await Promise.all(stale.map((folder) => bundle(build, folder)));
}

function all() {
  return readdirSync(services)
    .map((name) => path.join(services, name))
    .filter((folder) => existsSync(path.join(folder, "main.ts")));
}

function isFresh(folder) {
  const stamp = path.join(folder, "dist", ".sources.json");
  if (!existsSync(stamp) || !existsSync(path.join(folder, "dist", "main.js"))) return false;
  return Object.entries(JSON.parse(readFileSync(stamp, "utf8"))).every(
    ([file, digest]) => digestOf(path.join(folder, file)) === digest,
  );
}

/**
 * google-auth-library stays outside: it is loaded on a developer's machine only. So does PGlite, which reads files beside
 * its own.
 */
async function bundle(build, folder) {
  const result = await build({
    absWorkingDir: folder,
    entryPoints: ["main.ts"],
    outfile: "dist/main.js",
    bundle: true,
    platform: "node",
    target: "node20.19",
    external: ["google-auth-library", "@electric-sql/pglite"],
    loader: JSON.parse(readFileSync(new URL("./texts.json", import.meta.url), "utf8")),
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  const own = [import.meta.url, new URL("./texts.json", import.meta.url)].map((url) => fileURLToPath(url));
  const sources = [...Object.keys(result.metafile.inputs), ...own.map((file) => path.relative(folder, file))];
  mkdirSync(path.join(folder, "dist"), { recursive: true });
  replace(path.join(folder, "dist", "main.js"), result.outputFiles[0].contents);
  const stamp = Object.fromEntries(sources.sort().map((file) => [file, digestOf(path.join(folder, file))]));
  replace(path.join(folder, "dist", ".sources.json"), `${JSON.stringify(stamp, null, 1)}\n`);
}

/** In one step, so that a service that starts meanwhile finds a whole file. */
function replace(file, contents) {
  writeFileSync(`${file}.${process.pid}`, contents);
  renameSync(`${file}.${process.pid}`, file);
}

function digestOf(file) {
  if (!digests.has(file)) {
    digests.set(file, existsSync(file) ? createHash("sha256").update(readFileSync(file)).digest("hex") : "missing");
  }
  return digests.get(file);
}
