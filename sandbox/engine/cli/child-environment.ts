/**
 * What a child process of the sandbox gets to see. The sandbox plays Google Cloud, so a real credential in reach of a
 * child could only do harm: one that is named in the environment stops the sandbox, one that lies in a home folder is
 * put out of reach by a home folder of the sandbox's own.
 */
import { existsSync } from "node:fs";
import * as path from "node:path";
import { EngineError } from "../errors";

/** Variables whose value is a Google credential, or names a file that holds one. */
export const CREDENTIAL_VARIABLES = [
  "GOOGLE_APPLICATION_CREDENTIALS",
  "GOOGLE_CREDENTIALS",
  "GOOGLE_CLOUD_KEYFILE_JSON",
  "GCLOUD_KEYFILE_JSON",
  "GOOGLE_OAUTH_ACCESS_TOKEN",
  "GOOGLE_ID_TOKEN",
  "CLOUDSDK_AUTH_ACCESS_TOKEN",
  "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE",
  "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE",
] as const;

/** Throws `real-credentials` where the environment names a Google credential; the value itself is never shown. */
export function refuseRealCredentials(env: NodeJS.ProcessEnv): void {
  const found = CREDENTIAL_VARIABLES.filter((name) => (env[name] ?? "") !== "");
  if (found.length === 0) return;
  const described = found.map((name) => (existsSync(env[name] ?? "") ? `${name} (the file "${env[name]}")` : name));
  throw new EngineError(
    "real-credentials",
    `real Google credentials would be visible to the sandbox: ${described.join(", ")}; ` +
      `nothing was changed; start it without them: env ${found.map((name) => `-u ${name}`).join(" ")} npm start`,
  );
}

/**
 * The environment for a child process: the caller's, without what points at a real Pulumi backend or login, and with
 * `home` in the place of the home folder, so that neither gcloud's nor the application default credentials are found.
 * The metadata server of a virtual machine that this may run on is out of reach, too.
 */
export function childEnvironment(env: NodeJS.ProcessEnv, home: string): NodeJS.ProcessEnv {
  refuseRealCredentials(env);
  const kept = Object.entries(env).filter(([name]) => !name.startsWith("PULUMI_"));
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    USERPROFILE: home,
    APPDATA: path.join(home, "appdata"),
    XDG_CONFIG_HOME: path.join(home, ".config"),
    CLOUDSDK_CONFIG: path.join(home, ".config", "gcloud"),
    GCE_METADATA_HOST: UNREACHABLE,
    GCE_METADATA_IP: UNREACHABLE,
    METADATA_SERVER_DETECTION: "none",
    NO_GCE_CHECK: "true",
  };
}

/** The discard port of this machine: refuses at once instead of timing out. */
const UNREACHABLE = "127.0.0.1:9";
