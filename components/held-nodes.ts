/** What the stack holds from its last update, as far as a program has to know before it makes anything. */
import * as pulumi from "@pulumi/pulumi";
import type { Held } from "../mesh";

/** By type: the namespace of its name. */
const NAMESPACES: Readonly<Record<string, string>> = {
  "gcp:cloudrunv2/service:Service": "services",
  "gcp:cloudfunctionsv2/function:Function": "services",
  "gcp:cloudrunv2/job:Job": "jobs",
  "gcp:cloudrunv2/workerPool:WorkerPool": "workerPools",
  "gcp:serviceaccount/account:Account": "accounts",
};

interface Resource {
  readonly type: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What has a name on Google Cloud that has to be kept apart from others; `undefined` where the engine does not answer. */
export async function heldNodes(): Promise<Held[] | undefined> {
  return (await held())?.flatMap(({ key, type, outputs: { project, location, name, email } }) => {
    const of = NAMESPACES[type];
    if (of === undefined) return [];
    const whole = `projects/${project}/locations/${location}/${of}/${name}`;
    return [{ of, key, name: of === "accounts" ? `${email}` : whole }];
  });
}

/** Ids that Google gave the backend services, by logical name. No lookup knows them otherwise: their names are made up. */
export async function heldBackends(): Promise<Record<string, string>> {
  const backends = ((await held()) ?? []).filter(({ type }) => type === "gcp:compute/backendService:BackendService");
  return Object.fromEntries(backends.map(({ key, outputs }) => [key, `${outputs["generatedId"]}`]));
}

/**
 * Asks the engine for the stack's own last state, as stack references ask for another's. Empty where there is none yet, and
 * `undefined` where the engine does not answer: then Google tells, in the middle of the update.
 */
async function held(): Promise<(Resource & { readonly key: string })[] | undefined> {
  try {
    const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
    const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
    return Object.entries(outputs as Record<string, Resource>).map(([urn, resource]) => {
      return { ...resource, key: urn.slice(urn.lastIndexOf("::") + 2) };
    });
  } catch (error) {
    pulumi.log.debug(`the stack's last state could not be read: ${(error as Error).message}`);
    return undefined;
  }
}
