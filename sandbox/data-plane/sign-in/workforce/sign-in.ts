/**
 * Plays `auth.cloud.google`: people of a workforce pool sign in with their company's directory, and an OAuth client of IAM
 * gets a code for them. Sources: https://cloud.google.com/iam/docs/workforce-manage-oauth-app; `provider_name` seen in
 * login_config.py of the Google Cloud SDK. Assumed: how Identity-Aware Proxy names the pool.
 */
import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Outcome } from "../../google-apis/apis";
import { urlIn } from "../../request-target";
import type { Codes } from "../codes";
import { callbackOf, type Entra } from "../entra/entra";
import { formOf } from "../form";
import type { OauthClients } from "../oauth-clients";
import { chooserPage, errorPage, sendPage } from "../pages";
import type { SignedIn } from "../sign-in";
import { NotAdmitted } from "./mapping";
import { poolName, type WorkforceProvider, type WorkforceProviders } from "./providers";
import { admit } from "./tokens";

export const WORKFORCE_HOST = "auth.cloud.google";

/** What a code of this place stands for. */
export interface WorkforceGrant {
  readonly signedIn: SignedIn;
  /** Of RFC 7636, S256. */
  readonly challenge?: string;
}

interface Request {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string | undefined;
  readonly challenge: string | undefined;
}

/** A sign-in that is going on, in one browser. */
interface Pending extends Request {
  readonly provider: string;
  readonly verifier: string;
  readonly browser: string;
  readonly expiresAtMs: number;
}

export interface WorkforceSignInOptions {
  readonly entra: Entra;
  readonly providers: WorkforceProviders;
  readonly clients: OauthClients;
  readonly codes: Codes<WorkforceGrant>;
  readonly clock: () => Date;
}

const NAME = "Google Cloud workforce identity federation";
const COOKIE = "WORKFORCE_SIGN_IN";
const LIFETIME_SECONDS = 600;
const MOST = 1000;

export class WorkforceSignIn {
  readonly #pending = new Map<string, Pending>();

  constructor(private readonly options: WorkforceSignInOptions) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<Outcome> {
    const { pathname, searchParams } = urlIn(request, WORKFORCE_HOST);
    const provider = /^\/signin-callback\/(.+)$/.exec(pathname)?.[1];
    if (provider !== undefined) return this.#callback(provider, searchParams, request, response);
    if (pathname === "/authorize") return this.#authorize(searchParams, request, response);
    return refuse(response, 404, "There is nothing here", `no page of ${WORKFORCE_HOST} is at ${pathname}`);
  }

