import { IAP_AUDIENCE_VARIABLE, urlVariable } from "./contract";
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
  /** `IAP_AUDIENCE`: what IAP's assertion must be meant for; several are separated by commas. @default none */
  readonly iapAudiences: readonly string[];
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
  const read = new EnvironmentReader(env);
  const options = read.options(calls);
  read.finish();
  return options;
}

/** Reads values from the environment and collects what is wrong with them; {@link finish} reports everything at once. */
export class EnvironmentReader {
  readonly #problems: ErrorDetail[] = [];

  constructor(readonly env: Environment) {}

  /** The value, or undefined where the variable is unset or empty. */
  text(name: string): string | undefined {
    return this.env[name] || undefined;
  }

  report(name: string, message: string): void {
    this.#problems.push({ path: name, message });
  }

  whole(name: string, standard: number, least: number, most: number): number {
    const text = this.text(name);
    if (text === undefined) return standard;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    this.report(name, `got "${text}"; allowed: a whole number from ${least} to ${most}; unset it for ${standard}`);
    return standard;
  }

  /** Values separated by commas. */
  list(
    name: string,
    fits: (item: string) => boolean,
    allowed: string,
    standard: readonly string[] = [],
  ): readonly string[] {
    const text = this.text(name);
    if (text === undefined) return standard;
    const items = text.split(",").map((item) => item.trim());
    const wrong = items.filter((item) => !fits(item)).map((item) => `"${item}"`);
    if (wrong.length > 0) this.report(name, `got ${wrong.join(", ")}; allowed, separated by commas: ${allowed}`);
    return items;
  }

  /** The origin of a receiving service, from its URL variable. */
  url(callee: string): string {
    const name = urlVariable(callee);
    const text = this.text(name);
    if (!text) this.report(name, `not set; name "${callee}" in the \`calls\` of this service in the stack config`);
    else if (!originOf(text))
      this.report(name, `got "${shown(text)}"; allowed: https://HOST without a path (http on loopback)`);
    return originOf(text ?? "") ?? "";
  }

  /**
   * What every service is told.
   *
   * @param body default and bound of `BODY_LIMIT_BYTES`; a service that reads bodies into memory keeps both low
   */
  options<Callee extends string>(
    calls: readonly Callee[],
    body = { standard: 1_048_576, most: 33_554_432 },
  ): Options<Callee> {
    return {
      port: this.whole("PORT", 8080, 0, 65535),
      bindAddress: this.text("BIND_ADDRESS") ?? "0.0.0.0",
      urls: Object.fromEntries(calls.map((callee) => [callee, this.url(callee)])) as Record<Callee, string>,
      projectId: this.text("GOOGLE_CLOUD_PROJECT"),
      metadataHost: this.#metadataHost(),
      impersonate: this.#impersonate(),
      iapAudiences: this.list(IAP_AUDIENCE_VARIABLE, isAudience, AUDIENCES),
      requestTimeoutMs: this.whole("REQUEST_TIMEOUT_MS", 30_000, 1, 3_600_000),
      callTimeoutMs: this.whole("CALL_TIMEOUT_MS", 10_000, 1, 3_600_000),
      bodyLimitBytes: this.whole("BODY_LIMIT_BYTES", body.standard, 1, body.most),
      drainTimeoutMs: this.whole("DRAIN_TIMEOUT_MS", 8_000, 0, 9_500),
      logSeverity: this.#severity(),
    };
  }

  /** @throws ServiceError `options-invalid` with every problem that was reported */
  finish(): void {
    if (this.#problems.length === 0) return;
    const text = this.#problems.map((problem) => `${problem.path}: ${problem.message}`).join("; ");
    throw new ServiceError("options-invalid", text, { details: this.#problems });
  }

  #severity(): Severity {
    const text = this.text("LOG_SEVERITY") ?? "INFO";
    const found = SEVERITIES.find((one) => one === text.toUpperCase());
    if (!found) this.report("LOG_SEVERITY", `got "${text}"; allowed: ${SEVERITIES.join(", ")}`);
    return found ?? "INFO";
  }

  #metadataHost(): string | undefined {
    const text = this.text("GCE_METADATA_HOST");
    if (!text) return this.text("K_SERVICE") || this.text("CLOUD_RUN_JOB") ? "metadata.google.internal" : undefined;
    if (!/^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?$/i.test(text)) {
      this.report("GCE_METADATA_HOST", `got "${text}"; allowed: HOST or HOST:PORT, without http://`);
    }
    return text;
  }

  #impersonate(): string | undefined {
    const text = this.text("GOOGLE_IMPERSONATE_SERVICE_ACCOUNT");
    if (text !== undefined && !/^[^@\s/]+@[^@\s/]+$/.test(text)) {
      this.report("GOOGLE_IMPERSONATE_SERVICE_ACCOUNT", `got "${text}"; allowed: a service account's e-mail address`);
    }
    return text;
  }
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

const AUDIENCES = "/projects/NUMBER/locations/REGION/services/SERVICE or /projects/NUMBER/global/backendServices/ID";

/** Forms of `aud`: Cloud Run, load balancers and App Engine. Source: https://cloud.google.com/iap/docs/signed-headers-howto */
function isAudience(text: string): boolean {
  return /^\/projects\/\d+\/(locations\/[\w-]+\/services\/[\w-]+|(global|[\w-]+)\/backendServices\/\d+|apps\/[\w:.-]+)$/.test(
    text,
  );
}

/** A value as an error may quote it: without what stands before an "@", which may be a password. */
function shown(url: string): string {
  return url.replace(/[^/]*@/, "…@");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}
