import { IAP_AUDIENCE_VARIABLE, urlVariable } from "../services/runtime/contract";
import { iapAudience } from "./names";
import type { CallerSpec, MeshSpec, ServiceSpec } from "./spec/spec";

/**
 * What a service, a function, a job or a worker pool is told at run time beyond its own variables: the URL, and so the audience, of
 * each service that it calls; behind Identity-Aware Proxy also the audience of the assertions that it has to check.
 */
export function callEnvironment(caller: CallerSpec & Pick<ServiceSpec, "iap">, mesh: MeshSpec): Record<string, string> {
  const urlOf = (key: string) => (mesh.services[key] ?? mesh.functions?.[key])!.url;
  return {
    ...Object.fromEntries(caller.calls.map((call) => [urlVariable(call.service), urlOf(call.service)])),
    ...(caller.iap && { [IAP_AUDIENCE_VARIABLE]: iapAudience(caller.name, mesh.projectNumber, mesh.region) }),
  };
}
