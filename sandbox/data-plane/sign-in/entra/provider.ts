/** One tenant of Entra ID: the OpenID provider of `oidc-provider`, under Entra's addresses. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AdapterPayload, default as OpenIdProvider } from "oidc-provider";
import type { SigningKey } from "../../identity/signing-key";
import { errorPage } from "../pages";
import { Memory } from "./adapter";
import { issuerOf } from "./names";
import { claimsOf, type EntraUser } from "./people";

export interface TenantOptions {
  readonly tenant: string;
  readonly key: SigningKey;
  /** An app that is registered with the tenant, as `oidc-provider` knows clients. */
  clientNamed(id: string): AdapterPayload | undefined;
  userWith(id: string): EntraUser | undefined;
  /** Claims that tokens have beside Entra's own. */
  readonly claims: readonly string[];
}

/** Source of the hour: https://learn.microsoft.com/entra/identity-platform/id-tokens#token-lifetime */
export const TOKEN_SECONDS = 3600;

/** Until somebody has chosen who they are, and until the code is taken. */
const SIGN_IN_SECONDS = 600;

/** Where people say who they are; the id is that of the interaction. */
export function signInPath(tenant: string, id: string): string {
  return `/${tenant}/login/${id}`;
}

export type TenantProvider = OpenIdProvider;

/** The library takes a third of a second to load, and few meshes have anybody sign in. */
export function openTenant({ tenant, key, clientNamed, userWith, claims }: TenantOptions): TenantProvider {
  const { default: Provider, interactionPolicy } = require("oidc-provider") as typeof import("oidc-provider");
  const memory = new Memory(clientNamed);
  const policy = interactionPolicy.base();
  policy.remove("consent");
  const provider = new Provider(issuerOf(tenant), {
    adapter: (model: string) => memory.adapter(model),
    jwks: { keys: [{ ...key.privateKey.export({ format: "jwk" }), kid: key.id, use: "sig", alg: "RS256" } as never] },
    cookies: { keys: [randomBytes(32).toString("base64url")] },
    features: {
      ...{ devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: false }, userinfo: { enabled: false } },
    },
    routes: {
      authorization: `/${tenant}/oauth2/v2.0/authorize`,
      token: `/${tenant}/oauth2/v2.0/token`,
      jwks: `/${tenant}/discovery/v2.0/keys`,
    },
    scopes: ["openid", "profile", "email", "offline_access"],
    claims: {
      openid: ["sub", "oid", "tid", "ver", "groups", ...claims],
      profile: ["name", "preferred_username"],
      email: ["email"],
    },
    conformIdTokenClaims: false,
    // Entra asks for a challenge of public clients alone.
    pkce: { methods: ["S256"], required: (_, client) => client.clientAuthMethod === "none" },
    interactions: { policy, url: (_, { uid }) => signInPath(tenant, uid) },
    // Whoever administers a tenant consents for everybody in it.
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        ...(oidc.session?.accountId !== undefined && { accountId: oidc.session.accountId }),
        ...(oidc.client && { clientId: oidc.client.clientId }),
      });
      grant.addOIDCScope(String(oidc.params?.["scope"] ?? ""));
      await grant.save();
      return grant;
    },
    findAccount(_, id) {
      const user = userWith(id);
      return user && { accountId: id, claims: () => ({ sub: id, ...claimsOf(user, tenant) }) };
    },
    ttl: {
      ...{
        AccessToken: TOKEN_SECONDS,
        IdToken: TOKEN_SECONDS,
        RefreshToken: TOKEN_SECONDS,
        ClientCredentials: TOKEN_SECONDS,
      },
      ...{
        AuthorizationCode: SIGN_IN_SECONDS,
        Interaction: SIGN_IN_SECONDS,
        Session: SIGN_IN_SECONDS,
        Grant: TOKEN_SECONDS,
      },
    },
    renderError(context, { error, error_description: description }) {
      context.type = "html";
      context.body = errorPage("Microsoft Entra ID", "You cannot sign in", `${error}: ${description ?? ""}`);
    },
  });
  // Its addresses are https://, whatever the connection to this machine is.
  provider.proxy = true;
  return provider;
}

/**
 * Hands a request to a tenant. Nobody stays signed in: a browser that comes again is asked again who it is, as several
 * demo people share one.
 */
export function serveTenant(
  provider: TenantProvider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { headers } = request;
  headers["x-forwarded-proto"] = "https";
  delete headers["x-forwarded-host"];
  const cookies = headers.cookie?.split(/; */).filter((cookie) => !cookie.startsWith("_session"));
  if (cookies) headers.cookie = cookies.join("; ");
  return provider.callback()(request, response);
}
