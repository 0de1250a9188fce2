import { GoogleAuth } from "google-auth-library";

/** What the checks ask Google, so that tests can answer in its place. */
export interface Google {
  /** Why there are no usable credentials, or nothing. */
  credentialsProblem(): Promise<string | undefined>;
  /** Those of the permissions that the caller has on the project. */
  testPermissions(project: string, permissions: readonly string[]): Promise<string[]>;
}

/** Application Default Credentials, which the provider uses as well. Source: https://cloud.google.com/docs/authentication/application-default-credentials */
export function googleFromDefaultCredentials(): Google {
  const auth = new GoogleAuth({ scopes: ["https://www.googleapis.com/auth/cloud-platform"] });
  return {
    async credentialsProblem() {
      try {
        const token = await auth.getAccessToken();
        return token ? undefined : "Google gave no access token";
      } catch (error) {
        return (error as Error).message.split("\n")[0];
      }
    },
    async testPermissions(project, permissions) {
      const { data } = await auth.request<{ permissions?: string[] }>({
        url: `https://cloudresourcemanager.googleapis.com/v1/projects/${encodeURIComponent(project)}:testIamPermissions`,
        method: "POST",
        data: { permissions },
        timeout: 15_000,
      });
      return data.permissions ?? [];
    },
  };
}
