import * as organizations from "@pulumi/gcp/organizations";
import * as pulumi from "@pulumi/pulumi";
import { CloudRunMesh, heldNodes, ProjectServices } from "./components";
import { checkHeld, decodeStackConfig, formatProblem, InvalidConfigError, parseMesh, projectApis } from "./mesh";

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
  const projectNumber =
    input.config["projectNumber"] === undefined ? await lookUpProjectNumber(input.project) : undefined;
  const { spec, problems, warnings } = parseMesh({ ...input, projectNumber }, today);
  if (!spec || undecodable.length > 0)
    throw new pulumi.RunError(new InvalidConfigError([...undecodable, ...problems]).message);
  const taken = checkHeld(spec, await heldNodes());
  if (taken.length > 0) throw new pulumi.RunError(new InvalidConfigError(taken).message);
  for (const warning of warnings) await pulumi.log.warn(formatProblem(warning));

  const apis =
    spec.projectServices && new ProjectServices("apis", { services: projectApis(spec), project: spec.project });
  const opts = { transformations: apis ? [apis.before] : [] };
  const mesh = new CloudRunMesh("mesh", { spec, lookUpAfter: apis?.switchedOn }, opts);
  return {
    urls: mesh.urls,
    serviceAccounts: mesh.serviceAccounts,
    accessMatrix: mesh.accessMatrix,
    accessDiagram: mesh.accessDiagram,
  };
}

/** One lookup a stack. On a fresh project the API that answers it may be off, and no program can switch it on first. */
async function lookUpProjectNumber(project: string | undefined): Promise<string | undefined> {
  if (!project) return undefined;
  try {
    return (await organizations.getProject({ projectId: project })).number;
  } catch (error) {
    pulumi.log.warn(`could not look up the number of project "${project}": ${(error as Error).message.split("\n")[0]}`);
    return undefined;
  }
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
