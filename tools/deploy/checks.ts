import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  checkOrganization,
  decodeStackConfig,
  formatProblems,
  type MeshSpec,
  parseMesh,
  projectApis,
} from "../../mesh";
import { npm, pulumi } from "../person";
import { encryptedPaths } from "./encrypted";
import type { Google } from "./google";
import { neededPermissions, type Permission } from "./permissions";
import type { Cli, StackConfig } from "./pulumi-cli";

export type DeployOperation = "preview" | "up" | "destroy";

/** Something that stands between a person and a deployment, and how to clear it. */
export interface Obstacle {
  readonly check:
    | "cli"
    | "login"
    | "stack"
    | "config"
    | "credentials"
    | "organization"
    | "permissions"
    | "apis"
    | "protection";
  readonly message: string;
}

export interface Surroundings {
  readonly projectFolder: string;
  readonly cli: Cli | undefined;
  /** Absent where checks that ask Google are not wanted. */
  readonly google: Google | undefined;
  readonly today: string;
}

/** The oldest CLI that starts policy packs the way this project is tested; the sandbox asks for the same. */
export const MINIMUM_CLI = "3.206.0";

export interface Checked {
  readonly stack?: string;
  readonly obstacles: readonly Obstacle[];
}

/** Everything a first user can lack, found before anything is changed; checks that need an earlier one's answer wait for it. */
export async function checkDeployment(
  operation: DeployOperation,
  stack: string | undefined,
  around: Surroundings,
): Promise<Checked> {
  const { cli, google, projectFolder } = around;
  const credentials = google?.credentialsProblem();
  const obstacles: Obstacle[] = [];

  let selected = stack;
  if (!cli) {
    obstacles.push({
      check: "cli",
      message: "the Pulumi CLI is not on PATH; install it: https://www.pulumi.com/docs/install/",
    });
  } else if (!(await cli.isAtLeast(MINIMUM_CLI))) {
    obstacles.push({
      check: "cli",
      message: `the Pulumi CLI is older than ${MINIMUM_CLI}; update it: https://www.pulumi.com/docs/install/`,
    });
  } else if (!(await cli.isLoggedIn())) {
    obstacles.push({
      check: "login",
      message:
        'Pulumi is not logged in to a backend; run "pulumi login", or "pulumi login gs://BUCKET" to keep the state in your own project',
    });
  } else {
    selected ??= await cli.selectedStack();
    if (selected === undefined) {
      obstacles.push({
        check: "stack",
        message: 'no stack is selected; name one ("npm run up -- STACK"), after "pulumi stack init STACK"',
      });
    } else if (!(await cli.hasStack(selected))) {
      obstacles.push({
        check: "stack",
        message: `there is no stack "${selected}" in this backend; create it: pulumi stack init ${selected}`,
      });
    }
  }

  const config = selected === undefined ? undefined : await readConfig(selected, cli, obstacles, projectFolder);
  const spec = config && operation !== "destroy" ? parseConfig(config, selected!, around, obstacles) : undefined;
  if (config && cli && selected && operation === "destroy")
    obstacles.push(...(await protection(config, selected, cli, projectFolder)));

  const missing = await credentials;
  if (missing) {
    obstacles.push({
      check: "credentials",
      message: `no Google credentials (${missing}); run "gcloud auth application-default login"`,
    });
  } else if (google && spec && operation !== "destroy") {
    const found = await Promise.all([
      checkInOrganization(spec, google),
      checkPermissions(spec, operation, google),
      checkApis(spec, google),
    ]);
    obstacles.push(...found.flat());
  }
  return { ...(selected && { stack: selected }), obstacles };
}

/** The stack's config as Pulumi reads it: the file's own form is Pulumi's business. */
async function readConfig(
  stack: string,
  cli: Cli | undefined,
  obstacles: Obstacle[],
  projectFolder: string,
): Promise<StackConfig | undefined> {
  const file = `Pulumi.${stack.split("/").at(-1)}.yaml`;
  if (!existsSync(join(projectFolder, file))) {
    obstacles.push({
      check: "config",
      message: `${file} is missing; copy Pulumi.dev.yaml and set gcp:project and gcp:region to yours`,
    });
    return undefined;
  }
  if (obstacles.length > 0 || !cli) return undefined;
  return cli.config(stack);
}

