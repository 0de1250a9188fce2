/**
 * Signs somebody in: from what Identity-Aware Proxy guards to the sign-in, from there to iap.googleapis.com with a code,
 * and back to what was asked for with a session. Seen in public transcripts: both addresses that come back, that the
 * state ends after ten minutes and names what was asked for. Assumed: that each step counts once.
 */
import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Answer } from "../front-end/answers";
import type { Directory } from "../identity/directory";
import { type SignedIn, type SignIn, SignInError } from "../sign-in/sign-in";
import * as answers from "./answers";
import { cookieIn, nonceCookie, nonceName, sessionName, signedInCookies } from "./cookies";
import { personSignedIn } from "./person";
import type { IapResource } from "./resource";
import type { IapSettings, OauthClient } from "./settings";
import { type Found, Vault } from "./vault";

/** Where a browser brings the code. */
export const IAP_HOST = "iap.googleapis.com";
const REDIRECT_PATH = /^\/v1\/oauth\/clientIds\/([^/]+):handleRedirect$/;

/** Source: `exp` of a state in a public transcript, and `expires` of the nonce's cookie. */
const PENDING_MS = 10 * 60 * 1000;

/** Google's own client, where nobody names one. Assumed: its number; the state has none of Google's own. */
const GOOGLE_MANAGED: OauthClient = {
  id: "369001918367-googlemanagedclientofthesandbox0.apps.googleusercontent.com",
  secret: "google-managed",
};

/** A sign-in that began. */
interface Pending {
  readonly audience: string;
  readonly host: string;
  /** Path and query that were asked for. */
  readonly target: string;
  readonly nonce: string;
  readonly client: OauthClient;
  readonly workforcePool: string | undefined;
}

interface Session {
  readonly audience: string;
  readonly signedIn: SignedIn;
  readonly sinceMs: number;
}

/** What became of one step, for the log. */
export interface Step {
  readonly answer: Answer;
  readonly holds: boolean;
  readonly message: string;
}

export class Handshake {
  readonly #pending: Vault<Pending>;
  readonly #returning: Vault<Pending & { readonly signedIn: SignedIn }>;
  readonly #sessions: Vault<Session>;

  constructor(
    private readonly signIn: SignIn,
    private readonly directory: Directory,
    private readonly clock: () => Date,
  ) {
    this.#pending = new Vault(clock);
    this.#returning = new Vault(clock);
    this.#sessions = new Vault(clock);
  }

  /** Sends a browser to sign in. */
  begin(resource: IapResource, settings: IapSettings, host: string, target: string): Answer {
    const { workforcePool } = settings;
    const client = settings.client ?? (workforcePool === undefined ? GOOGLE_MANAGED : undefined);
    if (!client) return answers.noClient();
    const nonce = randomBytes(16).toString("base64url");
    const until = this.clock().getTime() + PENDING_MS;
    const pending = { audience: resource.audience, host, target, nonce, client, workforcePool };
    const state = this.#pending.issue(pending, until);
    const redirectUri = redirectUriOf(client);
    const location = this.signIn.authorizeUrl({
      ...{ clientId: client.id, redirectUri, state },
      ...(workforcePool !== undefined && { workforcePool }),
    });
    return answers.toSignIn(location, nonceCookie(nonce, new Date(until)));
  }

