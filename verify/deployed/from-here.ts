/** Probes from the internet: this machine sends them. */
import * as crypto from "node:crypto";
import type { fetch as undiciFetch } from "undici";
import { refusalOf } from "../answer";
import { forgedIdentity } from "../forged-identity";
import type { Probe, TokenCase } from "../probes";
import type { Observed } from "../result";
import type { Credentials } from "./credentials";
import { NotProbed } from "./not-probed";
import { observedOf } from "./observed";
import { alteredToken, forgedToken, readAnswer, type SeenAnswer, whyNoAnswer } from "./probe-script";

export type Fetch = typeof undiciFetch;

export interface FromHereOptions {
  readonly credentials: Credentials;
  /** Those of an account whose tokens the person mints. */
  readonly credentialsOf: (account: string) => Credentials;
  /** Members that the person says to belong to, e.g. `group:support@acme.com`. */
  readonly memberOf: readonly string[];
  readonly fetch: Fetch;
  readonly timeoutMs: number;
}

const notTaken = new NotProbed(
  "Cloud Run does not take the ID token of a person's default credentials here; impersonate a service account",
);

export class FromHere {
  /** By URL: whether the front end refuses a token that it has to refuse. */
  readonly #refusesForgeries = new Map<string, Promise<boolean>>();

  constructor(private readonly options: FromHereOptions) {}

  /** @throws NotProbed */
  async send(probe: Probe, url: string, signal: AbortSignal): Promise<Observed> {
    const token = await this.#token(probe, url, signal);
    const answer = await this.#ask(url, token, signal, forgedIdentity(probe.token));
    // A container may send on to HTTPS as well; it has nothing to say over plain HTTP.
    const isSentOn = url.startsWith("http:") && answer.sentOnToHttps;
    const observed: Observed = isSentOn
      ? { status: answer.status, reached: false, cause: "redirected" }
      : observedOf(answer);
    const isTheirs =
      probe.token === "own" && probe.via === undefined && !(await this.options.credentials.identity()).idTokenFor;
    if (isTheirs && "status" in observed && observed.status === 401 && !observed.reached) throw notTaken;
    return observed;
  }

  async #token({ caller, via, token }: Probe, url: string, signal: AbortSignal): Promise<string | undefined> {
    if (token === "none" || token === "forged headers" || token === "forged assertion") return undefined;
    if (isForged(token)) return forgedToken(crypto, token, url);
    const identity = await this.options.credentials.identity();
    switch (token) {
      case "own": {
        const { member } = identity;
        const isCaller = member.toLowerCase() === caller?.toLowerCase();
        if (!isCaller && !this.options.memberOf.includes(caller ?? "")) {
          throw new NotProbed(`needs credentials of ${caller ?? "a caller"}; these are of ${member}${advice(caller)}`);
        }
        const shown = via === undefined ? identity : await this.options.credentialsOf(via).identity();
        return shown.idToken(url);
      }
      case "altered": {
        const own = await identity.idToken(url);
        // Where the token was refused as it came, altering it would prove nothing.
        if (!identity.idTokenFor && refusalOf(await this.#ask(url, own, signal)) === 401) throw notTaken;
        return altered(own);
      }
      case "wrong audience":
        if (!identity.idTokenFor) {
          throw new NotProbed("a person cannot choose the audience of an ID token; impersonate a service account");
        }
        return identity.idTokenFor("https://another-service.example");
      case "access token":
        if (!identity.accessToken) {
          throw new NotProbed("an access token of these credentials is sent nowhere; impersonate a service account");
        }
        // A container that is let see it could act as the person.
        if (!(await this.#refuses(url, signal))) {
          throw new NotProbed("a forged token was not refused here, so no real access token is sent");
        }
        return identity.accessToken();
      default:
        throw new NotProbed("nobody can have an expired token minted");
    }
  }

  #refuses(url: string, signal: AbortSignal): Promise<boolean> {
    const known = this.#refusesForgeries.get(url);
    if (known) return known;
    const asked = this.#ask(url, forgedToken(crypto, "wrong key", url), signal).then(
      (answer) => refusalOf(answer) !== undefined,
    );
    this.#refusesForgeries.set(url, asked);
    return asked;
  }

  async #ask(
    url: string,
    token: string | undefined,
    signal: AbortSignal,
    more: Readonly<Record<string, string>> = {},
  ): Promise<SeenAnswer> {
    const { timeoutMs, fetch } = this.options;
    try {
      const response = await fetch(url, {
        redirect: "manual",
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), signal]),
        headers: {
          // Identity-Aware Proxy then says 401 instead of sending a script to a page where people sign in.
          "X-Requested-With": "XMLHttpRequest",
          ...more,
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        },
      });
      return await readAnswer(response);
    } catch (error) {
      throw new NotProbed(signal.aborted ? "interrupted" : whyNoAnswer(error, timeoutMs));
    }
  }
}

function isForged(token: TokenCase): token is "wrong key" | "alg none" | "other issuer" {
  return token === "wrong key" || token === "alg none" || token === "other issuer";
}

function altered(token: string): string {
  try {
    return alteredToken(token);
  } catch {
    throw new NotProbed("Google answered with something that is no ID token");
  }
}

function advice(caller: string | undefined): string {
  if (caller === undefined || /^user:/.test(caller)) return "";
  if (/^serviceAccount:/.test(caller)) return `; impersonate ${caller.slice("serviceAccount:".length)}`;
  return `; if that is one of its members, say so: --member-of ${caller}`;
}
