import type { cloudrunv2 as types } from "@pulumi/gcp/types/input";
import type { Input } from "@pulumi/pulumi";
import {
  callEnvironment,
  DEFAULT_MAX_INSTANCES,
  IAP_AUDIENCE_VARIABLE,
  type MeshSpec,
  type ServiceSpec,
  SOCKET_VOLUME,
  SOCKETS,
} from "../mesh";
import type { ContainerSpec, SidecarSpec } from "../mesh/spec/container";
import type { CloudRunServiceArgs } from "./cloud-run-service";
import { defined, limits, mainMounts, splitEnvironment, volume, volumeSecrets, vpcAccess } from "./container-args";
import type { MeshNetwork } from "./mesh-network";

/**
 * What a service of the mesh asks of {@link CloudRunService}: a pure translation, config in, arguments out.
 *
 * @param audience of a service that the load balancer leads to: what assertions are meant for there
 */
export function serviceArgs(
  service: ServiceSpec,
  mesh: MeshSpec,
  made?: MeshNetwork,
  audience?: Input<string>,
): CloudRunServiceArgs {
  const { plain, secret } = splitEnvironment(service.env ?? {});
  const { scaling, timeoutSeconds, executionEnvironment, gpuType } = service;
  const volumes = volumesOf(service);
  return {
    project: mesh.project,
    projectNumber: mesh.projectNumber,
    location: mesh.region,
    name: service.name,
    serviceAccount: service.serviceAccount,
    accountId: service.accountId,
    roles: service.roles,
    ingress: service.ingress,
    deletionProtection: service.deletionProtection,
    imageManagedElsewhere: service.imageManagedElsewhere,
    cloudSqlInstance: service.cloudSql?.instance,
    env: {
      ...plain,
      ...callEnvironment(service, mesh),
      ...(audience !== undefined && { [IAP_AUDIENCE_VARIABLE]: audience }),
    },
    createBeforeDelete: service.routed && true,
    secretEnv: secret,
    secrets: furtherSecrets(service),
    containers: [
      mainContainer(service),
      ...Object.entries(service.sidecars ?? {}).map(([name, s]) => sidecarContainer(name, s)),
    ],
    template: defined({
      scaling: scaling && automaticScaling(scaling, gpuType),
      maxInstanceRequestConcurrency: service.concurrency,
      timeout: timeoutSeconds === undefined ? undefined : `${timeoutSeconds}s`,
      executionEnvironment: executionEnvironment && `EXECUTION_ENVIRONMENT_${executionEnvironment.toUpperCase()}`,
      sessionAffinity: service.sessionAffinity,
      encryptionKey: service.encryptionKey,
      nodeSelector: gpuType === undefined ? undefined : { accelerator: gpuType },
      vpcAccess: service.vpc && vpcAccess(service.vpc, mesh, made),
      volumes: volumes && Object.entries(volumes).map(([name, v]) => volume(name, v)),
    }),
    service: defined({
      description: service.description,
      labels: Object.keys(service.labels).length > 0 ? service.labels : undefined,
      annotations: service.annotations,
      customAudiences: service.customAudiences,
      defaultUriDisabled: service.defaultUrlDisabled,
      launchStage: service.launchStage,
      scaling:
        scaling?.manualInstances === undefined
          ? undefined
          : { scalingMode: "MANUAL", manualInstanceCount: scaling.manualInstances },
      iapEnabled: service.iap && true,
      binaryAuthorization: service.binaryAuthorization && binaryAuthorization(service.binaryAuthorization),
      traffics: service.traffic?.map(({ revision, percent = 0, tag }) =>
        defined({
          type:
            revision === undefined
              ? "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
              : "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION",
          revision,
          percent,
          tag,
        }),
      ),
    }),
  };
}

/** Its own, and the socket of its database. */
function volumesOf({ volumes, cloudSql }: ServiceSpec): ServiceSpec["volumes"] {
  if (!cloudSql) return volumes;
  return { ...volumes, [SOCKET_VOLUME]: { mountPath: SOCKETS, cloudSql: { instances: [cloudSql.instance] } } };
}

function mainContainer(service: ServiceSpec): types.ServiceTemplateContainer {
  const mounts = mainMounts(volumesOf(service));
  return {
    ...container({ ...service, env: undefined }),
    ...(service.sidecars && { name: "main" }),
    ports: { containerPort: service.port ?? 8080 },
    ...(service.readinessProbe && { readinessProbe: service.readinessProbe }),
    ...(mounts.length > 0 && { volumeMounts: mounts }),
  };
}

function sidecarContainer(name: string, sidecar: SidecarSpec): types.ServiceTemplateContainer {
  const mounts = Object.entries(sidecar.mounts ?? {}).map(([volumeName, mountPath]) => ({
    name: volumeName,
    mountPath,
  }));
  return {
    ...container(sidecar),
    name,
    ...(sidecar.dependsOn && { dependsOns: sidecar.dependsOn }),
    ...(mounts.length > 0 && { volumeMounts: mounts }),
  };
}

function container(
  spec: Omit<ContainerSpec, "port" | "readinessProbe"> & { image: string },
): types.ServiceTemplateContainer {
  const { plain, secret } = splitEnvironment(spec.env ?? {});
  const envs = [
    ...Object.entries(plain).map(([name, value]) => ({ name, value })),
    ...Object.entries(secret).map(([name, secretKeyRef]) => ({ name, valueSource: { secretKeyRef } })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
  const { cpuIdle, startupCpuBoost } = spec.resources ?? {};
  return defined({
    image: spec.image,
    commands: spec.command,
    args: spec.args,
    workingDir: spec.workingDir,
    envs: envs.length > 0 ? envs : undefined,
    startupProbe: spec.startupProbe,
    livenessProbe: spec.livenessProbe,
    resources: defined({
      cpuIdle: cpuIdle ?? true,
      startupCpuBoost: startupCpuBoost ?? true,
      limits: limits(spec.resources),
    }),
  });
}

/**
 * A minimum of 0 goes with a maximum, Cloud Run's own: alone, Google gives nothing back, and every update would send it
 * again. With a GPU the quota may be lower. Source: https://github.com/GoogleCloudPlatform/magic-modules/pull/14971
 */
function automaticScaling(scaling: NonNullable<ServiceSpec["scaling"]>, gpuType: string | undefined) {
  const { manualInstances, minInstances, maxInstances } = scaling;
  if (manualInstances !== undefined) return undefined;
  const most = maxInstances ?? (minInstances === 0 && gpuType === undefined ? DEFAULT_MAX_INSTANCES : undefined);
  return defined({ minInstanceCount: minInstances, maxInstanceCount: most });
}

function binaryAuthorization({ policy, breakglassJustification }: NonNullable<ServiceSpec["binaryAuthorization"]>) {
  return defined({ policy, useDefault: policy === undefined ? true : undefined, breakglassJustification });
}

/** Secrets of volumes and sidecars; those of the main container's variables are granted with them. */
function furtherSecrets(service: ServiceSpec): string[] {
  const sidecars = Object.values(service.sidecars ?? {}).flatMap(({ env = {} }) =>
    Object.values(splitEnvironment(env).secret).map(({ secret }) => secret),
  );
  return [...new Set([...volumeSecrets(service.volumes), ...sidecars])];
}
