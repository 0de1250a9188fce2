/** A stack config, deployed on the embedded engine and running, for the tests of what its mesh promises. */
import { readdirSync, rmSync } from "node:fs";
import * as path from "node:path";
import type { AccessGraph } from "../../mesh";
import type { ControlPlane } from "../../sandbox/control-plane";
import { type ProjectConfig, readStackConfigFile } from "../../sandbox/engine";
import { RunningMesh, type StackOutputs } from "../../sandbox/running";
import { openSandbox } from "../../sandbox/sandbox";
import { deployedGraph } from "../../verify/graph";
import type { Target } from "../../verify/result";
import { SandboxTarget } from "../../verify/sandbox-target";
import { succeeded } from "../deploy/support";
import { temporaryFolder, withoutCredentials } from "../support/pulumi-cli";

export const ROOT = path.join(__dirname, "../..");

/** Every stack config that ships and can run. */
export const STACK_CONFIGS: readonly string[] = [
  "Pulumi.dev.yaml",
  ...readdirSync(path.join(ROOT, "examples"))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => path.join("examples", name)),
];

/** What a test may say of a service differently: whose code it is, and how that is started. */
export interface OtherCode {
  readonly source?: string | undefined;
  readonly command?: readonly string[];
}

/** An order service whose process ends when it is asked for its orders. */
export const FAILING_ORDER: OtherCode = {
  source: path.join(ROOT, "tests/contract/programs"),
  command: [process.execPath, "failing-order.mjs"],
};

/** A stack config of ours, with other code for some of its services. */
export function stackConfigOf(file: string, others: Readonly<Record<string, OtherCode>> = {}): ProjectConfig {
  const stackConfig = readStackConfigFile(ROOT, path.join(ROOT, file));
  const services = servicesOf(stackConfig);
  for (const [key, { source, command }] of Object.entries(others)) {
    services[key] = { ...services[key], source, ...(command && { sandbox: { command } }) };
  }
  const config = { ...stackConfig.config, "cloud-run-mesh:services": JSON.stringify(services) };
  return { ...stackConfig, config };
}

export interface WrittenService {
  readonly source?: string | undefined;
  /** `{ all: REASON }` where the internet may come in. */
  readonly ingress?: string | object;
  readonly calls?: readonly (string | { readonly service: string; readonly until?: string })[];
  readonly access?: readonly { readonly member: string; readonly until?: string }[];
  readonly iap?: { readonly access: readonly { readonly member: string; readonly until?: string }[] };
  readonly sandbox?: { readonly command: readonly string[] };
}

/** The services as the file has them, which is what counts for a test that must not believe the access graph. */
export function servicesOf({ config }: ProjectConfig): Record<string, WrittenService> {
  return JSON.parse(config["cloud-run-mesh:services"] ?? "{}");
}

/** Its services and functions, which are services underneath. */
export function receiversOf(stackConfig: ProjectConfig): Record<string, WrittenService> {
  const functions = JSON.parse(stackConfig.config["cloud-run-mesh:functions"] ?? "{}");
  return { ...servicesOf(stackConfig), ...functions };
}

/** The routes of the load balancer as the file has them, each with whoever comes to it. */
export function routesOf({ config }: ProjectConfig): { path: string; service: string; members: string[] }[] {
  const { routes = {}, iap = {} }: WrittenBalancer = JSON.parse(config["cloud-run-mesh:loadBalancer"] || "{}");
  return Object.entries(routes).map(([path, service]) => {
    const own = [...(iap.access ?? []), ...(iap.routes?.[path] ?? [])];
    return { path, service, members: own.map(({ member }) => member) };
  });
}

interface WrittenBalancer {
  readonly routes?: Readonly<Record<string, string>>;
  readonly iap?: {
    readonly access?: readonly { readonly member: string }[];
    readonly routes?: Readonly<Record<string, readonly { readonly member: string }[]>>;
  };
}

