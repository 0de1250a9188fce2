import { IMAGE } from "../support";
import type { WrongConfig } from "./wrong-config";

/** Wrong hosts outside, of all that may reach some, and every problem that has to be told. */

const form =
  'must be a host name in lower case without scheme, port and path, e.g. "api.stripe.com", or "*.stripe.com" for all below it';

const WRONG: readonly (readonly [egress: readonly string[], problem: string])[] = [
  ...[
    ...["https://api.stripe.com", "api.stripe.com:443", "api.stripe.com/v1", "API.stripe.com", "api.stripe.com."],
    ...[
      "*",
      "*.com",
      "api.*.com",
      "stripe",
      "localhost",
      "metadata",
      "127.0.0.1",
      "169.254.169.254",
      "[::1]",
      "::1",
      "",
    ],
  ].map((host) => [[host], `[0]: got ${JSON.stringify(host)}, ${form}`] as const),
  [
    ["api.stripe.com", "order-123456789012.europe-west9.run.app"],
    '[1]: "order-123456789012.europe-west9.run.app" is Cloud Run\'s and stays inside; declare the call in "calls"',
  ],
  [["*.a.run.app"], '[0]: "*.a.run.app" is Cloud Run\'s and stays inside; declare the call in "calls"'],
  ...["metadata.google.internal", "*.google.internal", "app.localhost", "printer.local"].map(
    (host) => [[host], `[0]: "${host}" is no host of the internet; leave it out`] as const,
  ),
  [["*.stripe.com", "api.stripe.com", "*.stripe.com"], '[2]: "*.stripe.com" is listed twice; remove one entry'],
];

/** One that the schema refuses, and one for each check, for all but services. */
const FEW = WRONG.filter(([, problem]) => !problem.includes("got") || problem.includes("https:"));

const NODES: Readonly<Record<string, Record<string, unknown>>> = {
  services: { image: IMAGE },
  functions: { source: "functions/score", runtime: "nodejs22", entryPoint: "score" },
  jobs: { image: IMAGE },
  workerPools: { image: IMAGE },
};

export const wrongEgress: readonly WrongConfig[] = Object.entries(NODES).flatMap(([kind, node]) =>
  (kind === "services" ? WRONG : FEW).map(([egress, problem]) => {
    const nodes = { pays: { ...node, egress } };
    return {
      fact: `${kind} with ${JSON.stringify(egress).slice(0, 80)} outside`,
      ...(kind === "services" ? { also: nodes } : { config: { [kind]: nodes } }),
      problems: [`${kind}.pays.egress${problem}`],
    };
  }),
);
