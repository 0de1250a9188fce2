/**
 * How Application Default Credentials are looked for. Tokens are minted without a project; where none is given, the
 * library searches for one before it hands over the credentials: it runs gcloud and waits for a metadata server, which on
 * a laptop takes seconds. The project that a person's requests count towards stands in their credentials.
 *
 * Source: https://github.com/googleapis/google-auth-library-nodejs, `GoogleAuth.getApplicationDefaultAsync`
 */
export const APPLICATION_DEFAULT = {
  scopes: ["https://www.googleapis.com/auth/cloud-platform"],
  projectId: "none-is-needed",
};
