import { accountEmail } from "../google/accounts";
import { iapAudience } from "../google/run";
import { IAP_AUDIENCE_VARIABLE, urlVariable } from "../services/runtime/contract";
import { DATABASE_VARIABLE, databaseUrl } from "./cloud-sql";
import type { Call, CallerSpec, MeshSpec, ServiceSpec } from "./spec/spec";
import { standing } from "./until";

export { IAP_AUDIENCE_VARIABLE };

/**
 * What a service, a function, a job or a worker pool is told at run time beyond its own variables: the URL, and so the audience, of
 * each service that it calls, a call that has ended left out; the database that it logs in to; and behind Identity-Aware
 * Proxy the audience of the assertions that it has to check.
 */
export function callEnvironment(
  caller: CallerSpec & Pick<ServiceSpec, "cloudSql" | "iap" | "serviceAccount">,
  mesh: MeshSpec,
): Record<string, string> {
  const { cloudSql, serviceAccount = accountEmail(caller.accountId, mesh.project) } = caller;
  const urlOf = (key: string) => (mesh.services[key] ?? mesh.functions?.[key])!.url;
  return {
    ...Object.fromEntries(standing(caller.calls).map((call) => [callVariable(call), urlOf(call.service)])),
    ...(cloudSql && { [DATABASE_VARIABLE]: databaseUrl(cloudSql, serviceAccount) }),
    ...(caller.iap && { [IAP_AUDIENCE_VARIABLE]: iapAudience(caller.name, mesh.projectNumber, mesh.region) }),
  };
}

/** The variable that holds a callee's URL: a callee keeps that of its old key, which its callers' code reads. */
export function callVariable({ service, formerly }: Pick<Call, "formerly" | "service">): string {
  return urlVariable(formerly ?? service);
}
