import type { AuthClient, IdTokenProvider } from "google-auth-library";
import { ServiceError } from "../errors";
import { APPLICATION_DEFAULT } from "./application-default";
import type { Minter } from "./id-token";

/**
 * ID tokens on a developer's machine, where there is no metadata server: Application Default Credentials that
 * impersonate a service account, or that belong to one. A person's own credentials cannot mint a token for the audience
 * of a service. Needs `roles/iam.serviceAccountTokenCreator` on the impersonated account.
 *
 * The library behind it is loaded on first use, so that a start on Cloud Run does not pay for it.
 *
 * @param impersonate e-mail address of the service account to mint for; without one the credentials must do it themselves
 *
 * Source: https://cloud.google.com/docs/authentication/get-id-token#impersonation
 */
export function defaultCredentials(
  impersonate: string | undefined,
  load: () => Promise<Library> = loadLibrary,
): Minter {
  let provider: Promise<IdTokenProvider> | undefined;
  const name = impersonate ? `default credentials impersonating ${impersonate}` : "default credentials";
  return {
    name,
    async mint(audience) {
      try {
        provider ??= load().then((library) => providerOf(library, impersonate));
        return { token: await (await provider).fetchIdToken(audience) };
      } catch (error) {
        provider = undefined;
        if (error instanceof ServiceError) throw error;
        throw new ServiceError("token-unavailable", `${name} gave no ID token for ${audience}`, { cause: error });
      }
    },
  };
}

type Library = Pick<typeof import("google-auth-library"), "GoogleAuth" | "Impersonated" | "UserRefreshClient">;

async function loadLibrary(): Promise<Library> {
  try {
    return await import("google-auth-library");
  } catch (cause) {
    throw new ServiceError(
      "credentials-unavailable",
      "outside Google Cloud ID tokens come from google-auth-library, which is not installed; npm install it, or name a metadata server in GCE_METADATA_HOST",
      { cause },
    );
  }
}

async function providerOf(library: Library, impersonate: string | undefined): Promise<IdTokenProvider> {
  const client = await clientOf(library);
  if (impersonate) {
    const account = new library.Impersonated({ sourceClient: client, targetPrincipal: impersonate, targetScopes: [] });
    return { fetchIdToken: (audience) => account.fetchIdToken(audience, { includeEmail: true }) };
  }
  if (!("fetchIdToken" in client) || client instanceof library.UserRefreshClient) {
    throw new ServiceError(
      "credentials-unavailable",
      "the default credentials belong to a person and cannot mint ID tokens for a service; set GOOGLE_IMPERSONATE_SERVICE_ACCOUNT, or run: gcloud auth application-default login --impersonate-service-account=ACCOUNT",
    );
  }
  return client as AuthClient & IdTokenProvider;
}

async function clientOf(library: Library): Promise<AuthClient> {
  try {
    return await new library.GoogleAuth(APPLICATION_DEFAULT).getClient();
  } catch (cause) {
    throw new ServiceError(
      "credentials-unavailable",
      "no default credentials on this machine; run: gcloud auth application-default login",
      { cause },
    );
  }
}
