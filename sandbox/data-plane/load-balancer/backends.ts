/** Backend services and what stands behind them. */
import type { ControlPlane, StoredResource } from "../../control-plane";
import { listAt, textAt } from "../../control-plane/properties";
import type { RunService, RunServices } from "../run-services";
import { nameOf, referred, TYPES } from "./resources";

export interface Backend {
  readonly name: string;
  readonly project: string;
  /** The number in the audience of Identity-Aware Proxy's assertions. */
  readonly generatedId: string;
  readonly state: StoredResource["state"];
}

/** Why no Cloud Run service answers for a backend. */
export interface Missing {
  readonly missing: "no-endpoint" | "no-service" | "not-played";
  readonly message: string;
}

/** The backend service that a URL map names. */
export function backendOf(controlPlane: ControlPlane, reference: string): Backend | undefined {
  const found = referred(controlPlane, TYPES.backendService, reference);
  if (!found) return undefined;
  const { state } = found;
  const project = textAt(state, "project") ?? /^projects\/([^/]+)\//.exec(found.id)?.[1] ?? "";
  return { name: nameOf(state), project, generatedId: String(state["generatedId"]), state };
}

/** The Cloud Run service behind a backend, by its first serverless network endpoint group. */
export function serviceBehind(
  { name, state }: Backend,
  controlPlane: ControlPlane,
  services: RunServices,
): RunService | Missing {
  const [group] = listAt(state, "backends").flatMap((one) => {
    return referred(controlPlane, TYPES.endpointGroup, textAt(one, "group")) ?? [];
  });
  if (!group) return { missing: "no-endpoint", message: `the backend service ${name} has no network endpoint group` };
  const { state: endpoints } = group;
  const service = textAt(endpoints, "cloudRun", "service");
  if (service === undefined) {
    return {
      missing: "not-played",
      message: `the network endpoint group ${nameOf(endpoints)} names no Cloud Run service`,
    };
  }
  const [project, region] = [textAt(endpoints, "project"), textAt(endpoints, "region")];
  const found = services.byId(`projects/${project}/locations/${region}/services/${service}`);
  return (
    found ?? {
      missing: "no-service",
      message: `the network endpoint group ${nameOf(endpoints)} names the Cloud Run service ${service} in ${region}, and there is none`,
    }
  );
}
