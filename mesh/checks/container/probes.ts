import { PROBE_DEFAULT_SECONDS } from "../../limits";
import type { Finding } from "../../problems";
import type { ProbeSpec, ReadinessProbeSpec } from "../../spec/container";
import type { ServiceSpec } from "../../spec/spec";

/** Probes of a service and its sidecars, in what the schema cannot say. */

const KINDS = ["httpGet", "tcpSocket", "grpc"] as const;

export function checkProbes({ startupProbe, livenessProbe, readinessProbe, sidecars = {} }: ServiceSpec): Finding[] {
  return [
    ...checkProbe(startupProbe, "startupProbe"),
    ...checkProbe(livenessProbe, "livenessProbe"),
    ...checkProbe(readinessProbe, "readinessProbe", ["httpGet", "grpc"]),
    ...Object.entries(sidecars).flatMap(([name, sidecar]) => [
      ...checkProbe(sidecar.startupProbe, `sidecars.${name}.startupProbe`),
      ...checkProbe(sidecar.livenessProbe, `sidecars.${name}.livenessProbe`),
    ]),
  ];
}

function checkProbe(
  probe: ProbeSpec | ReadinessProbeSpec | undefined,
  path: string,
  allowed: readonly string[] = KINDS,
): Finding[] {
  if (!probe) return [];
  const problems: Finding[] = [];
  const kinds = allowed.filter((kind) => kind in probe);
  if (kinds.length !== 1) {
    const got = kinds.join(" and ") || "no kind of probe";
    problems.push({ path, message: `got ${got}, expected exactly one of ${allowed.join(", ")}` });
  }
  const { timeoutSeconds = PROBE_DEFAULT_SECONDS.timeout, periodSeconds = PROBE_DEFAULT_SECONDS.period } = probe;
  if (timeoutSeconds > periodSeconds) {
    const message = `got ${timeoutSeconds}, expected at most periodSeconds (${periodSeconds})`;
    problems.push({ path: `${path}.timeoutSeconds`, message, restsOn: [`${path}.periodSeconds`] });
  }
  return problems;
}