/** Whether somebody calls as an account that the mesh makes: a person with an end, which IAM keeps on an account. */
export const callsAsAccount = ({ member, until }: { readonly member: string; readonly until?: string }) =>
  until !== undefined && /^(user|group):/.test(member);

/**
 * The calls of accounts that the mesh makes for others to call with, and of those who do: developers, people with an
 * end, and accounts that bring events.
 */
export function madeCallersOf(stackConfig: ProjectConfig): string[] {
  const written = (kind: string) => JSON.parse(stackConfig.config[`cloud-run-mesh:${kind}`] ?? "{}");
  const account = (id: string) =>
    `serviceAccount:${id}-sa@${stackConfig.config["gcp:project"]}.iam.gserviceaccount.com`;
  const developers = Object.entries(written("developers") as Record<string, { member: string; calls: string[] }>);
  const functions = Object.entries(written("functions") as Record<string, { trigger?: object }>);
  return [
    ...developers.flatMap(([key, { member, calls }]) =>
      [account(`${key}-dev`), member].flatMap((caller) => calls.map((callee) => `${caller} -> ${callee}`)),
    ),
    ...Object.entries(receiversOf(stackConfig)).flatMap(([key, { access = [] }]) =>
      access.some(callsAsAccount) ? [`${account(`${key}-access`)} -> ${key}`] : [],
    ),
    ...functions.flatMap(([key, { trigger }]) => (trigger ? [`${account(`${key}-trigger`)} -> ${key}`] : [])),
  ];
}

/** Everything of the file that calls, by key. */
export function callersOf(stackConfig: ProjectConfig): Record<string, Pick<WrittenService, "calls">> {
  const written = (kind: string) => JSON.parse(stackConfig.config[`cloud-run-mesh:${kind}`] ?? "{}");
  return { ...receiversOf(stackConfig), ...written("jobs"), ...written("workerPools") };
}

/** Where the project's number is read from, which probes do not depend on. */
const ANY_URLS = { any: "https://any-123456789012.us-central1.run.app" };

/** The access graph of a config, by which the probes are known before anything runs. */
export function graphOf({ config }: ProjectConfig, urls: Readonly<Record<string, string>> = ANY_URLS): AccessGraph {
  return deployedGraph(config, urls, new Date().toISOString().slice(0, 10));
}

export interface Deployed {
  readonly controlPlane: ControlPlane;
  readonly outputs: StackOutputs;
  close(): Promise<void>;
}

/** Deploys a config; nothing runs yet. */
export async function openSandboxStack(stackConfig: ProjectConfig): Promise<Deployed> {
  const stateFolder = temporaryFolder();
  const env = withoutCredentials(process.env);
  const sandbox = await openSandbox({ projectFolder: ROOT, stackConfig, stateFolder, engine: "embedded", env });
  const close = async () => {
    await sandbox.close();
    rmSync(stateFolder, { recursive: true });
  };
  try {
    const { outputs } = succeeded(await sandbox.engine.run("up"));
    return { controlPlane: sandbox.controlPlane, outputs: outputs as unknown as StackOutputs, close };
  } catch (error) {
    await close();
    throw error;
  }
}

export interface Running extends Deployed {
  readonly mesh: RunningMesh;
  readonly graph: AccessGraph;
  readonly target: Target;
}

/** Deploys a config and runs it. `clock` is the mesh's. */
export async function openSandboxMesh(stackConfig: ProjectConfig, clock?: () => Date): Promise<Running> {
  const deployed = await openSandboxStack(stackConfig);
  try {
    const { controlPlane, outputs } = deployed;
    const env = withoutCredentials(process.env);
    const mesh = await RunningMesh.open({ controlPlane, stackConfig, outputs, env, clock });
    const target = new SandboxTarget(mesh);
    const close = async () => {
      await target.close();
      await mesh.close();
      await deployed.close();
    };
    return { ...deployed, mesh, graph: graphOf(stackConfig, outputs.urls), target, close };
  } catch (error) {
    await deployed.close();
    throw error;
  }
}
