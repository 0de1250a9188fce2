import { IAP_AUDIENCE_VARIABLE, urlVariable } from "../services/runtime/contract";
import { iapAudience } from "./names";
import type { MeshSpec, ServiceSpec } from "./spec";

/**
 * What a service is told at run time beyond its own variables: the URL, and so the audience, of each service that it
 * calls; behind Identity-Aware Proxy also the audience of the assertions that it has to check.
 */
export function callEnvironment(service: ServiceSpec, mesh: MeshSpec): Record<string, string> {
  return {
    ...Object.fromEntries(service.calls.map((call) => [urlVariable(call.service), mesh.services[call.service]!.url])),
    ...(service.iap && { [IAP_AUDIENCE_VARIABLE]: iapAudience(service.name, mesh.projectNumber, mesh.region) }),
  };
}
