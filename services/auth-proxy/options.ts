import { type Environment, EnvironmentReader, type Options, urlVariable } from "../runtime/index";

/** What the proxy is told by its environment, checked. */
export interface ProxyOptions extends Options {
  /** `<CALLEE>_URL` per receiving service: its origin, which is the audience of the ID token. @default needed, one at least */
  readonly urls: Readonly<Record<string, string>>;
  /**
   * `ROUTES`: JSON of path prefix to key of the receiving service; the longest prefix wins, by whole segments.
   * @default one service gets everything; of several, each the paths under its key
   */
  readonly routes: ReadonlyMap<string, string>;
  /** `TOKEN_HEADER`: where the ID token goes. @default "x-serverless-authorization", which leaves `Authorization` to the application */
  readonly tokenHeader: "x-serverless-authorization" | "authorization";
  /** `HTTP2`: keys of the services that are spoken to in HTTP/2; they take no WebSocket. @default none */
  readonly http2: ReadonlySet<string>;
  /** `REQUEST_TIMEOUT_MS`: how long until an answer begins; while a body arrives, how long it may pause. @default 30000 */
  readonly requestTimeoutMs: number;
  /** `BODY_LIMIT_BYTES`: largest request body. @default 32505856, just below Cloud Run's own limit for HTTP/1 */
  readonly bodyLimitBytes: number;
  /** `DRAIN_TIMEOUT_MS`: from SIGTERM until what still runs is cut. @default 8000; Cloud Run kills after 10 s */
  readonly drainTimeoutMs: number;
  /** `ALLOWED_METHODS`: what is let through. @default GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS */
  readonly methods: ReadonlySet<string>;
  /** `ALLOWED_PATHS`: path prefixes. @default "/", everything */
  readonly paths: readonly string[];
  /** `ALLOWED_ORIGINS`: other origins whose pages may use this. @default none */
  readonly origins: ReadonlySet<string>;
  /** `IAP_AUDIENCE`: what IAP's assertion must be meant for; several are separated by commas. @default none: no assertion is asked for */
  readonly iapAudiences: readonly string[];
  /** `HEADER_LIMIT_BYTES`, of requests and of answers. @default 16384 */
  readonly headerLimitBytes: number;
  /** `HEADER_TIMEOUT_MS`: how long a client may take to send a request's header. @default 10000 */
  readonly headerTimeoutMs: number;
  /** `CONNECT_TIMEOUT_MS`: how long a connection to a backend may take, TLS included. @default 5000 */
  readonly connectTimeoutMs: number;
  /** `STREAM_IDLE_TIMEOUT_MS`: how long a stream may be silent once the answer has begun. @default 300000 */
  readonly streamIdleTimeoutMs: number;
  /** `REQUEST_LOG`: `on` writes one line per request, without its query. @default off, as Cloud Run writes those */
  readonly requestLog: boolean;
  /** `HEALTH_PATH`: answers whether the proxy runs; `off` gives the path to the backends. @default "/health" */
  readonly healthPath: string | undefined;
  /** `READY_PATH`: answers whether a token can be had for each backend. @default "/ready" */
  readonly readyPath: string | undefined;
  /** `METRICS_PATH`: counts in the text form of Prometheus; open to whoever may reach it. @default off */
  readonly metricsPath: string | undefined;
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/** Below Cloud Run's own limit for HTTP/1. Source: https://cloud.google.com/run/quotas#request_limits */
const BODY = { standard: 32_505_856, most: 1_099_511_627_776 };
const HOUR_MS = 3_600_000;
const PREFIX = /^\/(?:[\w.~!$&'()*+,:=@-]+(?:\/[\w.~!$&'()*+,:=@-]+)*)?$/;

