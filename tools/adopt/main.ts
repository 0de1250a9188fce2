/** `npm run adopt -- STACK SERVICE…`: writes the file with which `pulumi import` takes running services under management. */
import { resolve } from "node:path";
import { Command } from "commander";
import { decodeStackConfig, InvalidConfigError, parseMesh } from "../../mesh";
import { runCommand } from "../command/run";
import { encryptedPaths } from "../deploy/encrypted";
import { PulumiCli } from "../deploy/pulumi-cli";
import { npm, pulumi, quoted, standWhereThePersonIs } from "../person";
import { replaceFile } from "../replace-file";
import { importFile } from "./import-file";

/** Where npm runs this: the folder with Pulumi.yaml. */
const projectFolder = process.cwd();
standWhereThePersonIs("adopt");

async function adopt(stack: string, keys: readonly string[], out: string): Promise<void> {
  const cli = await PulumiCli.find(projectFolder);
  if (!cli) throw new Error("the Pulumi CLI is not on PATH; install it: https://www.pulumi.com/docs/install/");
  if (!(await cli.hasStack(stack)))
    throw new Error(`there is no stack "${stack}" in this backend; create it: pulumi stack init ${stack}`);
  const { values, encrypted } = await cli.config(stack);
  const { input, problems: undecodable } = decodeStackConfig(
    values,
    (key) => encrypted.has(key),
    encryptedPaths(projectFolder, stack),
  );
  const { spec, problems } = parseMesh(
    { ...input, projectNumber: "0".repeat(12) },
    new Date().toISOString().slice(0, 10),
  );
  if (!spec || undecodable.length > 0) throw new InvalidConfigError([...undecodable, ...problems]);
  const unknown = keys.filter((key) => !Object.hasOwn(spec.services, key));
  if (unknown.length > 0) {
    throw new Error(
      `unknown service ${unknown.map((key) => `"${key}"`).join(", ")}; the config has ${Object.keys(spec.services).join(", ")}`,
    );
  }
  replaceFile(out, `${JSON.stringify(importFile(spec, keys), undefined, 2)}\n`);
  // The CLI takes files from the folder that --cwd names.
  const file = quoted(process.cwd() === projectFolder ? out : resolve(out));
  console.log(`written ${out}; next, nothing of which changes a running service:
  ${pulumi(projectFolder)} import --stack ${stack} --file ${file} --generate-code=false --protect=false --yes
  ${npm("preview", projectFolder)} -- ${stack}`);
}

const command = new Command("adopt")
  .description("Writes the file with which pulumi import takes running services under management")
  .argument("<stack>", "stack, e.g. prod")
  .argument("<services...>", "keys of services in the stack config that exist already")
  .option("--out <file>", "where to write the file", "adopt.json")
  .action((stack: string, keys: string[], { out }: { out: string }) => adopt(stack, keys, out));

void runCommand(command);
