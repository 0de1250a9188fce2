/** Joins the engines to the sandbox's control plane. */
import type { ControlPlane, Properties } from "../control-plane";
import type { EmbeddedCloud } from "./embedded-engine";
import type { DeclaredResource, StackConfig } from "./engine";

/** The control plane as the embedded engine calls it, for a stack with this config. */
export function embeddedCloud(controlPlane: ControlPlane, config: StackConfig): EmbeddedCloud {
  controlPlane.configure({ project: config["gcp:project"], region: config["gcp:region"] });
  return {
    check: async ({ type, name, inputs }) => {
      const checked = controlPlane.check({ type, name, news: inputs as Properties });
      const [failure] = checked.failures;
      if (failure) throw new Error(`${type} "${name}": ${failure.property}: ${failure.reason}`);
      return checked.inputs;
    },
    create: async ({ type, name, inputs }) => controlPlane.create({ type, name, inputs: inputs as Properties }),
    read: async ({ type, name }, id) => {
      const found = controlPlane.read({ type, name, id });
      if (!found) throw new Error(`${type} "${name}": no resource with the id "${id}"`);
      return found.state;
    },
    invoke: async (token, inputs) => controlPlane.invoke({ token, args: inputs as Properties }),
  };
}

/**
 * Finds what a program declares among what exists: the one resource of the same type that agrees in every property
 * that names it in Google Cloud. For {@link PulumiEngineOptions.findExisting}.
 */
export function existingIn(controlPlane: ControlPlane) {
  return async ({ type, inputs }: DeclaredResource): Promise<string | undefined> => {
    const matching = controlPlane.list({ type, external: false }).filter((one) => agree(inputs, one.inputs));
    return matching.length === 1 ? matching[0]?.id : undefined;
  };
}

/** Of the inputs, these tell one resource of a type from another. */
const NAMING = [
  ...["project", "location", "region", "zone", "name", "accountId", "secretId", "repositoryId", "roleId"],
  ...["service", "job", "cloudRunService", "cloudFunction", "webBackendService", "serviceAccountId", "topic"],
  ...["subscription", "bucket", "network", "secret", "member", "role", "version"],
];

function agree(wanted: DeclaredResource["inputs"], existing: DeclaredResource["inputs"]): boolean {
  const named = NAMING.filter((key) => typeof wanted[key] === "string" && typeof existing[key] === "string");
  return named.length > 0 && named.every((key) => wanted[key] === existing[key]);
}
