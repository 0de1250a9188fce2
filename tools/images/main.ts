/** `npm run images`: builds the services of a stack and writes the digests into its config. */
import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { Command } from "commander";
import { runCommand } from "../command/run";
import { replaceFile } from "../replace-file";
import { CloudBuild } from "./cloud-build";
import { readConfigText, type WrittenConfig, withImage } from "./config-edit";
import { planBuilds, type WrittenService } from "./plan";

interface Options {
  readonly serviceAccount?: string;
  readonly dryRun?: boolean;
}

const projectFolder = process.cwd();

async function images(stack: string, wanted: readonly string[], options: Options): Promise<void> {
  const name = `Pulumi.${stack}.yaml`;
  const file = path.join(projectFolder, name);
  const { config = {} } = readConfig(file, name);
  const [project, region] = [textOf(config, "gcp:project", name), textOf(config, "gcp:region", name)];
  const services = (config["cloud-run-mesh:services"] ?? {}) as Record<string, WrittenService>;
  const builds = planBuilds(services, wanted, { project, region, projectFolder });
  for (const { key, source, image, dockerfile } of builds) {
    console.log(`${key}: ${dockerfile ?? `${source}, by buildpacks`} -> ${image}`);
  }
  if (options.dryRun) return;

  const { serviceAccount } = options;
  const tell = (line: string) => console.log(line);
  const cloudBuild = new CloudBuild({ project, region, serviceAccount, tell });
  await cloudBuild.ensureRepository();
  for (const build of builds) {
    tell(`${build.key}: builds …`);
    const image = await cloudBuild.build(build);
    // One at a time: what was built is in the config, whatever becomes of the next.
    writeImage(file, name, build.key, image);
    tell(`${build.key}: ${image}`);
  }
  tell(`written to ${name}; next: npm run preview -- ${stack}`);
}

function readConfig(file: string, name: string): WrittenConfig {
  const text = readText(file, name);
  try {
    return readConfigText(text);
  } catch (error) {
    throw new Error(`${name}: ${messageOf(error)}`);
  }
}

/** A build takes minutes, in which somebody may have edited the config: it is read again, and its image alone is set. */
function writeImage(file: string, name: string, key: string, image: string): void {
  try {
    replaceFile(file, withImage(readText(file, name), key, image));
  } catch (error) {
    throw new Error(
      `"${key}" is built, and ${name} is as it was: ${messageOf(error)}\n  to write it there yourself: services.${key}.image: ${image}`,
    );
  }
}

function readText(file: string, name: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    throw new Error(`there is no ${name} here; write one first, see docs/config.md`);
  }
  if (!isUtf8(bytes)) throw new Error(`${name} is not in UTF-8; save it so`);
  return bytes.toString();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function textOf(config: Readonly<Record<string, unknown>>, key: string, name: string): string {
  const value = config[key];
  if (typeof value !== "string" || value === "") throw new Error(`${name}: ${key} is missing`);
  return value;
}

const command = new Command("npm run images --")
  .description(
    "Builds the services of a stack from their `source` with Cloud Build, pushes them to the stack's Artifact Registry " +
      "and writes the digests into the stack config",
  )
  .argument("<stack>", "stack, e.g. prod")
  .argument("[services...]", "keys of services (default: all that have a source)")
  .option("--service-account <email>", "account that builds, instead of Cloud Build's default one")
  .option("--dry-run", "say what would be built, and build nothing")
  .action((stack: string, services: string[], options: Options) => images(stack, services, options));

void runCommand(command);
