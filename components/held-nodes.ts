/** What the stack holds from its last update, as far as names on Google Cloud have to be kept apart. */
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

/**
 * Asks the engine for the stack's own last state, as stack references ask for another's. Nothing where there is none, and
 * where the engine does not answer: then Google tells, in the middle of the update.
 */
export async function heldNodes(): Promise<Held[]> {
  try {
    const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
    const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
    return Object.entries(outputs as Record<string, Resource>).flatMap(([urn, { type, outputs: state }]) => {
      const of = NAMESPACES[type];
      if (of === undefined) return [];
      const { project, location, name, email } = state;
      const key = urn.slice(urn.lastIndexOf("::") + 2);
      return [
        { of, key, name: of === "accounts" ? `${email}` : `projects/${project}/locations/${location}/${of}/${name}` },
      ];
    });
  } catch (error) {
    pulumi.log.debug(`the stack's last state could not be read: ${(error as Error).message}`);
    return [];
  }
}
