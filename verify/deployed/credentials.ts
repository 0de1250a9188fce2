/** Whose tokens this machine can get: those of Application Default Credentials, or of an account that they impersonate. */
import type { AuthClient, IdTokenProvider } from "google-auth-library";
import { APPLICATION_DEFAULT } from "../../services/runtime/tokens/application-default";
import { whyNoToken } from "../../tools/deploy/google";
import { NotProbed, saying } from "./not-probed";

/** Somebody in whose name this machine can send requests. */
export interface Identity {
  /** As IAM writes it: `user:ada@acme.com`. */
  readonly member: string;
  /** Absent where the credentials are a person's: their tokens have the audience of the tool that they signed in with. */
  readonly idTokenFor?: (audience: string) => Promise<string>;
  /** An ID token that Cloud Run takes for any service. */
  idToken(audience: string): Promise<string>;
  /**
   * An access token that only tells whose it is. Absent without impersonation: that of the credentials themselves does
   * whatever they may do, and the service that it would be shown to may be open, or not what it says it is.
   */
  readonly accessToken?: () => Promise<string>;
}

export interface Credentials {
  /** Headers for a request to Google's own APIs. @throws NotProbed */
  headers(): Promise<Record<string, string>>;
  /** @throws NotProbed */
  identity(): Promise<Identity>;
}

const EMAIL = "https://www.googleapis.com/auth/userinfo.email";

/**
 * @param impersonate e-mail address of a service account in whose name probes are sent; needs
 * `roles/iam.serviceAccountTokenCreator` on it. Requests to Google's APIs stay in the person's own name.
 *
 * Not tried against Google: that Cloud Run takes the ID token of a person's default credentials. Its audience is the
 * client id of gcloud. Source: https://github.com/GoogleCloudPlatform/cloud-run-proxy/issues/10
 */
export function defaultCredentials(
  impersonate?: string,
  load: () => Promise<AuthClient> = applicationDefault,
): Credentials {
  let loaded: Promise<AuthClient> | undefined;
  const client = () => {
    loaded ??= load().catch((error: Error) => {
      throw new NotProbed(
        `no Google credentials (${saying(whyNoToken(error))}); run "gcloud auth application-default login"`,
      );
    });
    return loaded;
  };
  let identity: Promise<Identity> | undefined;
  return {
    async headers() {
      const headers = await (await client()).getRequestHeaders().catch(refused);
      return Object.fromEntries(headers.entries());
    },
    identity() {
      identity ??= client().then((source) => identityOf(source, impersonate));
      return identity;
    },
  };
}

/** Loads Google's library on the first question: most of what is asked of a stack takes no credentials. */
async function applicationDefault(): Promise<AuthClient> {
  const { GoogleAuth } = await import("google-auth-library");
  return new GoogleAuth(APPLICATION_DEFAULT).getClient();
}

async function identityOf(source: AuthClient, impersonate: string | undefined): Promise<Identity> {
  const { Impersonated, UserRefreshClient } = await import("google-auth-library");
  const client = impersonate
    ? new Impersonated({ sourceClient: source, targetPrincipal: impersonate, targetScopes: [EMAIL] })
    : source;
  if (!("fetchIdToken" in client)) {
    throw new NotProbed(
      "the default credentials can have no ID token minted; name a service account that they may impersonate",
    );
  }
  const provider = client as AuthClient & IdTokenProvider;
  const idToken = async (audience: string) => {
    const token = await provider.fetchIdToken(audience).catch(refused);
    if (typeof token !== "string" || token === "") throw new NotProbed("Google gave no ID token for the credentials");
    return token;
  };
  const isPerson = client instanceof UserRefreshClient;
  const email = emailIn(await idToken("https://who-am-i.example"));
  return {
    member: `${isPerson ? "user" : "serviceAccount"}:${email}`,
    idToken,
    ...(!isPerson && { idTokenFor: idToken }),
    ...(impersonate && { accessToken: () => accessTokenOf(client) }),
  };
}

async function accessTokenOf(client: AuthClient): Promise<string> {
  const { token } = await client.getAccessToken().catch(refused);
  if (!token) throw new NotProbed("Google gave no access token for the credentials");
  return token;
}

function emailIn(token: string): string {
  let email: unknown;
  try {
    email = (JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { email?: unknown }).email;
  } catch {
    throw new NotProbed("Google answered with something that is no ID token");
  }
  if (typeof email !== "string") throw new NotProbed("the ID token of the credentials names no e-mail address");
  return email;
}

function refused(error: Error): never {
  throw new NotProbed(
    `Google gave no token for the credentials (${saying(whyNoToken(error))}); run "gcloud auth application-default login"`,
  );
}
