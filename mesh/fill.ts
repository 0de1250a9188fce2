import { checkNetwork } from "./checks/network";
import { parseMember } from "./members";
import { accountId, labelKeyProblem, serviceUrl } from "./names";
import { vpcRoute } from "./network";
import type { Problem } from "./problems";
import type { MeshConfig, Place, ServiceConfig, ServiceSpec } from "./spec";
import { parseUntil } from "./until";

/** Decides every default and derives every name of one service; problems are those that concern it alone. */
export function fillService(
  key: string,
  written: ServiceConfig,
  mesh: Partial<MeshConfig>,
  place: Place,
  today: string,
): { spec: ServiceSpec; problems: Problem[] } {
  const problems: Problem[] = [];
  const { calls, ingress, access, iap, network, labels, ...rest } = written;
  const dated = <T extends { until?: string }>(entry: T, path: string): T => {
    if (entry.until === undefined) return entry;
    const until = parseUntil(entry.until, today);
    if ("day" in until) return { ...entry, until: until.day };
    problems.push({ path: `${path}.until`, message: until.problem });
    return entry;
  };

  const name = written.name ?? key;
  if (typeof network === "object") problems.push(...checkNetwork(network, `services.${key}.network`));
  const way = typeof network === "object" ? network : mesh.network;
  const vpc = network === "none" || !way ? undefined : vpcRoute(way);
  const spec: ServiceSpec = {
    ...rest,
    key,
    image: written.image ?? "",
    name,
    accountId: written.accountId ?? accountId(name),
    url: serviceUrl(name, place.projectNumber, place.region),
    ingress: ingress ?? "internal",
    calls: (calls ?? []).map((call, i) =>
      dated(typeof call === "string" ? { service: call } : call, `services.${key}.calls[${i}]`),
    ),
    access: (access ?? []).map((entry, i) => {
      const path = `services.${key}.access[${i}]`;
      const member = parseMember(entry.member);
      if ("problem" in member) problems.push({ path: `${path}.member`, message: member.problem });
      return dated(entry, path);
    }),
    ...(iap && {
      iap: {
        access: iap.access.map((entry, i) => {
          const path = `services.${key}.iap.access[${i}]`;
          const member = parseMember(entry.member);
          if ("problem" in member) problems.push({ path: `${path}.member`, message: member.problem });
          return dated(entry, path);
        }),
      },
    }),
    ...(vpc && { vpc }),
    labels: { ...soundLabels(mesh.labels), ...labels },
    deletionProtection: written.deletionProtection ?? String(mesh.deletionProtection ?? true) !== "false",
  };
  return { spec, problems };
}

/** A label of the mesh with a bad key is a problem of the mesh, not of each service once more. */
function soundLabels(labels: MeshConfig["labels"] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => labelKeyProblem(key) === undefined));
}
