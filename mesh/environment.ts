import { urlVariable } from "../services/runtime/contract";
import type { MeshSpec, ServiceSpec } from "./spec";

/** What a service is told at run time beyond its own variables: the URL, and so the audience, of each service that it calls. */
export function callEnvironment(service: ServiceSpec, mesh: MeshSpec): Record<string, string> {
  return Object.fromEntries(service.calls.map((call) => [urlVariable(call.service), mesh.services[call.service]!.url]));
}
