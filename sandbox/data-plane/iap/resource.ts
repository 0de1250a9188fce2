/** What Identity-Aware Proxy guards: a Cloud Run service, or a backend service of a load balancer. */
import { iapAgent } from "../../../google/accounts";
import { backendAudience, iapAudience } from "../../../google/run";
import type { ControlPlane } from "../../control-plane";
import { textAt } from "../../control-plane/properties";
import type { Backend } from "../load-balancer/backends";
import type { RunService } from "../run-services";

export interface IapResource {
  /** For the log. */
  readonly name: string;
  readonly project: string;
  /** `aud` of the assertions. Source: https://cloud.google.com/iap/docs/signed-headers-howto#verifying_the_jwt_payload */
  readonly audience: string;
  /** Ids of what a grant to come through is on, the narrowest first. Source: https://cloud.google.com/iap/docs/managing-access */
  readonly grantTargets: readonly string[];
  /** Names of the settings that apply, the narrowest first, by the project's number. */
  readonly settingsNames: readonly string[];
  /** An OAuth client for Google accounts that the resource itself names. */
  readonly client?: { readonly id: string; readonly secret: string };
}

export class IapResources {
  readonly #numbers = new Map<string, string>();

  constructor(private readonly controlPlane: ControlPlane) {}

  ofService({ project, region, name }: RunService): IapResource {
    const number = this.number(project);
    return {
      name,
      project,
      audience: iapAudience(name, number, region),
      grantTargets: targets(project, [`cloud_run-${region}`, `services/${name}`]),
      settingsNames: targets(number, [`cloud_run-${region}`, `services/${name}`]).map(settingsName),
    };
  }

  ofBackend({ project, name, generatedId, state }: Backend): IapResource {
    const number = this.number(project);
    const [id, secret] = [textAt(state, "iap", "oauth2ClientId"), textAt(state, "iap", "oauth2ClientSecret")];
    return {
      name: `the backend service ${name}`,
      project,
      audience: backendAudience(number, generatedId),
      grantTargets: targets(project, ["compute", `services/${generatedId}`, `services/${name}`]),
      settingsNames: targets(number, ["compute", `services/${generatedId}`, `services/${name}`]).map(settingsName),
      ...(id !== undefined && { client: { id, secret: secret ?? "" } }),
    };
  }

  /** Identity-Aware Proxy's agent in a project, as which it calls. */
  agent(project: string): string {
    return iapAgent(this.number(project));
  }

  /** A project's number, which does not change. */
  number(projectId: string): string {
    let number = this.#numbers.get(projectId);
    if (number === undefined) {
      const token = "gcp:organizations/getProject:getProject";
      number = String(this.controlPlane.invoke({ token, args: { projectId } })["number"]);
      this.#numbers.set(projectId, number);
    }
    return number;
  }
}

/** A resource under each of its names, its type, all web resources of the project, and the project. */
function targets(project: string, [type = "", ...names]: readonly string[]): string[] {
  const web = `projects/${project}/iap_web`;
  return [...names.map((name) => `${web}/${type}/${name}`), `${web}/${type}`, web, project];
}

function settingsName(target: string): string {
  return target.includes("/") ? target : `projects/${target}`;
}