function parseConfig(
  config: StackConfig,
  stack: string,
  { projectFolder, today }: Surroundings,
  obstacles: Obstacle[],
): MeshSpec | undefined {
  const { input, problems: undecodable } = decodeStackConfig(
    config.values,
    (key) => config.encrypted.has(key),
    encryptedPaths(projectFolder, stack),
  );
  // The number is looked up by the program; checks of names count with the longest that Google gives today.
  const { spec, problems } = parseMesh({ ...input, projectNumber: "0".repeat(12) }, today);
  const found = [...undecodable, ...problems];
  if (found.length > 0) obstacles.push({ check: "config", message: formatProblems(found) });
  else if (spec && spec.project === exampleProject()) {
    obstacles.push({
      check: "config",
      message: `gcp:project is still the example's "${spec.project}"; run "${pulumi(projectFolder)} config set gcp:project PROJECT_ID --stack ${stack}"`,
    });
  }
  return spec;
}

function exampleProject(): string | undefined {
  const example = readFileSync(join(__dirname, "../../Pulumi.dev.yaml"), "utf8");
  return /^\s*gcp:project:\s*(\S+)$/m.exec(example)?.[1];
}

/** What is deployed decides: grants go before what they are on, so that a refusal halfway cuts callers off. */
async function protection(
  { values }: StackConfig,
  stack: string,
  cli: Cli,
  projectFolder: string,
): Promise<Obstacle[]> {
  const names = await cli.protectedResources(stack);
  const isOff = values["cloud-run-mesh:deletionProtection"] === "false";
  if (names === undefined ? isOff : names.length === 0) return [];
  const what = names === undefined ? `the services of "${stack}"` : names.join(", ");
  const first = isOff ? "" : `"${pulumi(projectFolder)} config set deletionProtection false --stack ${stack}" and `;
  return [
    {
      check: "protection",
      message: `protected from being deleted: ${what}; in two steps: ${first}"${npm("up", projectFolder)} -- ${stack}", with no deletionProtection of their own, then destroy again`,
    },
  ];
}

/** What needs an organization, in a project that has none. Whoever may not see that is not stopped. */
async function checkInOrganization(spec: MeshSpec, google: Google): Promise<Obstacle[]> {
  const { problems } = checkOrganization(spec);
  if (problems.length === 0 || (await google.hasOrganization(spec.project)) !== false) return [];
  return [{ check: "organization", message: formatProblems(problems) }];
}

async function checkPermissions(spec: MeshSpec, operation: "preview" | "up", google: Google): Promise<Obstacle[]> {
  const needed = neededPermissions(spec, operation);
  const projects = [...new Set(needed.map(({ project }) => project))];
  const found = await Promise.all(
    projects.map((project) =>
      permissionsMissing(
        project,
        needed.filter((permission) => permission.project === project),
        google,
      ),
    ),
  );
  return found.flat();
}

async function permissionsMissing(project: string, needed: readonly Permission[], google: Google): Promise<Obstacle[]> {
  try {
    const held = new Set(
      await google.testPermissions(
        project,
        needed.map(({ name }) => name),
      ),
    );
    const missing = needed.filter(({ name }) => !held.has(name));
    if (missing.length === 0) return [];
    const lines = missing.map(({ name, what }) => `    ${name}: to ${what}`);
    return [
      {
        check: "permissions",
        message: [`you lack permissions on project "${project}"; ask an owner for them:`, ...lines].join("\n"),
      },
    ];
  } catch (error) {
    const said = (error as Error).message.split("\n")[0];
    return [
      {
        check: "permissions",
        message: `project "${project}" could not be asked for your permissions (${said}); check gcp:project, and "gcloud services enable cloudresourcemanager.googleapis.com --project ${project}"`,
      },
    ];
  }
}

/** APIs that are off, unless the update is to switch them on itself. Whoever may not see which are on is not stopped. */
async function checkApis(spec: MeshSpec, google: Google): Promise<Obstacle[]> {
  if (spec.projectServices) return [];
  const needed = projectApis(spec);
  const on = await google.enabledServices(
    spec.project,
    needed.map(({ service }) => service),
  );
  const off = needed.filter(({ service }) => on && !on.includes(service));
  if (off.length === 0) return [];
  const lines = off.map(({ service, what }) => `    ${service}: to ${what}`);
  const names = off.map(({ service }) => service).join(" ");
  return [
    {
      check: "apis",
      message: [
        `APIs are off in project "${spec.project}"; set "cloud-run-mesh:projectServices: true", or run "gcloud services enable ${names} --project ${spec.project}":`,
        ...lines,
      ].join("\n"),
    },
  ];
}
