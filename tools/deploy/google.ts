import type { GoogleAuth } from "google-auth-library";
import { APPLICATION_DEFAULT } from "../../services/runtime/tokens/application-default";

type Auth = Pick<GoogleAuth, "getAccessToken" | "request">;

/** What the checks ask Google, so that tests can answer in its place. */
export interface Google {
  /** Why there are no usable credentials, or nothing. */
  credentialsProblem(): Promise<string | undefined>;
  /** Those of the permissions that the caller has on the project, or that a project cannot be asked about. */
  testPermissions(project: string, permissions: readonly string[]): Promise<string[]>;
  /** Those of the APIs that are on in the project; nothing where the caller may not see that. */
  enabledServices(project: string, services: readonly string[]): Promise<string[] | undefined>;
  /** Whether the project is in an organization; nothing where the caller may not see that. */
  hasOrganization(project: string): Promise<boolean | undefined>;
}

/**
 * Application Default Credentials, which the provider uses as well.
 * Source: https://cloud.google.com/docs/authentication/application-default-credentials
 *
 * @param load loads Google's library, on the first question
 */
export function googleFromDefaultCredentials(load: () => Promise<Auth> = defaultAuth): Google {
  let loaded: Promise<Auth> | undefined;
  const library = () => {
    loaded ??= load();
    return loaded;
  };
  return {
    async credentialsProblem() {
      try {
        const token = await (await library()).getAccessToken();
        return token ? undefined : "Google gave no access token";
      } catch (error) {
        return whyNoToken(error as Error);
      }
    },
    async testPermissions(project, permissions) {
      const auth = await library();
      const held = async (asked: readonly string[]): Promise<string[]> => {
        try {
          const { data } = await auth.request<{ permissions?: string[] }>({
            url: `https://cloudresourcemanager.googleapis.com/v1/projects/${encodeURIComponent(project)}:testIamPermissions`,
            method: "POST",
            data: { permissions: asked },
            timeout: 15_000,
          });
          return data.permissions ?? [];
        } catch (error) {
          // One permission that a project cannot be asked about refuses the whole question. It stops nobody: the
          // operation itself will tell.
          if ((error as { status?: number }).status !== 400) throw error;
          if (asked.length === 1) return [...asked];
          const half = asked.length / 2;
          return (await Promise.all([held(asked.slice(0, half)), held(asked.slice(half))])).flat();
        }
      };
      return held(permissions);
    },
    async enabledServices(project, services) {
      const parent = `projects/${encodeURIComponent(project)}`;
      const names = services.map((service) => `names=${parent}/services/${service}`).join("&");
      try {
        // At most 30 names. Source: https://cloud.google.com/service-usage/docs/reference/rest/v1/services/batchGet
        const auth = await library();
        const { data } = await auth.request<{ services?: { name: string; state: string }[] }>({
          url: `https://serviceusage.googleapis.com/v1/${parent}/services:batchGet?${names}`,
          timeout: 15_000,
        });
        return (
          data.services
            ?.filter(({ state }) => state === "ENABLED")
            .map(({ name }) => name.slice(name.lastIndexOf("/") + 1)) ?? []
        );
      } catch {
        return undefined;
      }
    },
    async hasOrganization(project) {
      try {
        const auth = await library();
        const { data } = await auth.request<{ ancestor?: { resourceId?: { type?: string } }[] }>({
          url: `https://cloudresourcemanager.googleapis.com/v1/projects/${encodeURIComponent(project)}:getAncestry`,
          method: "POST",
          data: {},
          timeout: 15_000,
        });
        return data.ancestor?.some(({ resourceId }) => resourceId?.type === "organization");
      } catch {
        return undefined;
      }
    },
  };
}

async function defaultAuth(): Promise<Auth> {
  const { GoogleAuth } = await import("google-auth-library");
  return new GoogleAuth(APPLICATION_DEFAULT);
}

/**
 * One line. What answers in Google's place, a company's proxy say, may give a code alone; before a refusal the library
 * says that it could not refresh the token, once for each time that it was asked.
 */
export function whyNoToken(error: Error & { readonly code?: unknown }): string {
  const said = error.message.replace(/^(Could not refresh access token: *)+/, "").split("\n")[0];
  return said || `answered ${error.code ?? "nothing"}`;
}
