/** What a role opens where it stands, in words, and whether whoever has it calls or administers. */
import type { Place } from "./places";
import type { Grant } from "./policy";

/**
 * `calls`: reaches services of the mesh, or acts as a part of it. `administers`: deploys, or says who may; whoever does
 * that could give themselves a call as well, and every project has somebody.
 */
export type Power = "calls" | "administers";

/**
 * Permissions by which a custom role calls, or acts as an account.
 * Source: https://cloud.google.com/iam/docs/permissions-reference
 */
export const CALLING_PERMISSIONS: readonly string[] = [
  "run.routes.invoke",
  "iap.webServiceVersions.accessViaIAP",
  "iam.serviceAccounts.getOpenIdToken",
  "iam.serviceAccounts.getAccessToken",
  "iam.serviceAccounts.implicitDelegation",
  "iam.serviceAccounts.signBlob",
  "iam.serviceAccounts.signJwt",
];

interface Role {
  readonly power: Power;
  /** What it opens where it stands on `it`. */
  readonly opens: (it: string) => string;
}

const calls = (opens: Role["opens"]): Role => ({ power: "calls", opens });
const administers = (opens: Role["opens"]): Role => ({ power: "administers", opens });

/**
 * Predefined roles that reach a mesh, also from the project that it is in. Owners and editors call every service.
 * Sources: https://cloud.google.com/run/docs/securing/managing-access, https://cloud.google.com/iam/docs/service-account-permissions,
 * https://cloud.google.com/iap/docs/managing-access
 */
export const ROLES: Readonly<Record<string, Role>> = {
  "roles/run.invoker": calls((it) => `calls ${it}`),
  "roles/run.servicesInvoker": calls((it) => `calls ${it}`),
  "roles/iap.httpsResourceAccessor": calls((it) => `comes through Identity-Aware Proxy to ${it}`),
  "roles/iam.serviceAccountOpenIdTokenCreator": calls(
    (it) => `mints ID tokens of ${it}, and calls whatever that may call`,
  ),
  "roles/iam.serviceAccountTokenCreator": calls((it) => `mints any token of ${it}, and does whatever that may do`),
  "roles/iam.workloadIdentityUser": calls((it) => `acts as ${it} from another platform`),
  "roles/owner": administers((it) => `calls and changes ${it}, and says who else may`),
  "roles/editor": administers((it) => `calls and changes ${it}`),
  // Their successors: https://cloud.google.com/iam/docs/roles-overview#basic
  "roles/admin": administers((it) => `calls and changes ${it}, and says who else may`),
  "roles/writer": administers((it) => `calls and changes ${it}`),
  "roles/run.admin": administers((it) => `calls and changes ${it}, and says who else may`),
  "roles/run.developer": administers((it) => `deploys other code to ${it}`),
  "roles/run.sourceDeveloper": administers((it) => `deploys other code to ${it}`),
  "roles/cloudfunctions.admin": administers((it) => `deploys other code to ${it}, and says who may call`),
  "roles/cloudfunctions.developer": administers((it) => `deploys other code to ${it}`),
  "roles/iap.admin": administers((it) => `says who comes through Identity-Aware Proxy to ${it}`),
  "roles/iam.serviceAccountUser": administers((it) => `deploys code that runs as ${it}`),
  "roles/iam.serviceAccountAdmin": administers((it) => `says who acts as ${it}`),
  "roles/iam.serviceAccountKeyAdmin": administers((it) => `makes keys of ${it}, which mint any token`),
  "roles/iam.securityAdmin": administers((it) => `says who calls and changes ${it}`),
  "roles/resourcemanager.projectIamAdmin": administers((it) => `says who calls and changes ${it}`),
};

/** What a grant opens, in words: `lets anyone in, unauthenticated`. */
export function opens({ member, role, condition }: Grant, place: Place): string {
  if (member.startsWith("deleted:")) return "opens nothing: whom it names is deleted";
  const what = ROLES[role]?.opens(subjectOf(role, place)) ?? "has whatever that role permits";
  const letsIn = LETS_IN[member];
  const isCall = place.kind !== "account" && CALL_ROLES.has(role);
  const said = letsIn === undefined ? what : isCall ? letsIn : `anyone ${what}`;
  return condition ? `${said}, while ${condition.expression}` : said;
}

const CALL_ROLES = new Set(["roles/run.invoker", "roles/run.servicesInvoker", "roles/iap.httpsResourceAccessor"]);

const LETS_IN: Readonly<Record<string, string>> = {
  allUsers: "lets anyone in, unauthenticated",
  allAuthenticatedUsers: "lets in anyone with a Google account",
};

/** What a role reaches from where it stands: from the project, everything of its kind. */
function subjectOf(role: string, { kind, name }: Place): string {
  if (kind === "iap-region") return `every service in ${name}`;
  if (kind !== "project" && kind !== "iap-project" && kind !== "iap-compute") return "it";
  const isOnAccounts = role.startsWith("roles/iam.serviceAccount") || role === "roles/iam.workloadIdentityUser";
  return `every ${isOnAccounts ? "account" : "service"} of "${name}"`;
}
