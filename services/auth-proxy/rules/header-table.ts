/**
 * What happens to each header, in both directions. This table is what the code follows and what the README shows; a
 * header that no row names is passed on unchanged.
 */
export interface HeaderRow {
  /** In lower case. A name that ends in `*` stands for all that begin so. */
  readonly names: readonly string[];
  /**
   * * `dropped`: never passed on.
   * * `set`: dropped as it came, and set by the proxy as {@link HeaderRow.to} says.
   * * `passed`: unchanged; named because a reader may wonder.
   */
  readonly does: "dropped" | "set" | "passed";
  /** What it is set to. */
  readonly to?: string;
  readonly why: string;
}

/** From the client to the backend. */
export const REQUEST_HEADERS: readonly HeaderRow[] = [
  {
    names: ["x-serverless-authorization"],
    does: "set",
    to: "`Bearer` and the ID token for this backend, by default; else nothing",
    why: "Cloud Run judges this header alone where it is present; a client's own would take the place of the proxy's",
  },
  {
    names: ["authorization"],
    does: "passed",
    why: "the application's own; replaced by the ID token only with `TOKEN_HEADER=authorization`",
  },
  { names: ["host"], does: "set", to: "the backend's host", why: "Cloud Run routes by it" },
  {
    names: ["x-forwarded-for"],
    does: "set",
    to: "as it came, then the address that the connection comes from",
    why: "each hop appends; only the last entries can be trusted",
  },
  {
    names: ["x-forwarded-host"],
    does: "set",
    to: "the host that the client asked for",
    why: "for absolute links; a client's own could poison them",
  },
  {
    names: ["x-forwarded-proto"],
    does: "set",
    to: "`https` or `http` as Cloud Run's front end says, else `http`",
    why: "TLS ends at the front end",
  },
  {
    names: ["x-auth-proxy-*"],
    does: "set",
    to: "`x-auth-proxy-user` and `x-auth-proxy-email` of a verified IAP assertion; without IAP nothing",
    why: "the identity that backends may rely on",
  },
  {
    names: ["x-goog-iap-*", "x-goog-authenticated-user-*"],
    does: "dropped",
    why: "the assertion is for this proxy's audience and has been checked here; the two others are unsigned",
  },
  {
    names: ["forwarded", "x-forwarded-*", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip"],
    does: "dropped",
    why: "nobody in between vouches for them, and frameworks believe them",
  },
  {
    names: ["x-original-*", "x-rewrite-url", "x-http-method", "x-http-method-override", "x-method-override"],
    does: "dropped",
    why: "they would have the backend see another path or method than the one that was allowed here",
  },
  {
    names: ["connection"],
    does: "dropped",
    why: "of one hop only, with every header it names (RFC 9110 section 7.6.1)",
  },
  { names: ["te"], does: "set", to: "`trailers`, where the client said so", why: "the rest is of one hop only" },
  {
    names: ["transfer-encoding"],
    does: "set",
    to: "`chunked`, for a body of unknown length",
    why: "the body is framed anew; anything but `chunked` is refused",
  },
  {
    names: ["content-length"],
    does: "passed",
    why: "with a body, which must then have exactly this length",
  },
  {
    names: ["keep-alive", "upgrade", "trailer", "http2-settings"],
    does: "dropped",
    why: "of one hop only; an upgrade to WebSocket is made anew, and trailers of requests are not passed on",
  },
  { names: ["proxy-*"], does: "dropped", why: "meant for this proxy, credentials among them" },
  { names: ["expect"], does: "dropped", why: "answered here, when the backend takes the body" },
  {
    names: ["origin", "cookie", "accept-encoding", "traceparent", "tracestate", "x-cloud-trace-context"],
    does: "passed",
    why: "the application's and the trace's; nothing is compressed here",
  },
  { names: ["via"], does: "passed", why: "none is added, as some servers stop compressing when they see one" },
];

/** From the backend to the client. */
export const RESPONSE_HEADERS: readonly HeaderRow[] = [
  {
    names: ["connection"],
    does: "set",
    to: "what this connection needs",
    why: "of one hop only, with every header it names",
  },
  {
    names: ["keep-alive", "transfer-encoding"],
    does: "set",
    to: "what this connection needs",
    why: "of one hop only; the body is framed anew",
  },
  { names: ["upgrade", "te", "proxy-*"], does: "dropped", why: "of one hop only" },
  {
    names: ["trailer"],
    does: "dropped",
    why: "of one hop only; passed where the client takes trailers, and the trailers with it",
  },
  {
    names: ["location", "content-location"],
    does: "set",
    to: "the path alone, where it names the backend's own origin; else as it came",
    why: "the client cannot reach the backend; other origins are none of the proxy's business",
  },
  {
    names: [
      "access-control-allow-origin",
      "access-control-allow-credentials",
      "access-control-allow-methods",
      "access-control-allow-headers",
      "access-control-allow-private-network",
      "access-control-max-age",
    ],
    does: "set",
    to: "the origin, for origins in `ALLOWED_ORIGINS`; else nothing",
    why: "which pages may read answers is declared at the proxy, once",
  },
  {
    names: ["vary"],
    does: "passed",
    why: "with `Origin` added where origins are declared, so that caches keep answers apart",
  },
  {
    names: ["x-serverless-authorization", "x-goog-iap-*", "x-auth-proxy-*"],
    does: "dropped",
    why: "a backend that echoes its request must not show the token or the identity",
  },
  { names: ["alt-svc"], does: "dropped", why: "would send the client past the proxy" },
  {
    names: ["content-length", "content-encoding", "set-cookie", "www-authenticate", "server", "date"],
    does: "passed",
    why: "the application's, each line of its own; Cloud Run's own 401 becomes a 502 with `callee-refused`",
  },
];

/** Whether a header is passed on as it came, and whether the proxy reads or sets it. */
export type Fate = "passed" | "dropped" | "set";

/**
 * The table as a function. Underscores count as hyphens: CGI, WSGI and their like cannot tell them apart, so that
 * `X_Auth_Proxy_User` would reach an application as the real one.
 *
 * Names are remembered as they are spelled, up to a bound that no client can push.
 */
export function fates(rows: readonly HeaderRow[]): (name: string) => Fate {
  const exact = new Map<string, Fate>();
  const prefixes: [string, Fate][] = [];
  for (const { names, does } of rows) {
    for (const name of names) {
      if (name.endsWith("*")) prefixes.push([name.slice(0, -1), does]);
      else exact.set(name, does);
    }
  }
  const look = (spelled: string): Fate => {
    const name = spelled.toLowerCase().replaceAll("_", "-");
    return exact.get(name) ?? prefixes.find(([prefix]) => name.startsWith(prefix))?.[1] ?? "passed";
  };
  const known = new Map<string, Fate>();
  return (spelled) => {
    const found = known.get(spelled);
    if (found !== undefined) return found;
    const fate = look(spelled);
    const underscored = fate === "set" && spelled.includes("_") ? "dropped" : fate;
    if (known.size < 1_000 && spelled.length < 100) known.set(spelled, underscored);
    return underscored;
  };
}
