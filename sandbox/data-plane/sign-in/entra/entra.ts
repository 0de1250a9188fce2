/** Plays Entra ID, and of Microsoft Graph what an application needs of it: whoever is told of in `people`. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AdapterPayload } from "oidc-provider";
import type { Outcome } from "../../google-apis/apis";
import { makeSigningKey, signedToken } from "../../identity/signing-key";
import { urlIn } from "../../request-target";
import { bodyOf, formOf } from "../form";
import { chooserPage, errorPage, sendPage } from "../pages";
import { askWithin, type WithinAnswer, type WithinRequest } from "../within";
import type { WorkforceProvider } from "../workforce/providers";
import { ApplicationTokens } from "./client-credentials";
import { askGraph } from "./graph";
import { GRAPH_HOST, LOGIN_HOST, tenantOf } from "./names";
import { claimsOf, type EntraUser } from "./people";
import { openTenant, serveTenant, type TenantProvider, TOKEN_SECONDS } from "./provider";

export interface EntraOptions {
  readonly users: readonly EntraUser[];
  /** Whose apps are registered. */
  providers(): readonly WorkforceProvider[];
  readonly clock: () => Date;
}

/** What a page is headed with. */
const NAME = "Microsoft Entra ID";

/** Where Google takes what Entra answers. Source: https://cloud.google.com/iam/docs/workforce-sign-in-microsoft-entra-id */
export function callbackOf({ name }: { readonly name: string }): string {
  return `https://auth.cloud.google/signin-callback/${name}`;
}

export class Entra {
  readonly #options: EntraOptions;
  readonly #key = makeSigningKey();
  readonly #tenants = new Map<string, Promise<TenantProvider>>();
  readonly #applications: ApplicationTokens;

  constructor(options: EntraOptions) {
    this.#options = options;
    this.#applications = new ApplicationTokens(options.clock);
    this.#key.catch(() => {});
  }

  /** Somebody by their object id or by their address. */
  userWith(idOrAddress: string): EntraUser | undefined {
    const wanted = idOrAddress.toLowerCase();
    const { users } = this.#options;
    return users.find(({ id, email }) => id.toLowerCase() === wanted || email.toLowerCase() === wanted);
  }

