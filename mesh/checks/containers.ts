import { IAP_AUDIENCE_VARIABLE, RESERVED_VARIABLES } from "../../services/runtime/contract";
import { DATABASE_VARIABLE, SOCKET_VOLUME, SOCKETS } from "../cloud-sql";
import { callVariable } from "../environment";
import { didYouMean, type Finding, type Problem } from "../problems";
import type { ProbeSpec, ReadinessProbeSpec } from "../spec/container";
import type { ServiceSpec } from "../spec/spec";

/** Checks of containers: variables, probes, volumes, sidecars. */

type Variables = Pick<ServiceSpec, "calls" | "cloudSql" | "env" | "iap" | "routed" | "sidecars">;
type Containers = Pick<ServiceSpec, "cloudSql" | "concurrency" | "gpuType" | "resources" | "sidecars" | "volumes">;

/** @param reserved what Cloud Run sets itself */
export function checkEnvironment(
  { env = {}, calls, cloudSql, iap, routed, sidecars = {} }: Variables,
  reserved: readonly string[] = RESERVED_VARIABLES,
): Problem[] {
  const problems: Problem[] = [];
  const urls = new Map(calls.map((call) => [callVariable(call), call.service]));
  const check = (names: readonly string[], path: string, main: boolean) => {
    for (const name of names) {
      const callee = urls.get(name);
      if (reserved.includes(name)) {
        problems.push({
          path: `${path}.${name}`,
          message: `"${name}" is set by Cloud Run; ${name === "PORT" ? 'set "port" instead' : "remove it"}`,
        });
      } else if (main && callee !== undefined) {
        problems.push({
          path: `${path}.${name}`,
          message: `"${name}" is set by the call to "${callee}"; remove one of the two`,
        });
      } else if (main && cloudSql && name === DATABASE_VARIABLE) {
        problems.push({ path: `${path}.${name}`, message: `"${name}" is set by "cloudSql"; remove one of the two` });
      } else if (main && (iap || routed) && name === IAP_AUDIENCE_VARIABLE) {
        const setter = routed ? "loadBalancer" : "iap";
        problems.push({ path: `${path}.${name}`, message: `"${name}" is set by "${setter}"; remove it` });
      }
    }
  };
  check(Object.keys(env), "env", true);
  for (const [name, sidecar] of Object.entries(sidecars))
    check(Object.keys(sidecar.env ?? {}), `sidecars.${name}.env`, false);
  return problems;
}

export function checkProbes(spec: ServiceSpec): Finding[] {
  const problems: Finding[] = [];
  const check = (
    probe: ProbeSpec | ReadinessProbeSpec | undefined,
    path: string,
    allowed = ["httpGet", "tcpSocket", "grpc"],
  ) => {
    if (!probe) return;
    const kinds = allowed.filter((kind) => kind in probe);
    if (kinds.length !== 1) {
      problems.push({
        path,
        message: `got ${kinds.join(" and ") || "no kind of probe"}, expected exactly one of ${allowed.join(", ")}`,
      });
    }
    if (probe.timeoutSeconds !== undefined && probe.timeoutSeconds > (probe.periodSeconds ?? 10)) {
      problems.push({
        path: `${path}.timeoutSeconds`,
        message: `got ${probe.timeoutSeconds}, expected at most periodSeconds (${probe.periodSeconds ?? 10})`,
        restsOn: [`${path}.periodSeconds`],
      });
    }
  };
  check(spec.startupProbe, "startupProbe");
  check(spec.livenessProbe, "livenessProbe");
  check(spec.readinessProbe, "readinessProbe", ["httpGet", "grpc"]);
  for (const [name, sidecar] of Object.entries(spec.sidecars ?? {})) {
    check(sidecar.startupProbe, `sidecars.${name}.startupProbe`);
    check(sidecar.livenessProbe, `sidecars.${name}.livenessProbe`);
  }
  return problems;
}

export function checkContainers({
  volumes = {},
  sidecars = {},
  resources,
  gpuType,
  concurrency,
  cloudSql,
}: Containers): Finding[] {
  const problems: Finding[] = [];
  for (const [name, { mountPath }] of cloudSql ? Object.entries(volumes) : []) {
    if (name !== SOCKET_VOLUME && !`${mountPath}/`.startsWith(`${SOCKETS}/`)) continue;
    const message = `stands where "cloudSql" puts the database's socket; remove one of the two`;
    problems.push({ path: `volumes.${name}`, message, restsOn: [`volumes.${name}`, "cloudSql"] });
  }
  const containers = ["main", ...Object.keys(sidecars)];
  for (const [name, volume] of Object.entries(volumes)) {
    const kinds = (["secret", "emptyDir", "gcs", "nfs", "cloudSql"] as const).filter(
      (kind) => volume[kind] !== undefined,
    );
    if (kinds.length !== 1)
      problems.push({
        path: `volumes.${name}`,
        message: `got ${kinds.join(" and ") || "no kind of volume"}, expected exactly one of secret, emptyDir, gcs, nfs, cloudSql`,
      });
  }
  for (const [name, sidecar] of Object.entries(sidecars)) {
    const path = `sidecars.${name}`;
    if (name === "main")
      problems.push({
        path,
        message: '"main" is the name of the service\'s own container; choose another',
        restsOn: [],
      });
    for (const mount of Object.keys(sidecar.mounts ?? {})) {
      if (!Object.hasOwn(volumes, mount))
        problems.push({
          path: `${path}.mounts.${mount}`,
          message: `unknown volume "${mount}"${didYouMean(mount, Object.keys(volumes))}`,
          restsOn: [`volumes.${mount}`],
        });
    }
    (sidecar.dependsOn ?? []).forEach((other, i) => {
      if (other === name)
        problems.push({ path: `${path}.dependsOn[${i}]`, message: `"${other}" waits for itself; remove the entry` });
      else if (!containers.includes(other))
        problems.push({
          path: `${path}.dependsOn[${i}]`,
          message: `unknown container "${other}"${didYouMean(other, containers)}`,
          restsOn: [`sidecars.${other}`],
        });
    });
  }
  if (resources?.gpu !== undefined && gpuType === undefined) {
    problems.push({
      path: "gpuType",
      message: 'is missing; "resources.gpu" needs the accelerator\'s type, e.g. nvidia-l4',
    });
  }
  if (cpuCount(resources?.cpu) < 1 && (concurrency ?? 1) > 1) {
    problems.push({ path: "concurrency", message: `got ${concurrency}, expected 1 with less than one CPU` });
  }
  return problems;
}

function cpuCount(cpu = "1"): number {
  return cpu.endsWith("m") ? Number(cpu.slice(0, -1)) / 1000 : Number(cpu);
}
