/** The one place that knows which service accounts Google Cloud makes by default, in every spelling. */

export type DefaultAccount =
  | "Compute Engine default"
  | "App Engine default"
  | "Cloud Build default"
  | "project default";

/**
 * Which default service account a reference names; undefined if it is none, or no text.
 *
 * Accepted around the e-mail address, in any case: `serviceAccount:`, `deleted:serviceAccount:…?uid=…`,
 * `projects/PROJECT/serviceAccounts/…` and its `//iam.googleapis.com/` form. Addresses from
 * https://docs.cloud.google.com/iam/docs/service-account-types: `NUMBER-compute@developer.gserviceaccount.com`;
 * `PROJECT@appspot.gserviceaccount.com`, where a project of an old domain-scoped kind (`acme.com:app`) appears as
 * `app.acme.com@appspot.gserviceaccount.com` or `app@acme.com.appspot.gserviceaccount.com`. Nobody can make an account
 * of their own under `appspot.gserviceaccount.com`, so the whole domain counts. `default` is what gcloud and the
 * metadata server call the default account.
 */
export function defaultAccount(reference: unknown): DefaultAccount | undefined {
  if (typeof reference !== "string") return undefined;
  const account = bareAccount(reference);
  if (account === "default") return "project default";
  if (account.endsWith("-compute@developer.gserviceaccount.com")) return "Compute Engine default";
  if (/@(?:[^@]+\.)?appspot\.gserviceaccount\.com$/.test(account)) return "App Engine default";
  // https://docs.cloud.google.com/build/docs/cloud-build-service-account, "legacy"; its agent is gcp-sa-cloudbuild.
  if (/^\d+@cloudbuild\.gserviceaccount\.com$/.test(account)) return "Cloud Build default";
  return undefined;
}

/**
 * `accountId@PROJECT.iam.gserviceaccount.com`, which Google makes of the two; a domain-scoped project `acme.com:app` is
 * written `app.acme.com`: https://docs.cloud.google.com/iam/docs/service-accounts-create
 */
export function accountAddress(accountId: string, project: string): string {
  const [name, domain] = project.split(":").reverse();
  return `${accountId}@${domain === undefined ? name : `${name}.${domain}`}.iam.gserviceaccount.com`.toLowerCase();
}

/** The e-mail address in any of the spellings above, in lower case. */
export function bareAccount(reference: string): string {
  const member = reference
    .trim()
    .toLowerCase()
    .replace(/\?uid=.*$/s, "")
    .replace(/^deleted:/, "");
  const resource = member.replace(/^serviceaccount:/, "").trim();
  return resource.slice(resource.lastIndexOf("/") + 1).trim();
}