/** @throws ServiceError `options-invalid` with every problem found, not only the first */
export function readProxyOptions(env: Environment): ProxyOptions {
  const read = new EnvironmentReader(env);
  const routes = routesOf(read);
  const callees = [...new Set(routes.values())];
  const options: ProxyOptions = {
    ...read.options(callees, BODY),
    routes,
    tokenHeader: oneOf(read, "TOKEN_HEADER", ["x-serverless-authorization", "authorization"]),
    http2: new Set(read.list("HTTP2", (key) => callees.includes(key), `keys of services: ${callees.join(", ")}`)),
    methods: new Set(read.list("ALLOWED_METHODS", (name) => METHODS.includes(name), METHODS.join(", "), METHODS)),
    paths: read.list("ALLOWED_PATHS", isPrefix, "path prefixes such as /api", ["/"]),
    origins: new Set(read.list("ALLOWED_ORIGINS", isOrigin, "origins such as https://app.example.com")),
    headerLimitBytes: read.whole("HEADER_LIMIT_BYTES", 16_384, 1_024, 1_048_576),
    headerTimeoutMs: read.whole("HEADER_TIMEOUT_MS", 10_000, 1, HOUR_MS),
    connectTimeoutMs: read.whole("CONNECT_TIMEOUT_MS", 5_000, 1, HOUR_MS),
    streamIdleTimeoutMs: read.whole("STREAM_IDLE_TIMEOUT_MS", 300_000, 1, HOUR_MS),
    requestLog: oneOf(read, "REQUEST_LOG", ["off", "on"]) === "on",
    healthPath: pathOrOff(read, "HEALTH_PATH", "/health"),
    readyPath: pathOrOff(read, "READY_PATH", "/ready"),
    metricsPath: pathOrOff(read, "METRICS_PATH", "off"),
  };
  read.finish();
  return options;
}

function routesOf(read: EnvironmentReader): ReadonlyMap<string, string> {
  const text = read.text("ROUTES");
  if (text === undefined) return defaultRoutes(read);
  const wrong = (got: string) => {
    read.report("ROUTES", `got ${got}; allowed: a JSON object of path prefix to key of a service, {"/chat":"backend"}`);
    return new Map<string, string>();
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return wrong("no JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return wrong("no JSON object");
  const routes = Object.entries(value as Record<string, unknown>);
  if (routes.length === 0) return wrong("no route");
  for (const [prefix, callee] of routes) {
    if (!isPrefix(prefix)) return wrong(`the prefix "${prefix}"`);
    if (typeof callee !== "string" || !/^[a-z][a-z0-9-]*$/.test(callee))
      return wrong(`no service's key for "${prefix}"`);
  }
  return new Map(routes as [string, string][]);
}

/** One receiving service gets everything; of several, each gets the paths under its key. */
function defaultRoutes(read: EnvironmentReader): ReadonlyMap<string, string> {
  const callees = Object.keys(read.env)
    .filter((name) => /^[A-Z][A-Z0-9_]*_URL$/.test(name) && read.text(name) !== undefined)
    .map((name) => name.slice(0, -"_URL".length).toLowerCase().replaceAll("_", "-"))
    .sort();
  if (callees.length === 1) return new Map([["/", callees[0]!]]);
  if (callees.length === 0) {
    read.report(urlVariable("callee"), "none is set; name the receiving services in the `calls` of this service");
  }
  return new Map(callees.map((callee) => [`/${callee}`, callee]));
}

function oneOf<T extends string>(read: EnvironmentReader, name: string, allowed: readonly [T, ...T[]]): T {
  const text = read.text(name)?.toLowerCase() ?? allowed[0];
  const found = allowed.find((one) => one === text);
  if (!found) read.report(name, `got "${text}"; allowed: ${allowed.join(", ")}`);
  return found ?? allowed[0];
}

function pathOrOff(read: EnvironmentReader, name: string, standard: string): string | undefined {
  const text = read.text(name) ?? standard;
  if (text === "off") return undefined;
  if (text === "/" || !isPrefix(text)) read.report(name, `got "${text}"; allowed: a path such as /status, or off`);
  return text;
}

function isPrefix(text: string): boolean {
  return PREFIX.test(text) && !text.split("/").some((segment) => segment === "." || segment === "..");
}

function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
