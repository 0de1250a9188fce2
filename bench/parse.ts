/** How long a config of 10,000 services takes from text to access graph. */
import { accessGraph, decodeStackConfig, formatProblems, parseMesh } from "../mesh";
import type { Contender } from "./measure";

export const SERVICES = 10_000;

export function parseBench(): Contender {
  const services = Object.fromEntries(
    Array.from({ length: SERVICES }, (_, i) => [
      `service-${i}`,
      {
        image: `europe-docker.pkg.dev/acme/images/app@sha256:${"0".repeat(64)}`,
        calls: [1, 7, 77].map((step) => `service-${(i + step) % SERVICES}`),
        env: { LOG_LEVEL: "info" },
        scaling: { maxInstances: 10 },
      },
    ]),
  );
  const all = {
    "gcp:project": "acme-dev",
    "gcp:region": "europe-west9",
    "cloud-run-mesh:projectNumber": "123456789012",
    "cloud-run-mesh:network": '{"network":"default","subnetwork":"default"}',
    "cloud-run-mesh:services": JSON.stringify(services),
  };
  return {
    name: `${SERVICES} services from text to access graph`,
    run: () => {
      const { spec, problems } = parseMesh(decodeStackConfig(all, () => false).input, "2026-11-23");
      if (!spec) throw new Error(formatProblems(problems.slice(0, 3)));
      const { edges } = accessGraph(spec);
      if (edges.length !== 3 * SERVICES) throw new Error(`got ${edges.length} edges`);
    },
  };
}