  /** Answers for iap.googleapis.com, where a browser brings the code; undefined for what is not this. */
  async redeem(host: string, target: string): Promise<Step | undefined> {
    const [path = "", query] = target.split(/\?(.*)/s, 2);
    const parameters = new URLSearchParams(query);
    const clientId = REDIRECT_PATH.exec(path)?.[1];
    if (host !== IAP_HOST || clientId === undefined) return undefined;
    const found = this.#pending.take(parameters.get("state") ?? "");
    if ("refused" in found) return refusedStep(`the state of this sign-in is ${STATE[found.refused]}`);
    const pending = found.value;
    if (pending.client.id !== clientId) return refusedStep("the state of this sign-in is another client's");
    const error = parameters.get("error");
    if (error !== null) return refusedStep(`the sign-in ended with ${error}`);
    const { client, workforcePool } = pending;
    let signedIn: SignedIn;
    try {
      const code = parameters.get("code") ?? "";
      const redirectUri = redirectUriOf(client);
      signedIn = await this.signIn.redeem({ code, clientId, clientSecret: client.secret, redirectUri });
    } catch (thrown) {
      if (thrown instanceof SignInError) return refusedStep(`${thrown.error}: ${thrown.message}`);
      throw thrown;
    }
    if (signedIn.pool !== workforcePool) return refusedStep(`${signedIn.email} signed in somewhere else`);
    const token = this.#returning.issue({ ...pending, signedIn }, this.clock().getTime() + PENDING_MS);
    const [asked] = pending.target.split("?", 1);
    const back = `https://${pending.host}${asked}?gcp-iap-mode=AUTHENTICATING&redirect_token_v2=${token}`;
    return { answer: answers.found(back), holds: true, message: `${signedIn.email} signed in, for ${pending.host}` };
  }

  /** Gives a session to a browser that comes back to the resource for which it began to sign in. */
  finish(resource: IapResource, host: string, target: string, headers: IncomingHttpHeaders): Step {
    const [, query] = target.split(/\?(.*)/s, 2);
    const token = new URLSearchParams(query).get("redirect_token_v2") ?? "";
    const refuse = (message: string): Step => ({ answer: answers.errorCode(9), holds: false, message });
    const found = this.#returning.find(token);
    if ("refused" in found) return refuse(`what came back from the sign-in is ${STATE[found.refused]}`);
    const { audience, nonce, signedIn, ...began } = found.value;
    if (audience !== resource.audience || began.host !== host) return refuse("the sign-in was for something else");
    if (cookieIn(headers, nonceName(nonce)) === undefined) return refuse("the sign-in began in another browser");
    this.#returning.take(token);
    const sinceMs = this.clock().getTime();
    const until = signedIn.until?.getTime() ?? Number.POSITIVE_INFINITY;
    const session = this.#sessions.issue({ audience, signedIn, sinceMs }, until);
    const { sub } = personSignedIn(signedIn, this.directory).claims;
    const cookies = signedInCookies(resource, session, sub, nonce);
    const answer = answers.found(`https://${host}${began.target}`, cookies);
    return { answer, holds: true, message: `${signedIn.email} has a session with ${resource.name}` };
  }

  /** Whose session a request carries; why it counts no more, where it does not. */
  session(
    resource: IapResource,
    { workforcePool, reauthMaxAgeMs }: IapSettings,
    headers: IncomingHttpHeaders,
  ): { readonly signedIn: SignedIn } | { readonly refused: string } | undefined {
    const token = cookieIn(headers, sessionName(resource));
    if (token === undefined) return undefined;
    const found: Found<Session> = this.#sessions.find(token);
    if ("refused" in found) return { refused: `the session is ${STATE[found.refused]}` };
    const { audience, signedIn, sinceMs } = found.value;
    if (audience !== resource.audience) return { refused: "the session is with something else" };
    if (signedIn.pool !== workforcePool) return { refused: "the session is of people who sign in elsewhere" };
    if (reauthMaxAgeMs !== undefined && sinceMs + reauthMaxAgeMs <= this.clock().getTime()) {
      return { refused: `${signedIn.email} signed in too long ago` };
    }
    return { signedIn };
  }
}

const STATE = { unknown: "not the proxy's", used: "used already", expired: "over" } as const;

function redirectUriOf({ id }: OauthClient): string {
  return `https://${IAP_HOST}/v1/oauth/clientIds/${id}:handleRedirect`;
}

function refusedStep(message: string): Step {
  return { answer: answers.redirectRefused(message), holds: false, message };
}
