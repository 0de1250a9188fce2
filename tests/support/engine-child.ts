/**
 * Runs one operation in a process of its own, for tests that kill it or send it signals. Arguments: JSON with the CLI,
 * the state folder, the provider's port and the operation. Prints "ready" and, at the end, the result as JSON.
 */
import * as pubsub from "@pulumi/gcp/pubsub";
import { type Operation, openPulumiEngine } from "../../sandbox/engine";
import { withoutCredentials } from "./pulumi-cli";

export interface ChildArguments {
  readonly cli: { readonly command: string; readonly version: string };
  readonly stateFolder: string;
  readonly port: number;
  readonly operation: Operation;
}

/** Four topics, one after the other. */
export const TOPICS = ["one", "two", "three", "four"];

export async function fourTopics(): Promise<Record<string, unknown>> {
  let last: pubsub.Topic | undefined;
  for (const name of TOPICS) last = new pubsub.Topic(name, { name }, { dependsOn: last ? [last] : [] });
  return { last: last?.name };
}

if (require.main === module) {
  const { cli, stateFolder, port, operation }: ChildArguments = JSON.parse(process.argv[2] ?? "{}");
  const engine = openPulumiEngine({
    cli,
    stateFolder,
    project: "interrupted",
    stack: "dev",
    program: fourTopics,
    config: { "gcp:project": "acme-dev" },
    providers: { gcp: port },
    env: withoutCredentials(process.env),
  });
  engine.run(operation).then((result) => process.stdout.write(`${JSON.stringify(result)}\n`));
}
