/** `npm run images`: builds the services of a stack and writes the digests into its config. */
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { Command } from "commander";
import { parseDocument } from "yaml";
import { CloudBuild } from "./cloud-build";
import { planBuilds, type WrittenService } from "./plan";

interface Options {
  readonly serviceAccount?: string;
  readonly dryRun?: boolean;
}

const projectFolder = process.cwd();

async function images(stack: string, wanted: readonly string[], options: Options): Promise<void> {
  const name = `Pulumi.${stack}.yaml`;
  const file = path.join(projectFolder, name);
  const { config = {} } = (parseDocument(readConfig(file, name)).toJS() ?? {}) as { config?: Record<string, unknown> };
  const [project, region] = [textOf(config, "gcp:project", name), textOf(config, "gcp:region", name)];
  const services = (config["cloud-run-mesh:services"] ?? {}) as Record<string, WrittenService>;
  const builds = planBuilds(services, wanted, { project, region, projectFolder });
  for (const { key, source, image, dockerfile } of builds) {
    console.log(`${key}: ${dockerfile ?? `${source}, by buildpacks`} -> ${image}`);
  }
  if (options.dryRun) return;

  const { serviceAccount } = options;
  const tell = (line: string) => console.log(line);
  const cloudBuild = new CloudBuild({ project, region, projectFolder, serviceAccount, tell });
  await cloudBuild.ensureRepository();
  for (const build of builds) {
    tell(`${build.key}: builds …`);
    const image = await cloudBuild.build(build);
    // One at a time: what was built is in the config, whatever becomes of the next. A build takes minutes, in which
    // the config may have changed.
    const document = parseDocument(readConfig(file, name));
    document.setIn(["config", "cloud-run-mesh:services", build.key, "image"], image);
    writeFileSync(file, document.toString({ lineWidth: 0 }));
    tell(`${build.key}: ${image}`);
  }
  tell(`written to ${name}; next: npm run preview -- ${stack}`);
}

function readConfig(file: string, name: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new Error(`there is no ${name} here; write one first, see docs/config.md`);
  }
}

function textOf(config: Readonly<Record<string, unknown>>, key: string, name: string): string {
  const value = config[key];
  if (typeof value !== "string" || value === "") throw new Error(`${name}: ${key} is missing`);
  return value;
}

new Command("npm run images --")
  .description(
    "Builds the services of a stack from their `source` with Cloud Build, pushes them to the stack's Artifact Registry " +
      "and writes the digests into the stack config",
  )
  .argument("<stack>", "stack, e.g. prod")
  .argument("[services...]", "keys of services (default: all that have a source)")
  .option("--service-account <email>", "account that builds, instead of Cloud Build's default one")
  .option("--dry-run", "say what would be built, and build nothing")
  .action((stack: string, services: string[], options: Options) => images(stack, services, options))
  .parseAsync()
  .catch((error: Error) => {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  });
