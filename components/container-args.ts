import type * as pulumi from "@pulumi/pulumi";
import type { MeshSpec, VpcRoute } from "../mesh";
import { DEFAULT_CPU, DEFAULT_MEMORY } from "../mesh/limits";
import type { EnvValue, SecretRef, VolumeSpec } from "../mesh/spec/container";
import type { MeshNetwork } from "./mesh-network";

/** The parts of a container and its surroundings that services, jobs and worker pools are given alike. */

interface Resources {
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
  readonly gpu?: number | undefined;
}

/** Limits as Cloud Run takes them, with defaults of our own, so that a change of Google's is none of the stack's. */
export function limits({ cpu = DEFAULT_CPU, memory = DEFAULT_MEMORY, gpu }: Resources = {}): Record<string, string> {
  return { cpu, memory, ...(gpu && { "nvidia.com/gpu": String(gpu) }) };
}

/** Where the main container sees the volumes. */
export function mainMounts(volumes: Readonly<Record<string, VolumeSpec>> = {}) {
  return Object.entries(volumes).map(([name, { mountPath }]) => ({ name, mountPath }));
}

export function volume(name: string, spec: VolumeSpec) {
  const { secret, emptyDir, gcs, nfs, cloudSql } = spec;
  if (secret) {
    const path = secret.path ?? secret.secret.split("/").at(-1)!;
    return { name, secret: { secret: secret.secret, items: [{ path, version: secret.version }] } };
  }
  if (emptyDir) return { name, emptyDir: { medium: "MEMORY", ...emptyDir } };
  if (cloudSql) return { name, cloudSqlInstance: { instances: cloudSql.instances } };
  return defined({ name, gcs, nfs });
}

/** Into a network that the mesh makes by its outputs, so that what runs in it is made after it. */
export function vpcAccess(route: VpcRoute, mesh: MeshSpec, made: MeshNetwork | undefined) {
  const { tags, egress } = route;
  const { network, subnetwork, connector } = route.created && made ? made : route;
  const setting = egress === "all-traffic" ? "ALL_TRAFFIC" : "PRIVATE_RANGES_ONLY";
  if (connector !== undefined) return { connector: wholeName(connector, mesh), egress: setting };
  return { egress: setting, networkInterfaces: [defined({ network, subnetwork, tags: tags && [...tags] })] };
}

/** As Google names a connector. Source: https://cloud.google.com/run/docs/reference/rest/v2/VpcAccess */
function wholeName(connector: pulumi.Input<string>, { project, region }: MeshSpec): pulumi.Input<string> {
  if (typeof connector !== "string" || connector.includes("/")) return connector;
  return `projects/${project}/locations/${region}/connectors/${connector}`;
}

/** Secrets that volumes hold. */
export function volumeSecrets(volumes: Readonly<Record<string, VolumeSpec>> = {}): string[] {
  return Object.values(volumes).flatMap(({ secret }) => (secret ? [secret.secret] : []));
}

export function splitEnvironment(env: Readonly<Record<string, EnvValue>>): {
  plain: Record<string, string>;
  secret: Record<string, SecretRef>;
} {
  const plain: Record<string, string> = {};
  const secret: Record<string, SecretRef> = {};
  for (const [name, value] of Object.entries(env)) {
    if (typeof value === "object") secret[name] = value;
    else plain[name] = String(value);
  }
  return { plain, secret };
}

/** Leaves out what is undefined, so that an argument nobody set is absent rather than empty. */
export function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}
