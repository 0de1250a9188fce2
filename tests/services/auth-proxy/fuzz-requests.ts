import { REQUEST_HEADERS } from "../../../services/auth-proxy/rules/header-table";

/** Numbers from 0 to 1 that the seed decides: mulberry32, so that a failure can be run again. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Hidden in bodies and trailers; a backend that sees it in a header has taken a body for a request. */
export const SMUGGLED = "smuggled";
const HIDDEN = `GET /chat/hidden HTTP/1.1\r\nHost: h\r\nX-Fuzz-Id: ${SMUGGLED}\r\n\r\n`;

const METHODS = ["GET", "GET", "GET", "POST", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND"];
const SEGMENTS = [
  "a",
  "b.c",
  "..",
  ".",
  "...",
  "%2e%2e",
  "%2E.",
  "%2f",
  "%5c",
  "\\",
  "%00",
  "%0d%0a",
  ";x=1",
  "..;y",
  "",
];
const MORE_SEGMENTS = ["%zz", "%c3%a9", "%252e%252e", "chat", "~", "a%20b", ".well-known", "%", "'", "%7f"];
const TARGETS = [
  "*",
  "http://evil.example/chat",
  "//evil.example/chat",
  "chat",
  "/chat#x",
  "/chat\xe9",
  "/chat?\xe9",
  "/",
];
const QUERIES = ["", "", "", "?", "?a=../..//", "?q=%00%0d%0a", "?x=y&x=z"];
const VALUES = [
  "1",
  "",
  "evil",
  "Bearer forged",
  "a, b",
  "trailers",
  "gzip, trailers;q=1",
  "https",
  "\xe9\xff",
  "x;y=z",
  "close",
];
const FOLDED = ["a\r\n X-Serverless-Authorization: Bearer folded", "a\0b", "a\rb", "a\nX-Auth-Proxy-User: admin"];
const NAMES = [
  ...REQUEST_HEADERS.flatMap(({ names }) => names.map((name) => name.replace("*", "user"))),
  ...["x-own", "origin", "accept", "x-goog-iap-jwt-assertion", "x-serverless-authorization", "x-auth-proxy-user"],
].filter((name) => !/^(host|content-length|transfer-encoding|upgrade|expect|connection)$/.test(name));

/** Requests as bytes, most of them proper, many of them odd; each with a number of its own. */
export function createRequests(random: () => number): () => string {
  let id = 0;
  const chance = (one: number, of: number) => random() * of < one;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

  function target(): string {
    if (chance(1, 200)) return pick(TARGETS);
    const segments = Array.from({ length: Math.floor(random() * 3) }, () => {
      if (!chance(1, 4)) return pick(["a", "b", "c-1"]);
      return pick(chance(1, 2) ? SEGMENTS : MORE_SEGMENTS);
    });
    return `${[pick(["/chat", "/chat", "/api", "/chatter", "/other"]), ...segments].join("/")}${pick(QUERIES)}`;
  }

  function spelled(name: string): string {
    const form = Math.floor(random() * 4);
    if (form === 0) return name.toUpperCase();
    if (form === 1) return name.replaceAll("-", "_");
    if (form === 2) return name.replace(/-/, "_");
    return name;
  }

  function header(): string {
    if (chance(1, 12))
      return `Connection: ${pick(["keep-alive", "x-own", "host, x-serverless-authorization", "te"])}\r\n`;
    if (chance(1, 400)) return `X-Own: ${pick(FOLDED)}\r\n`;
    if (chance(1, 400))
      return pick(["Host: other\r\n", "Bad Name: 1\r\n", "No-Colon\r\n", "Transfer-Encoding : chunked\r\n"]);
    if (chance(1, 400)) return "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n";
    return `${spelled(pick(NAMES))}: ${pick(VALUES)}\r\n`;
  }

  function body(): string {
    const text = pick(["x", "hello", HIDDEN, `0\r\n\r\n${HIDDEN}`, "x".repeat(3_000)]);
    const chunked = `${text.length.toString(16)}${pick(["", ";ext=1"])}\r\n${text}\r\n0\r\n${pick(["", "X-Late: 1\r\n"])}\r\n`;
    const length = `Content-Length: ${text.length}\r\n`;
    const coding = "Transfer-Encoding: chunked\r\n";
    if (!chance(1, 100)) return chance(1, 2) ? `${length}\r\n${text}` : `${coding}\r\n${chunked}`;
    return pick([
      `${length}${coding}\r\n${chunked}`,
      `${coding}${length}\r\n${chunked}`,
      `${length}Content-Length: 1\r\n\r\n${text}`,
      `${length}${length}\r\n${text}`,
      `Content-Length: +${text.length}\r\n\r\n${text}`,
      `Content-Length: ${text.length}, ${text.length}\r\n\r\n${text}`,
      `Content-Length: 100000000\r\n\r\n${text}`,
      `${coding}${coding}\r\n${chunked}`,
      `Transfer-Encoding: identity, chunked\r\n\r\n${chunked}`,
      `Transfer-Encoding: chunked, identity\r\n\r\n${chunked}`,
      `Transfer-Encoding: xchunked\r\n\r\n${chunked}`,
      `Transfer-Encoding:\x0bchunked\r\n\r\n${chunked}`,
      `${coding}\r\n0x1\r\nx\r\n0\r\n\r\n`,
      `${coding}\r\n-1\r\n${HIDDEN}`,
      `${coding}\r\n${"f".repeat(17)}\r\n${HIDDEN}`,
      `${coding}\r\n1\r\nxy\r\n${HIDDEN}`,
      `${coding}\r\n1\nx\n0\n\n${HIDDEN}`,
    ]);
  }

  return () => {
    const method = chance(1, 300) ? pick(["BREW", "get", "CONNECT", "\x16\x03\x01"]) : pick(METHODS);
    const version = chance(1, 300) ? pick(["HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "http/1.1", ""]) : "HTTP/1.1";
    const host = chance(1, 300) ? pick(["", "Host:\r\n", "Host: a b\r\n"]) : "Host: app.example\r\n";
    const headers = Array.from({ length: Math.floor(random() * 4) }, header).join("");
    const withBody = method === "POST" || method === "PUT" || method === "PATCH" || chance(1, 40);
    return `${method} ${target()} ${version}\r\n${host}X-Fuzz-Id: ${++id}\r\n${headers}${withBody ? body() : "\r\n"}`;
  };
}
