/**
 * Real host names and those under which a browser on this machine reaches them: `https://ailab.example` is
 * `http://ailab.example.localhost:PORT`. Browsers take `*.localhost` for this machine (RFC 6761, 6.3).
 */

/** Flat, as in `rawHeaders`: name, value, name, value. */
type RawHeaders = readonly string[];

const SUFFIX = ".localhost";

/** Between two neighbours only. Source: RFC 9110, 7.6.1 */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te"]);

/** Headers of an answer in which addresses stand that a browser follows or compares. */
const WITH_ADDRESSES = new Set([
  "location",
  "refresh",
  "link",
  "access-control-allow-origin",
  "content-security-policy",
  "content-security-policy-report-only",
]);

/** What an answer says about TLS, and what its host would answer on another port. */
const ABOUT_TLS = new Set(["strict-transport-security", "alt-svc"]);

export class Translation {
  constructor(
    private readonly port: number,
    /** Whether a host is one of those that are reached here. */
    private readonly isReached: (host: string) => boolean,
  ) {}

  /** The host that a `Host` header means; undefined for every other name, which somebody may have led here. */
  hostOf(header: string | undefined): string | undefined {
    const [, host = ""] = /^([a-z0-9.*-]+)\.localhost:(\d+)$/.exec((header ?? "").toLowerCase()) ?? [];
    return header?.endsWith(`:${this.port}`) && this.isReached(host) ? host : undefined;
  }

  /** Where a browser opens a host. */
  localOrigin(host: string): string {
    return `http://${host}${SUFFIX}:${this.port}`;
  }

  /** The headers of a browser's request, as they would be without this entrance. */
  request(host: string, raw: RawHeaders): string[] {
    return changed(raw, (name, value) => {
      if (HOP_BY_HOP.has(name)) return undefined;
      if (name === "host") return host;
      if (name === "origin" || name === "referer") return this.#real(value);
      return name === "cookie" ? value.replace(/(^|;\s*)_(Host|Secure)-/g, "$1__$2-") : value;
    });
  }

  /** The headers of an answer, for a browser. */
  response(raw: RawHeaders): string[] {
    return changed(raw, (name, value) => {
      if (HOP_BY_HOP.has(name) || ABOUT_TLS.has(name)) return undefined;
      if (name === "set-cookie") return localCookie(value);
      if (!WITH_ADDRESSES.has(name)) return value;
      return this.#local(value.replace(/(?:^|;)\s*upgrade-insecure-requests\s*(?=;|$)/i, ""));
    });
  }

  #local(value: string): string {
    return value.replace(/https:\/\/([a-z0-9.-]+)(?=[/?#\s;,"'>]|$)/gi, (address, host: string) => {
      return this.isReached(host.toLowerCase()) ? this.localOrigin(host.toLowerCase()) : address;
    });
  }

  #real(value: string): string {
    return value.replace(/^http:\/\/([a-z0-9.-]+)\.localhost:(\d+)(?=\/|$)/i, (address, host: string, port: string) => {
      return Number(port) === this.port && this.isReached(host) ? `https://${host}` : address;
    });
  }
}

/**
 * A cookie as a browser keeps it without TLS: not all of them take `Secure` from this machine, nor the prefixes that
 * demand it, and none takes `SameSite=None` alone.
 */
function localCookie(value: string): string {
  const [pair = "", ...attributes] = value.split(/;\s*/);
  const kept = attributes.flatMap((attribute) => {
    if (/^secure$/i.test(attribute) || /^samesite=none$/i.test(attribute)) return [];
    return attribute.replace(/^(domain)=\.?(.+)$/i, `$1=$2${SUFFIX}`);
  });
  return [pair.replace(/^__(Host|Secure)-/, "_$1-"), ...kept].join("; ");
}

function changed(raw: RawHeaders, change: (name: string, value: string) => string | undefined): string[] {
  const result: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const value = change(raw[i]!.toLowerCase(), raw[i + 1]!);
    if (value !== undefined) result.push(raw[i]!, value);
  }
  return result;
}
