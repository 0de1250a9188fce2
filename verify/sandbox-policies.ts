/** Reads the IAM policies of a mesh from the sandbox's control plane, as `deployed/policies.ts` does from Google. */
import type { ControlPlane } from "../sandbox/control-plane";
import { SERVICE } from "../sandbox/control-plane/handlers/run/names";
import { grantsOn, permissionsIn } from "../sandbox/data-plane/front-end/invokers";
import type { ProjectConfig } from "../sandbox/engine";
import type { StackOutputs } from "../sandbox/running";
import { type GrantReport, judgeGrants } from "./grants/judge";
import type { Place } from "./grants/places";
import type { Policy, PolicySource } from "./grants/policy";
import type { Settings } from "./grants/settings";
import { deployedGraph } from "./graph";

/** Holds the grants of a stack that is deployed in the sandbox against its config. */
export function sandboxGrants(
  controlPlane: ControlPlane,
  { config }: ProjectConfig,
  { urls, serviceAccounts, loadBalancer }: Pick<StackOutputs, "loadBalancer" | "serviceAccounts" | "urls">,
): Promise<GrantReport> {
  const graph = deployedGraph(config, urls, new Date().toISOString().slice(0, 10));
  const at = { project: config["gcp:project"] ?? "", region: config["gcp:region"] ?? "" };
  const source = new SandboxPolicies(controlPlane, at);
  const { backends = {} } = loadBalancer ?? {};
  return judgeGrants({ ...at, graph, serviceAccounts, backends }, source, { redeploy: "npm start -- --fresh" });
}

class SandboxPolicies implements PolicySource {
  constructor(
    private readonly controlPlane: ControlPlane,
    private readonly at: { readonly project: string; readonly region: string },
  ) {}

  async policy(place: Place): Promise<Policy> {
    const grants = grantsOn(this.controlPlane, this.#idOf(place));
    return {
      bindings: grants.map(({ role, member, condition }) => ({
        role,
        members: [member],
        ...(condition && { condition }),
      })),
    };
  }

  async settings(place: Place): Promise<Settings> {
    const { state = {} } = this.controlPlane.get(SERVICE, this.#idOf(place)) ?? {};
    return {
      ingress: String(state["ingress"] ?? place.settings?.ingress),
      invokerIamDisabled: state["invokerIamDisabled"] === true,
      iapEnabled: state["iapEnabled"] === true,
      defaultUriDisabled: state["defaultUriDisabled"] === true,
    };
  }

  async permissionsIn(role: string): Promise<readonly string[]> {
    return permissionsIn(role, this.controlPlane);
  }

  #idOf({ kind, name }: Place): string {
    const { project, region } = this.at;
    switch (kind) {
      case "service":
        return `projects/${project}/locations/${region}/services/${name}`;
      case "iap":
        return `projects/${project}/iap_web/cloud_run-${region}/services/${name}`;
      case "iap-backend":
        return `projects/${project}/iap_web/compute/services/${name}`;
      case "iap-compute":
        return `projects/${project}/iap_web/compute`;
      case "iap-region":
        return `projects/${project}/iap_web/cloud_run-${region}`;
      case "iap-project":
        return `projects/${project}/iap_web`;
      case "account":
        return `projects/${project}/serviceAccounts/${name}`;
      case "project":
        return project;
    }
  }
}
