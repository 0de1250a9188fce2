/**
 * What people of a workforce pool sign in with: a credential configuration for Google's libraries, and a login
 * configuration for gcloud. Neither holds a secret. Sources: https://google.aip.dev/auth/4117 and
 * https://cloud.google.com/iam/docs/workforce-obtaining-short-lived-credentials
 */
import * as path from "node:path";

/** Where Google's libraries get the token of the company's directory. */
export type TokenSource =
  /** A file that a program of yours keeps up to date. */
  | { readonly file: string }
  /** A command that prints it. */
  | { readonly command: string };

export interface LoginOptions {
  /** `POOL/PROVIDER`, or the provider's full name. */
  readonly provider: string;
  /** Project that requests count towards. */
  readonly userProject: string;
  /** Address of the service account whose access tokens are wanted. @default - the person's own */
  readonly impersonate?: string | undefined;
  readonly source: TokenSource;
}

const API = "//iam.googleapis.com/";
const PROVIDER =
  /^(?:(?:\/\/iam\.googleapis\.com\/)?locations\/global\/workforcePools\/)?([a-z][a-z0-9-]{4,61}[a-z0-9])\/(?:providers\/)?([a-z0-9-]{4,32})$/;
const PROJECT = /^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/;
const ACCOUNT = /^[a-z0-9-]+@[a-z0-9.-]+\.gserviceaccount\.com$/;

/** How long a token command may take. Source of the limits, 5 s to 120 s: https://google.aip.dev/auth/4117 */
const TOKEN_COMMAND_MS = 30_000;

const STS = "https://sts.googleapis.com/v1";

/** `locations/global/workforcePools/POOL/providers/PROVIDER`; undefined for what names no provider. */
export function providerName(text: string): string | undefined {
  const [, pool, provider] = PROVIDER.exec(text) ?? [];
  return pool === undefined ? undefined : `locations/global/workforcePools/${pool}/providers/${provider}`;
}

/** All that is wrong with what was asked for. */
export function problemsOf({ provider, userProject, impersonate, source }: LoginOptions): string[] {
  const problems: string[] = [];
  if (providerName(provider) === undefined) {
    problems.push(
      `--provider "${provider}": allowed: POOL/PROVIDER, or locations/global/workforcePools/POOL/providers/PROVIDER`,
    );
  }
  if (!PROJECT.test(userProject)) {
    problems.push(`--user-project "${userProject}": not a project's id; a number or a name does not do`);
  }
  if (impersonate !== undefined && !ACCOUNT.test(impersonate)) {
    problems.push(
      `--impersonate "${impersonate}": not the address of a service account: NAME@PROJECT.iam.gserviceaccount.com`,
    );
  }
  if ("command" in source && /["\\\n]/.test(source.command)) {
    // Google's libraries take a command apart each in their own way.
    problems.push("--token-command: no double quotes and no backslashes; put the command into a script, and name that");
  }
  return problems;
}

/** The file of `GOOGLE_APPLICATION_CREDENTIALS`. */
export function credentialConfig({ provider, userProject, impersonate, source }: LoginOptions): object {
  return {
    universe_domain: "googleapis.com",
    type: "external_account",
    audience: `${API}${providerName(provider)}`,
    subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
    token_url: `${STS}/token`,
    token_info_url: `${STS}/introspect`,
    workforce_pool_user_project: userProject,
    credential_source: sourceConfig(source),
    ...(impersonate !== undefined && {
      service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${impersonate}:generateAccessToken`,
    }),
  };
}

/** The file of `gcloud auth login --login-config`. */
export function loginConfig(provider: string): object {
  return {
    universe_domain: "googleapis.com",
    universe_cloud_web_domain: "cloud.google",
    type: "external_account_authorized_user_login_config",
    audience: `${API}${providerName(provider)}`,
    auth_url: "https://auth.cloud.google/authorize",
    token_url: `${STS}/oauthtoken`,
    token_info_url: `${STS}/introspect`,
  };
}

function sourceConfig(source: TokenSource): object {
  if ("file" in source) return { file: path.resolve(source.file), format: { type: "text" } };
  const words = [process.execPath, path.join(__dirname, "executable.mjs"), source.command];
  return { executable: { command: words.map((word) => `"${word}"`).join(" "), timeout_millis: TOKEN_COMMAND_MS } };
}
