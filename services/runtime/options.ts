import { urlVariable } from "./contract";
import { type ErrorDetail, ServiceError } from "./errors";
import { SEVERITIES, type Severity } from "./log";

/** What a service is told by its environment, checked. */
export interface Options<Callee extends string = string> {
  /** `PORT`. 0 takes any free port. @default 8080 */
  readonly port: number;
  /** `BIND_ADDRESS`. @default "0.0.0.0", which Cloud Run's container contract asks for */
  readonly bindAddress: string;
  /** `<CALLEE>_URL` per receiving service: the origin to call, which is the audience of the ID token. */
  readonly urls: Readonly<Record<Callee, string>>;
  /** `GOOGLE_CLOUD_PROJECT`. @default asked of the metadata server; only the log's trace field uses it */
  readonly projectId: string | undefined;
  /**
   * `GCE_METADATA_HOST`, a host with an optional port.
   * @default "metadata.google.internal" on Cloud Run (`K_SERVICE` or `CLOUD_RUN_JOB` is set); elsewhere none, and ID
   * tokens come from the developer's default credentials
   */
  readonly metadataHost: string | undefined;
  /** `GOOGLE_IMPERSONATE_SERVICE_ACCOUNT`: whom default credentials mint ID tokens as. @default nobody */
  readonly impersonate: string | undefined;
  /** `REQUEST_TIMEOUT_MS`: how long this service may take to answer. @default 30000 */
  readonly requestTimeoutMs: number;
  /** `CALL_TIMEOUT_MS`: how long a call to a receiving service may take, retries included. @default 10000 */
  readonly callTimeoutMs: number;
  /** `BODY_LIMIT_BYTES`: largest request body. @default 1048576; at most 32 MiB, Cloud Run's own limit for HTTP/1 */
  readonly bodyLimitBytes: number;
  /** `DRAIN_TIMEOUT_MS`: from SIGTERM until running requests are cut. @default 8000; Cloud Run kills after 10 s */
  readonly drainTimeoutMs: number;
  /** `LOG_SEVERITY`: least severity that is written. @default "INFO" */
  readonly logSeverity: Severity;
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a service's options.
 *
 * @param calls keys of the receiving services in the stack config; each needs its URL variable
 * @throws ServiceError `options-invalid` with every problem found, not only the first
 */
export function readOptions<Callee extends string>(env: Environment, calls: readonly Callee[]): Options<Callee> {
  const problems: ErrorDetail[] = [];
  const report = (path: string, message: string) => problems.push({ path, message });

  const whole = (name: string, standard: number, least: number, most: number): number => {
    const text = env[name];
    if (text === undefined || text === "") return standard;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    report(name, `got "${text}"; allowed: a whole number from ${least} to ${most}; unset it for ${standard}`);
    return standard;
  };

  const severity = (): Severity => {
    const text = env["LOG_SEVERITY"] || "INFO";
    const found = SEVERITIES.find((one) => one === text.toUpperCase());
    if (!found) report("LOG_SEVERITY", `got "${text}"; allowed: ${SEVERITIES.join(", ")}`);
    return found ?? "INFO";
  };

  const url = (callee: Callee): string => {
    const name = urlVariable(callee);
    const text = env[name];
    if (!text) report(name, `not set; name "${callee}" in the \`calls\` of this service in the stack config`);
    else if (!originOf(text))
      report(name, `got "${shown(text)}"; allowed: https://HOST without a path (http on loopback)`);
    return originOf(text ?? "") ?? "";
  };

  const metadataHost = (): string | undefined => {
    const text = env["GCE_METADATA_HOST"];
    if (!text) return env["K_SERVICE"] || env["CLOUD_RUN_JOB"] ? "metadata.google.internal" : undefined;
    if (!/^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?$/i.test(text)) {
      report("GCE_METADATA_HOST", `got "${text}"; allowed: HOST or HOST:PORT, without http://`);
    }
    return text;
  };

  const impersonate = (): string | undefined => {
    const text = env["GOOGLE_IMPERSONATE_SERVICE_ACCOUNT"] || undefined;
    if (text !== undefined && !/^[^@\s/]+@[^@\s/]+$/.test(text)) {
      report("GOOGLE_IMPERSONATE_SERVICE_ACCOUNT", `got "${text}"; allowed: a service account's e-mail address`);
    }
    return text;
  };

  const options: Options<Callee> = {
    port: whole("PORT", 8080, 0, 65535),
    bindAddress: env["BIND_ADDRESS"] || "0.0.0.0",
    urls: Object.fromEntries(calls.map((callee) => [callee, url(callee)])) as Record<Callee, string>,
    projectId: env["GOOGLE_CLOUD_PROJECT"] || undefined,
    metadataHost: metadataHost(),
    impersonate: impersonate(),
    requestTimeoutMs: whole("REQUEST_TIMEOUT_MS", 30_000, 1, 3_600_000),
    callTimeoutMs: whole("CALL_TIMEOUT_MS", 10_000, 1, 3_600_000),
    bodyLimitBytes: whole("BODY_LIMIT_BYTES", 1_048_576, 1, 33_554_432),
    drainTimeoutMs: whole("DRAIN_TIMEOUT_MS", 8_000, 0, 9_500),
    logSeverity: severity(),
  };
  if (problems.length > 0) {
    const text = problems.map((problem) => `${problem.path}: ${problem.message}`).join("; ");
    throw new ServiceError("options-invalid", text, { details: problems });
  }
  return options;
}

/** The origin of a receiving service's URL; undefined where it is no origin, or where a token would travel in the clear. */
export function originOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const plain =
    url.pathname === "/" && url.search === "" && url.hash === "" && url.username === "" && url.password === "";
  const safe = url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
  return plain && safe ? url.origin : undefined;
}

/** A value as an error may quote it: without what stands before an "@", which may be a password. */
function shown(url: string): string {
  return url.replace(/[^/]*@/, "…@");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}
