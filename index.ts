import * as organizations from "@pulumi/gcp/organizations";
import * as pulumi from "@pulumi/pulumi";
import { CloudRunMesh, heldBackends, heldNodes, ProjectServices } from "./components";
import {
  checkHeld,
  checkOrganization,
  checkRevisions,
  decodeStackConfig,
  formatProblem,
  InvalidConfigError,
  type MeshSpec,
  parseMesh,
  projectApis,
} from "./mesh";

/** Part of the SDK's runtime that its types leave out. */
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };

/**
 * The program: stack config in, one mesh out. What is deployed is decided in Pulumi.STACK.yaml alone.
 *
 * @param today the current day in UTC, `YYYY-MM-DD`, against which end dates are judged
 */
export = (today = new Date().toISOString().slice(0, 10)) =>
  program(today).catch((error: unknown) => {
    throw forTerminal(error);
  });

async function program(today: string) {
  const { input, problems: undecodable } = decodeStackConfig(pulumi.runtime.allConfig(), isConfigSecret);
  const project = input.config["projectNumber"] === undefined ? await lookUpProject(input.project) : undefined;
  const { spec, problems, warnings } = parseMesh({ ...input, projectNumber: project?.number }, today);
  if (!spec || undecodable.length > 0)
    throw new pulumi.RunError(new InvalidConfigError([...undecodable, ...problems]).message);
  const outside = (await isInNoOrganization(spec, project)) ? checkOrganization(spec) : { problems: [], warnings: [] };
  const held = await heldNodes();
  const beside = held === undefined ? [] : [...checkHeld(spec, held), ...checkRevisions(spec, held)];
  const refused = [...outside.problems, ...beside];
  if (refused.length > 0) throw new pulumi.RunError(new InvalidConfigError(refused).message);
  for (const warning of [...warnings, ...outside.warnings]) await pulumi.log.warn(formatProblem(warning));

  const apis =
    spec.projectServices && new ProjectServices("apis", { services: projectApis(spec), project: spec.project });
  const opts = { transformations: apis ? [apis.before] : [] };
  const backends = spec.loadBalancer?.servicesFirst ? { heldBackends: await heldBackends() } : {};
  const mesh = new CloudRunMesh("mesh", { spec, lookUpAfter: apis?.switchedOn, ...backends }, opts);
  const { loadBalancer } = mesh;
  return {
    urls: mesh.urls,
    serviceAccounts: mesh.serviceAccounts,
    accessMatrix: mesh.accessMatrix,
    accessDiagram: mesh.accessDiagram,
    ...(loadBalancer && {
      loadBalancer: { url: loadBalancer.url, address: loadBalancer.address, backends: mesh.backends },
    }),
    ...(loadBalancer && !spec.loadBalancer?.dnsZone && { dnsRecords: loadBalancer.dnsRecords }),
  };
}

type Project = organizations.GetProjectResult;

/** On a fresh project the API that answers it may be off, and no program can switch it on first. */
async function lookUpProject(project: string | undefined): Promise<Project | undefined> {
  if (!project) return undefined;
  try {
    return await organizations.getProject({ projectId: project });
  } catch (error) {
    pulumi.log.warn(`could not look up the project "${project}": ${(error as Error).message.split("\n")[0]}`);
    return undefined;
  }
}

/** Asked for Identity-Aware Proxy alone, and where it is not known it stops nobody. A folder is in an organization. */
async function isInNoOrganization({ loadBalancer, services, project }: MeshSpec, known: Project | undefined) {
  const isGuarded = loadBalancer ?? Object.values(services).find(({ iap }) => iap !== undefined);
  if (!isGuarded) return false;
  const { orgId, folderId } = known ?? (await lookUpProject(project)) ?? {};
  return orgId === "" && !folderId;
}

/**
 * What the SDK can print of an error in no time: no stack where the message is for people, else the frames outside of
 * packages, as Node's inspect with colours runs out of memory over those of `node_modules/@pulumi/resource.ts`; and not
 * the promise that the SDK adds, on which all values of the config hang.
 */
function forTerminal(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  Object.defineProperty(error, "promise", { writable: true, enumerable: false });
  const lines = error.stack?.split("\n").filter((line) => !/^ +at .*(node_modules|node:)/.test(line)) ?? [];
  error.stack = pulumi.RunError.isInstance(error) ? "" : lines.join("\n");
  return error;
}
