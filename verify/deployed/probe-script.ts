/**
 * What makes forged tokens, sends probes and reads answers. It runs here, and as `node -e` in a job: the functions below
 * are sent as their own text, so they use each other, their arguments and Node's globals, and nothing from outside this
 * file.
 */
import type { TokenCase } from "../probes";

export type ForgedCase = "wrong key" | "alg none" | "other issuer";

/** What a job is told, in its environment variable `MESH_PROBES`. It holds no secret. */
export interface JobInput {
  /** Random: it tells the result of this run from every other log line. */
  readonly marker: string;
  readonly timeoutMs: number;
  readonly targets: readonly { readonly url: string; readonly tokens: readonly TokenCase[] }[];
}

/** What a job prints, as one line. Equal answers are told once, so that the line stays short. */
export interface JobOutput {
  readonly meshProbe: string;
  readonly answers: readonly SeenAnswer[];
  /** Per target and token, in the order of the input: an index into `answers`, or why there is none. */
  readonly results: readonly (readonly (number | string)[])[];
}

export interface SeenAnswer {
  readonly status: number;
  readonly contentType: string;
  /** The beginning, where the answer may be a refusal of Google's front end. A container's data stays out of it. */
  readonly body: string;
  /** Whether Identity-Aware Proxy says that it answered. */
  readonly iap: boolean;
  /** Absent but for an answer that sends on to HTTPS. */
  readonly sentOnToHttps?: true;
}

/** A token that nobody signed with a key of Google's. */
export function forgedToken(crypto: typeof import("node:crypto"), kind: ForgedCase, audience: string): string {
  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const nowSeconds = Math.floor(Date.now() / 1000);
  const kid = crypto.randomBytes(20).toString("hex");
  const header = encoded(kind === "alg none" ? { alg: "none", typ: "JWT" } : { alg: "RS256", kid, typ: "JWT" });
  const claims = encoded({
    aud: audience,
    azp: "108000000000000000000",
    email: "nobody@forged.iam.gserviceaccount.com",
    email_verified: true,
    exp: nowSeconds + 3600,
    iat: nowSeconds,
    iss: kind === "other issuer" ? "https://issuer.example" : "https://accounts.google.com",
    sub: "108000000000000000000",
  });
  if (kind === "alg none") return `${header}.${claims}.`;
  const { privateKey } = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
  return `${header}.${claims}.${crypto.sign("RSA-SHA256", Buffer.from(`${header}.${claims}`), privateKey).toString("base64url")}`;
}

/** A token whose claims were changed after it was signed. */
export function alteredToken(token: string): string {
  const [header, claims, signature] = token.split(".");
  const altered = { ...JSON.parse(Buffer.from(claims ?? "", "base64url").toString()), altered: true };
  return `${header}.${Buffer.from(JSON.stringify(altered)).toString("base64url")}.${signature}`;
}

/** What of an answer tells who gave it. Of `fetch`, Node's own or undici's. */
export async function readAnswer(response: {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: { cancel(): Promise<void> } | null;
  text(): Promise<string>;
}): Promise<SeenAnswer> {
  const { status, headers } = response;
  const contentType = headers.get("content-type") ?? "";
  const mayRefuse = [401, 403, 404].includes(status) && contentType.startsWith("text/html");
  const body = mayRefuse ? (await response.text()).slice(0, 400) : "";
  if (!mayRefuse) await response.body?.cancel();
  const isSentOn = status > 300 && status < 400 && headers.get("location")?.startsWith("https://") === true;
  const iap = headers.get("x-goog-iap-generated-response") === "true";
  return { status, contentType, body, iap, ...(isSentOn && { sentOnToHttps: true }) };
}

/** Why there is no answer, in words that hold nothing of the request: an error of `fetch` may quote a header. */
export function whyNoAnswer(error: unknown, timeoutMs: number): string {
  const { name, cause } = error as { name?: string; cause?: { code?: unknown } };
  if (name === "TimeoutError") return `no answer within ${timeoutMs / 1000} s`;
  return typeof cause?.code === "string" ? `no answer (${cause.code})` : "no answer";
}

async function main(): Promise<void> {
  const crypto = require("node:crypto") as typeof import("node:crypto");
  const { marker, timeoutMs, targets } = JSON.parse(process.env["MESH_PROBES"] ?? "") as JobInput;
  const host = process.env["GCE_METADATA_HOST"] ?? "metadata.google.internal";
  const answers: SeenAnswer[] = [];

  async function metadata(path: string): Promise<string> {
    const account = `http://${host}/computeMetadata/v1/instance/service-accounts/default`;
    const answer = await fetch(`${account}/${path}`, {
      headers: { "Metadata-Flavor": "Google" },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    return (await answer.text()).trim();
  }
  const idToken = (audience: string) => metadata(`identity?audience=${encodeURIComponent(audience)}&format=full`);

  async function tokenOf(kind: TokenCase, url: string): Promise<string | undefined> {
    if (kind === "none") return undefined;
    if (kind === "own") return idToken(url);
    if (kind === "altered") return alteredToken(await idToken(url));
    if (kind === "wrong audience") return idToken("https://another-service.example");
    if (kind === "access token") {
      // With the least scope there is: a container that gets to see it can do nothing with it.
      const answer = await metadata("token?scopes=https://www.googleapis.com/auth/userinfo.email");
      return (JSON.parse(answer) as { access_token: string }).access_token;
    }
    if (kind === "wrong key" || kind === "alg none" || kind === "other issuer") return forgedToken(crypto, kind, url);
    throw new Error(`nobody can have this token minted: ${kind}`);
  }

  async function probe(url: string, kind: TokenCase): Promise<number | string> {
    let token: string | undefined;
    try {
      token = await tokenOf(kind, url);
    } catch (error) {
      const { message } = error as Error;
      return `the job's metadata server gave no token${/^answered \d+$/.test(message) ? `: it ${message}` : ""}`;
    }
    try {
      const response = await fetch(url, {
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
        // As from this machine: see from-here.ts.
        headers: {
          "X-Requested-With": "XMLHttpRequest",
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        },
      });
      const text = JSON.stringify(await readAnswer(response));
      const known = answers.findIndex((answer) => JSON.stringify(answer) === text);
      return known < 0 ? answers.push(JSON.parse(text) as SeenAnswer) - 1 : known;
    } catch (error) {
      return whyNoAnswer(error, timeoutMs);
    }
  }

  const results = await Promise.all(
    targets.map(async ({ url, tokens }) => {
      const seen: (number | string)[] = [];
      for (const token of tokens) seen.push(await probe(url, token));
      return seen;
    }),
  );
  console.log(JSON.stringify({ meshProbe: marker, answers, results } satisfies JobOutput));
}

/** The text for `node -e`. */
export function jobScript(): string {
  const parts = [forgedToken, alteredToken, readAnswer, whyNoAnswer, main].map(String);
  return `${parts.join("\n")}\nmain();`;
}
