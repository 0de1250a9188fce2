/**
 * What stands in the ID token of a person. People get theirs from a tool that they sign in with, and for that tool:
 * gcloud takes no `--audiences` of them. Seen in print_identity_token.py of the Google Cloud SDK ("Invalid account type
 * for `--audiences`. Requires valid service account.") and in https://cloud.google.com/run/docs/authenticating/developers;
 * that Cloud Run takes these clients for an audience, in GoogleCloudPlatform/cloud-run-proxy pull request 8 and issue 10.
 */

/** Client of `gcloud auth login`. */
export const GCLOUD_CLIENT = "32555940559.apps.googleusercontent.com";

/** Client of `gcloud auth application-default login`. */
export const DEFAULT_CREDENTIALS_CLIENT = "764086051850-6qr4p6gpi6hn506pt8ejuq83di341hur.apps.googleusercontent.com";

/** Claims that a person's token has and a service account's has not, or has otherwise. */
export function userClaims(email: string, client = GCLOUD_CLIENT): Readonly<Record<string, string>> {
  const hd = hostedDomain(email);
  return { aud: client, azp: client, ...(hd !== undefined && { hd }) };
}

/**
 * The Workspace or Cloud Identity domain of an account; consumer accounts have none.
 * Source: https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload. Assumed: that every
 * address outside of Gmail belongs to such a domain.
 */
export function hostedDomain(email: string): string | undefined {
  const [, domain] = email.toLowerCase().split("@");
  return domain === "gmail.com" || domain === "googlemail.com" ? undefined : domain;
}
