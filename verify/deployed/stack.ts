/** What a deployed stack says of itself: its config and its outputs, as the person's own Pulumi CLI tells them. */
import { type AccessGraph, type AccessRow, accessMatrix } from "../../mesh";
import type { PulumiCli } from "../../tools/deploy/pulumi-cli";
import { deployedGraph } from "../graph";

/** What is asked of a CLI. */
export type StackCli = Pick<PulumiCli, "isLoggedIn" | "selectedStack" | "hasStack" | "config" | "outputs">;

export interface DeployedStack {
  readonly name: string;
  readonly project: string;
  readonly region: string;
  readonly graph: AccessGraph;
  readonly urls: Readonly<Record<string, string>>;
  /** E-mail addresses by key of the service. */
  readonly serviceAccounts: Readonly<Record<string, string>>;
  /** Names of the backend services behind the load balancer, by key of the service. */
  readonly backends: Readonly<Record<string, string>>;
  /** What the config says otherwise than what was deployed, in words; empty where nothing. */
  readonly differences: readonly string[];
}

/** @throws Error for people, where something about the stack is missing or wrong */
export async function readStack(
  wanted: string | undefined,
  cli: StackCli | undefined,
  today: string,
): Promise<DeployedStack> {
  if (!cli) throw new Error("the Pulumi CLI is not on PATH; install it: https://www.pulumi.com/docs/install/");
  if (!(await cli.isLoggedIn())) throw new Error('Pulumi is not logged in to a backend; run "pulumi login"');
  const name = wanted ?? (await cli.selectedStack());
  if (name === undefined) throw new Error("no stack is selected; name one in MESH_STACK");
  if (!(await cli.hasStack(name)))
    throw new Error(`there is no stack "${name}" in this backend; see "pulumi stack ls"`);

  const outputs = await cli.outputs(name);
  const urls = textsIn(outputs?.["urls"]);
  const serviceAccounts = textsIn(outputs?.["serviceAccounts"]);
  if (Object.keys(urls).length === 0 || Object.keys(serviceAccounts).length === 0) {
    throw new Error(
      `the stack "${name}" has no outputs "urls" and "serviceAccounts"; run "npm run up -- ${name}" first`,
    );
  }
  const { values, encrypted } = await cli.config(name);
  const unread = [...encrypted].filter((key) => key.startsWith("cloud-run-mesh:"));
  if (unread.length > 0) throw new Error(`${unread.join(", ")}: is encrypted; what is deployed must be readable`);
  const graph = deployedGraph(values, urls, today);
  const backends = textsIn((outputs?.["loadBalancer"] as { backends?: unknown } | undefined)?.backends);
  const unnamed = graph.services.find(({ key, routed }) => routed && backends[key] === undefined);
  if (unnamed) {
    const lacks = `the stack "${name}" has no output "loadBalancer.backends.${unnamed.key}"`;
    throw new Error(`${lacks}; run "npm run up -- ${name}" first`);
  }
  return {
    name,
    project: values["gcp:project"] ?? "",
    region: values["gcp:region"] ?? "",
    graph,
    urls,
    serviceAccounts,
    backends,
    differences: differencesBetween(accessMatrix(graph), outputs?.["accessMatrix"]),
  };
}

function textsIn(output: unknown): Record<string, string> {
  if (typeof output !== "object" || output === null) return {};
  return Object.fromEntries(
    Object.entries(output).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** Permissions of the config that were not deployed, and deployed ones that the config has no more. */
function differencesBetween(configured: readonly AccessRow[], output: unknown): string[] {
  const words = ({ caller, callee, until }: AccessRow) => `${caller} -> ${callee}${until ? ` until ${until}` : ""}`;
  const rows = Array.isArray(output) ? (output as AccessRow[]) : [];
  const now = new Set(configured.map(words));
  const deployed = new Set(rows.map(words));
  const still = new Set(rows.filter(({ ended }) => !ended).map(words));
  const overdue = configured.filter((row) => row.ended && still.has(words(row)));
  return [
    ...overdue.map(
      ({ caller, callee, until }) => `${caller} -> ${callee} ended on ${until}, and its grant is still deployed`,
    ),
    ...[...now].filter((row) => !deployed.has(row)).map((row) => `${row} is in the config, but was not deployed`),
    ...[...deployed].filter((row) => !now.has(row)).map((row) => `${row} was deployed, but is not in the config`),
  ];
}