  /** An ID token without a browser; undefined for who is not in the directory. */
  async idToken(idOrAddress: string, { issuer, clientId }: WorkforceProvider): Promise<string | undefined> {
    const [user, tenant] = [this.userWith(idOrAddress), tenantOf(issuer)];
    if (!user || tenant === undefined) return undefined;
    const now = Math.floor(this.#options.clock().getTime() / 1000);
    const times = { iat: now, nbf: now, exp: now + TOKEN_SECONDS };
    const claims = { iss: issuer, aud: clientId, sub: user.id, ...times, ...claimsOf(user, tenant) };
    return signedToken(claims, await this.#key);
  }

  /** Asks it as another server does. */
  ask(url: string, asked?: WithinRequest): Promise<WithinAnswer> {
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      this.handle(request, response).catch(() => response.destroy());
    };
    return askWithin(listener, url, asked);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<Outcome> {
    const { pathname } = urlIn(request, LOGIN_HOST);
    const [, tenant = "", rest = ""] = /^\/([\w.-]+)\/(.+)$/.exec(pathname) ?? [];
    const provider = await this.#tenant(tenant);
    if (request.method === "POST" && rest === "oauth2/v2.0/token")
      return this.#token(tenant, provider, request, response);
    if (!provider) {
      sendPage(
        response,
        404,
        errorPage(NAME, "There is no such tenant", `no workforce provider is of the tenant "${tenant}"`),
      );
      return outcome(404, `no tenant "${tenant}"`);
    }
    if (rest.startsWith("login/")) return this.#login(provider, request, response);
    // Entra has it below the issuer, and the library at the root.
    if (rest === "v2.0/.well-known/openid-configuration") request.url = "/.well-known/openid-configuration";
    await serveTenant(provider, request, response);
    return outcome(response.statusCode, `Entra ID: ${rest}`);
  }

  /** The answer of Microsoft Graph. */
  async handleGraph(request: IncomingMessage, response: ServerResponse): Promise<Outcome> {
    const isAuthorized = (token: string) => this.#applications.isGood(token);
    const answer = askGraph(request, { isAuthorized, userWith: (id) => this.userWith(id) });
    const message = `the sandbox does not play ${request.method} ${GRAPH_HOST}${request.url?.split("?", 1)[0]}`;
    const {
      code,
      json,
      message: said,
    } = answer ?? { code: 501, json: { error: { code: "NotImplemented", message } }, message };
    sendJson(response, code, json);
    return { code, reason: answer ? "played" : "api-not-played", message: said };
  }

  async #token(
    tenant: string,
    provider: TenantProvider | undefined,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Outcome> {
    const body = await bodyOf(request);
    const form = new URLSearchParams(body);
    if (form.get("grant_type") === "client_credentials") {
      const { code, json, message } = this.#applications.exchange(form, (id) => this.#app(tenant, id)?.clientSecret);
      sendJson(response, code, json);
      return outcome(code, message);
    }
    if (!provider) {
      sendJson(response, 400, {
        error: "invalid_request",
        error_description: `AADSTS90002: Tenant '${tenant}' not found.`,
      });
      return outcome(400, `no tenant "${tenant}"`);
    }
    const { authorization, "content-type": type = "" } = request.headers;
    const headers = {
      "content-type": type,
      "content-length": String(Buffer.byteLength(body)),
      ...(authorization && { authorization }),
    };
    const serve = (inner: IncomingMessage, answer: ServerResponse) => void serveTenant(provider, inner, answer);
    const {
      code,
      headers: answered,
      body: json,
    } = await askWithin(serve, `https://login.microsoftonline.com${request.url}`, {
      ...{ method: "POST", headers, body },
    });
    response.writeHead(code, {
      "Content-Type": answered["content-type"] ?? "application/json",
      "Cache-Control": "no-store",
    });
    response.end(json);
    return outcome(code, "Entra ID: token");
  }

  /** The page on which somebody says who they are, and what becomes of it. */
  async #login(provider: TenantProvider, request: IncomingMessage, response: ServerResponse): Promise<Outcome> {
    try {
      await provider.interactionDetails(request, response);
    } catch {
      const text = "This sign-in has ended, or was begun in another browser. Go back to where you came from.";
      sendPage(response, 400, errorPage(NAME, "You cannot sign in here", text));
      return outcome(400, "no sign-in is going on in this browser");
    }
    if (request.method !== "POST") {
      const choices = this.#options.users.map(({ id, name, email }) => ({ value: id, name, detail: email }));
      const heading = "Choose who you are";
      const text = "These are the people whom the sandbox knows in the company's directory.";
      const nobody = "Nobody is in the directory. Name people in the stack config: cloud-run-mesh:sandbox.people";
      sendPage(response, 200, chooserPage({ provider: NAME, heading, text, field: "account", choices, nobody }));
      return outcome(200, "asks who signs in");
    }
    const user = this.userWith((await formOf(request)).get("account") ?? "");
    const denied = { error: "access_denied", error_description: "the person has cancelled" };
    await provider.interactionFinished(request, response, user ? { login: { accountId: user.id } } : denied);
    return outcome(303, user ? `${user.email} signs in` : "the person has cancelled");
  }

  #app(tenant: string, clientId: string): WorkforceProvider | undefined {
    const ofTenant = this.#options.providers().filter(({ issuer }) => tenantOf(issuer) === tenant);
    return ofTenant.find((one) => one.clientId === clientId);
  }

  /** A tenant that a provider names. */
  async #tenant(tenant: string): Promise<TenantProvider | undefined> {
    if (!this.#options.providers().some(({ issuer }) => tenantOf(issuer) === tenant)) return undefined;
    const opening = this.#tenants.get(tenant) ?? this.#open(tenant);
    this.#tenants.set(tenant, opening);
    return opening;
  }

  async #open(tenant: string): Promise<TenantProvider> {
    return openTenant({
      tenant,
      key: await this.#key,
      clientNamed: (id) => this.#client(tenant, id),
      userWith: (id) => this.userWith(id),
      claims: this.#options.users.flatMap(({ attributes }) => Object.keys(attributes)),
    });
  }

  #client(tenant: string, clientId: string): AdapterPayload | undefined {
    const app = this.#app(tenant, clientId);
    if (!app) return undefined;
    const sharing = this.#options.providers().filter((one) => one.clientId === clientId && one.issuer === app.issuer);
    return {
      ...{ client_id: clientId, client_secret: app.clientSecret, token_endpoint_auth_method: "client_secret_post" },
      ...{ redirect_uris: sharing.map(callbackOf), response_types: ["code"], grant_types: ["authorization_code"] },
    };
  }
}

function sendJson(response: ServerResponse, code: number, json: unknown): void {
  response.writeHead(code, { "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store" });
  response.end(JSON.stringify(json));
}

function outcome(code: number, message: string): Outcome {
  return { code, reason: "played", message };
}
