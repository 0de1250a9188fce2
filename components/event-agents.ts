/** Google's own accounts without which no event reaches a function. */
import * as projects from "@pulumi/gcp/projects";
import * as storage from "@pulumi/gcp/storage";
import type * as pulumi from "@pulumi/pulumi";
import { hasStorageTriggers, hasTriggers, type MeshSpec } from "../mesh";

/**
 * What has to be there before the triggers are made. Eventarc's agent is asked for, since it appears only some time after
 * the API is switched on. Cloud Storage tells of its objects by publishing as its own agent.
 *
 * Sources: https://cloud.google.com/eventarc/docs/troubleshooting,
 * https://cloud.google.com/eventarc/docs/run/route-trigger-cloud-storage
 *
 * @param bucket where the functions' code is; once it is there, Cloud Storage is switched on and can be asked for its agent
 */
export function eventAgents(
  spec: MeshSpec,
  bucket: pulumi.Resource | undefined,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const { project } = spec;
  const agents: pulumi.Resource[] = [];
  if (hasTriggers(spec)) {
    const service = "eventarc.googleapis.com";
    agents.push(new projects.ServiceIdentity("eventarc-agent", { service, project }, { parent }));
  }
  if (hasStorageTriggers(spec)) {
    const agent = storage.getProjectServiceAccountOutput({ project }, { parent, dependsOn: bucket ? [bucket] : [] });
    const grant = { project, role: "roles/pubsub.publisher", member: agent.member };
    agents.push(new projects.IAMMember("storage-agent-has-pubsub.publisher", grant, { parent }));
  }
  return agents;
}