  async #authorize(asked: URLSearchParams, request: IncomingMessage, response: ServerResponse): Promise<Outcome> {
    const { clients, providers } = this.options;
    const [clientId, redirectUri] = [asked.get("client_id") ?? "", asked.get("redirect_uri") ?? ""];
    const refused = clients.refusedRedirect(clientId, redirectUri);
    // Whoever may be somebody else gets no redirect, not even with an error.
    if (refused !== undefined) return refuse(response, 400, "This application may not sign people in", refused);
    const challenge = asked.get("code_challenge") ?? undefined;
    const going = { clientId, redirectUri, state: asked.get("state") ?? undefined, challenge };
    const back = (error: string, why: string) => sendBack(response, going, { error, error_description: why }, why);
    if (asked.get("response_type") !== "code") return back("unsupported_response_type", "response_type is not code");
    if (challenge !== undefined && asked.get("code_challenge_method") !== "S256") {
      return back("invalid_request", "code_challenge_method is not S256");
    }
    if (challenge === undefined && clients.isPublic(clientId))
      return back("invalid_request", "code_challenge is missing");
    const chosen = request.method === "POST" ? await formOf(request) : undefined;
    if (chosen?.get("cancel")) return back("access_denied", "the person has cancelled");
    const name = asked.get("provider_name") ?? chosen?.get("provider");
    if (name) {
      const provider = providers.named(name);
      if (!provider) return refuse(response, 400, "There is no such provider", `no workforce provider is ${name}`);
      return this.#start(provider, going, response);
    }
    const pool = asked.get(POOL_PARAMETER);
    const all = pool === null ? providers.held() : providers.of(pool);
    const [only] = all;
    if (only && all.length === 1) return this.#start(only, going, response);
    sendPage(response, 200, providersPage(all));
    return { code: 200, reason: "played", message: "asks by which provider somebody signs in" };
  }

  #start(provider: WorkforceProvider, going: Request, response: ServerResponse): Outcome {
    if (provider.closed !== undefined) return refuse(response, 400, "Nobody can sign in here", provider.closed);
    const [verifier, browser, state] = [random(), random(), random()];
    const expiresAtMs = this.options.clock().getTime() + LIFETIME_SECONDS * 1000;
    this.#pending.set(state, { ...going, provider: provider.name, verifier, browser, expiresAtMs });
    if (this.#pending.size > MOST) this.#pending.delete(this.#pending.keys().next().value!);
    const query = new URLSearchParams({
      ...{ client_id: provider.clientId, redirect_uri: callbackOf(provider), response_type: "code" },
      ...{ scope: [...new Set(["openid", ...provider.scopes])].join(" "), state },
      ...{ code_challenge: challengeOf(verifier), code_challenge_method: "S256" },
    });
    response.writeHead(302, {
      Location: `${provider.issuer.replace(/\/v2\.0$/, "/oauth2/v2.0/authorize")}?${query}`,
      "Set-Cookie": cookie(state, browser, LIFETIME_SECONDS),
      "Cache-Control": "no-store",
    });
    response.end();
    const assumed = provider.assumed ? "; the provider is assumed, as the pool is another stack's" : "";
    return { code: 302, reason: "played", message: `to ${provider.name}${assumed}` };
  }

  async #callback(
    name: string,
    answered: URLSearchParams,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Outcome> {
    const state = answered.get("state") ?? "";
    const pending = this.#pending.get(state);
    const isCurrent = pending !== undefined && pending.expiresAtMs > this.options.clock().getTime();
    const isOwn = isCurrent && pending.provider === name && cookieIn(request, state) === pending.browser;
    if (!isOwn) {
      const why = "no sign-in with this state is going on in this browser, or it was finished before";
      return refuse(response, 400, "You cannot sign in here", why);
    }
    this.#pending.delete(state);
    response.setHeader("Set-Cookie", cookie(state, "", 0));
    const error = answered.get("error");
    if (error !== null) {
      const why = answered.get("error_description") ?? error;
      return sendBack(response, pending, { error: "access_denied", error_description: why }, why);
    }
    try {
      const { entra, clock, codes } = this.options;
      const provider = this.options.providers.named(name);
      if (!provider) throw new NotAdmitted("invalid_grant", `no workforce provider is ${name}`);
      const idToken = await this.#idToken(answered.get("code") ?? "", provider, pending);
      const signedIn = await admit(idToken, provider, { entra, now: clock() });
      const { challenge } = pending;
      const code = codes.issue(pending, { signedIn, ...(challenge !== undefined && { challenge }) });
      return sendBack(response, pending, { code }, `${signedIn.email} is ${signedIn.principal}`);
    } catch (error) {
      if (error instanceof NotAdmitted) return refuse(response, 403, "You cannot sign in", error.message);
      throw error;
    }
  }

  /** What Entra gives for its code, to whoever has the app's secret. */
  async #idToken(code: string, provider: WorkforceProvider, { verifier }: Pending): Promise<string> {
    const form = new URLSearchParams({
      ...{ grant_type: "authorization_code", code, redirect_uri: callbackOf(provider), code_verifier: verifier },
      ...{ client_id: provider.clientId, client_secret: provider.clientSecret },
    });
    const body = form.toString();
    const answer = await this.options.entra.ask(provider.issuer.replace(/\/v2\.0$/, "/oauth2/v2.0/token"), {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "content-length": String(Buffer.byteLength(body)),
      },
      body,
    });
    const { id_token: idToken, error, error_description: why } = JSON.parse(answer.body) as Record<string, string>;
    if (idToken !== undefined) return idToken;
    throw new NotAdmitted("invalid_grant", `the identity provider gave no token: ${error}: ${why}`);
  }
}

/** Names the pool to choose a provider of. Assumed: the name. */
export const POOL_PARAMETER = "workforce_pool_name";

export function workforceAuthorizeUrl(query: Readonly<Record<string, string>>, pool: string): string {
  const scope = "https://www.googleapis.com/auth/cloud-platform";
  const all = { ...query, response_type: "code", scope, [POOL_PARAMETER]: poolName(pool) };
  return `https://${WORKFORCE_HOST}/authorize?${new URLSearchParams(all)}`;
}

/** Source: RFC 7636, section 4.2 */
export function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}

function providersPage(providers: readonly WorkforceProvider[]): string {
  const choices = providers.map(({ name, title }) => ({ value: name, name: title, detail: name }));
  const text = "Your company's directory, in which you sign in.";
  const nobody = "There is no workforce provider.";
  return chooserPage({ provider: NAME, heading: "Choose a provider", text, field: "provider", choices, nobody });
}

function sendBack(
  response: ServerResponse,
  { redirectUri, state }: Request,
  parameters: Readonly<Record<string, string>>,
  message: string,
): Outcome {
  const target = new URL(redirectUri);
  for (const [name, value] of Object.entries({ ...parameters, ...(state !== undefined && { state }) })) {
    target.searchParams.set(name, value);
  }
  response.writeHead(302, { Location: target.href, "Cache-Control": "no-store" });
  response.end();
  return { code: 302, reason: "played", message };
}

function refuse(response: ServerResponse, code: number, heading: string, why: string): Outcome {
  sendPage(response, code, errorPage(NAME, heading, why));
  return { code, reason: "played", message: why };
}

/** Of one sign-in: several can go on in the tabs of one browser. */
function cookie(state: string, value: string, seconds: number): string {
  return `${COOKIE}_${state}=${value}; Path=/signin-callback; Max-Age=${seconds}; Secure; HttpOnly; SameSite=Lax`;
}

function cookieIn({ headers }: IncomingMessage, state: string): string | undefined {
  const all = (headers.cookie ?? "").split(/; */).map((one) => one.split("=", 2));
  return all.find(([name]) => name === `${COOKIE}_${state}`)?.[1];
}

function random(): string {
  return randomBytes(32).toString("base64url");
}
