import type * as pulumi from "@pulumi/pulumi";
import { callEnvironment, type FunctionSpec, type MeshSpec } from "../mesh";
import { FUNCTION_DEFAULT_MEMORY } from "../mesh/limits";
import type { CloudRunFunctionArgs } from "./cloud-run-function";
import { defined, splitEnvironment, vpcAccess } from "./container-args";
import type { MeshNetwork } from "./mesh-network";

const MESSAGE_PUBLISHED = "google.cloud.pubsub.topic.v1.messagePublished";

/** What a function of the mesh asks of {@link CloudRunFunction}: a pure translation, config in, arguments out. */
export function functionArgs(
  spec: FunctionSpec,
  mesh: MeshSpec,
  bucket: pulumi.Input<string>,
  made?: MeshNetwork,
): CloudRunFunctionArgs {
  const { plain, secret } = splitEnvironment(spec.env ?? {});
  return {
    project: mesh.project,
    projectNumber: mesh.projectNumber,
    location: mesh.region,
    name: spec.name,
    source: spec.source,
    bucket,
    runtime: spec.runtime,
    entryPoint: spec.entryPoint,
    serviceAccount: spec.serviceAccount,
    accountId: spec.accountId,
    buildAccountId: spec.buildAccountId,
    triggerAccountId: spec.triggerAccountId,
    roles: spec.roles,
    ingress: spec.ingress,
    env: { ...plain, ...callEnvironment(spec, mesh) },
    secretEnv: secret,
    trigger: trigger(spec, mesh),
    description: spec.description,
    labels: spec.labels,
    deletionProtection: spec.deletionProtection,
    serviceConfig: defined({
      availableCpu: spec.resources?.cpu,
      availableMemory: spec.resources?.memory ?? FUNCTION_DEFAULT_MEMORY,
      minInstanceCount: spec.scaling?.minInstances,
      maxInstanceCount: spec.scaling?.maxInstances,
      maxInstanceRequestConcurrency: spec.concurrency,
      timeoutSeconds: spec.timeoutSeconds,
      ...(spec.vpc && route(spec.vpc, mesh, made)),
    }),
  };
}

/** The same two ways as of a service, in the words of functions. */
function route(vpc: NonNullable<FunctionSpec["vpc"]>, mesh: MeshSpec, made: MeshNetwork | undefined) {
  const { egress, connector, networkInterfaces } = {
    connector: undefined,
    networkInterfaces: undefined,
    ...vpcAccess(vpc, mesh, made),
  };
  if (connector !== undefined) return { vpcConnector: connector, vpcConnectorEgressSettings: egress };
  return { directVpcNetworkInterfaces: networkInterfaces, directVpcEgress: `VPC_EGRESS_${egress}` };
}

function trigger({ trigger: written }: FunctionSpec, { project, region }: MeshSpec): CloudRunFunctionArgs["trigger"] {
  if (!written) return undefined;
  const { topic, eventType = MESSAGE_PUBLISHED, filters = {} } = written;
  const eventFilters = Object.entries(filters).map(([attribute, value]) => ({ attribute, value }));
  return defined({
    eventType,
    triggerRegion: written.region ?? region,
    pubsubTopic: topic?.includes("/") ? topic : topic && `projects/${project}/topics/${topic}`,
    eventFilters: eventFilters.length > 0 ? eventFilters : undefined,
    retryPolicy: written.retry ? "RETRY_POLICY_RETRY" : "RETRY_POLICY_DO_NOT_RETRY",
  });
}
