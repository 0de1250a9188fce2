/**
 * What roles can do, as of 2026-11-23. Sources: https://docs.cloud.google.com/iam/docs/roles-permissions/run,
 * …/cloudfunctions and …/iam; https://docs.cloud.google.com/run/docs/securing/managing-access (owners and editors may
 * invoke); https://docs.cloud.google.com/iam/docs/roles-overview#basic (owner, editor and viewer, and their successors
 * admin, writer and reader). A role that stands nowhere here is reported, not trusted: Google adds permissions to its
 * roles, and a custom role holds whatever its owner put there.
 */

/** `invoke` a workload; `impersonate` a service account, or hand that out; `basic`: the roles that span all services. */
export type Power = "invoke" | "impersonate" | "basic";

/** By role in lower case. */
export const POWERS: ReadonlyMap<string, readonly Power[]> = new Map([
  ["roles/owner", ["basic", "invoke"]],
  ["roles/editor", ["basic", "invoke"]],
  ["roles/viewer", ["basic"]],
  ["roles/admin", ["basic", "invoke"]],
  ["roles/writer", ["basic", "invoke"]],
  ["roles/reader", ["basic"]],
  ["roles/run.admin", ["invoke"]],
  ["roles/run.developer", ["invoke"]],
  ["roles/run.invoker", ["invoke"]],
  ["roles/run.jobsexecutor", ["invoke"]],
  ["roles/run.jobsexecutorwithoverrides", ["invoke"]],
  ["roles/run.servicesinvoker", ["invoke"]],
  ["roles/run.sourcedeveloper", ["invoke", "impersonate"]],
  ["roles/cloudfunctions.admin", ["invoke"]],
  ["roles/cloudfunctions.developer", ["invoke"]],
  ["roles/cloudfunctions.invoker", ["invoke"]],
  ["roles/iam.securityadmin", ["impersonate"]],
  ["roles/iam.serviceaccountadmin", ["impersonate"]],
  ["roles/iam.serviceaccountkeyadmin", ["impersonate"]],
  ["roles/iam.serviceaccountopenidtokencreator", ["impersonate"]],
  ["roles/iam.serviceaccounttokencreator", ["impersonate"]],
  ["roles/iam.serviceaccountuser", ["impersonate"]],
  ["roles/iam.workloadidentityuser", ["impersonate"]],
  ["roles/resourcemanager.folderadmin", ["impersonate"]],
  ["roles/resourcemanager.folderiamadmin", ["impersonate"]],
  ["roles/resourcemanager.organizationadmin", ["impersonate"]],
  ["roles/resourcemanager.projectiamadmin", ["impersonate"]],
]);

/** Services whose predefined roles neither invoke nor impersonate; their service agents' roles may. */
const HARMLESS =
  /^roles\/(?:browser|(?:artifactregistry|bigquery|bigtable|cloudkms|cloudprofiler|cloudsql|cloudtrace|datastore|dns|errorreporting|file|iap|logging|memcache|monitoring|pubsub|redis|secretmanager|serviceusage|spanner|storage|vpcaccess)\.(?!.*serviceagent$)\w+|(?:aiplatform\.user|cloudfunctions\.viewer|cloudtasks\.enqueuer|compute\.networkuser|eventarc\.eventreceiver|iam\.serviceaccountviewer|run\.builder|run\.sourceviewer|run\.viewer))$/;

/** Roles are compared without regard to case and surrounding space: what was meant counts. */
function normal(role: string): string {
  return role.trim().toLowerCase();
}

export function can(role: string, power: Power): boolean {
  return POWERS.get(normal(role))?.includes(power) ?? false;
}

/** A predefined role that manages what it names: `roles/run.admin`, `roles/storage.objectAdmin`. */
export function administers(role: string): boolean {
  return /^roles\/[^/]*\.\w*admin$/.test(normal(role));
}

/** Whether {@link POWERS} and what it leaves out tell all that matters of this role. */
export function isKnownRole(role: string): boolean {
  const name = normal(role);
  return POWERS.has(name) || HARMLESS.test(name);
}

/** `projects/PROJECT/roles/ID` and `organizations/NUMBER/roles/ID`: made by a person, not by Google. */
export function isCustomRole(role: string): boolean {
  return /^(?:projects|organizations)\/[^/]+\/roles\/[^/]+$/.test(role.trim());
}

/** Permissions behind {@link Power}; https://docs.cloud.google.com/iam/docs/service-account-permissions */
export const PERMISSIONS: ReadonlyMap<string, "invoke" | "impersonate"> = new Map([
  ["run.routes.invoke", "invoke"],
  ["run.jobs.run", "invoke"],
  ["run.jobs.runwithoverrides", "invoke"],
  ["cloudfunctions.functions.invoke", "invoke"],
  ["cloudfunctions.functions.call", "invoke"],
  ["iam.serviceaccounts.actas", "impersonate"],
  ["iam.serviceaccounts.getaccesstoken", "impersonate"],
  ["iam.serviceaccounts.getopenidtoken", "impersonate"],
  ["iam.serviceaccounts.implicitdelegation", "impersonate"],
  ["iam.serviceaccounts.setiampolicy", "impersonate"],
  ["iam.serviceaccounts.signblob", "impersonate"],
  ["iam.serviceaccounts.signjwt", "impersonate"],
  ["iam.serviceaccountkeys.create", "impersonate"],
]);

export function permissionPower(permission: unknown): "invoke" | "impersonate" | undefined {
  return typeof permission === "string" ? PERMISSIONS.get(normal(permission)) : undefined;
}
