/** The cloud as the embedded engine sees it: the sandbox's control plane. */
import { type ControlPlane, type Properties, serveIamApi } from "../../control-plane";
import type { DeclaredResource, StackConfig } from "../engine";
import { createDynamic, isDynamic } from "./dynamic-provider";

/** What the embedded engine needs of the control plane. A refusal is thrown, with the message for people. */
export interface EmbeddedCloud {
  check(resource: EmbeddedResource): Promise<Record<string, unknown>>;
  create(resource: EmbeddedResource): Promise<{ id: string; state: Record<string, unknown> }>;
  /** What a program refers to by its id. Thrown where it does not exist. */
  read(resource: EmbeddedResource, id: string): Promise<Record<string, unknown>>;
  invoke(token: string, inputs: Record<string, unknown>): Promise<Record<string, unknown>>;
}

export interface EmbeddedResource extends DeclaredResource {
  readonly urn: string;
  /** URNs of the resources that an input's value came from, by input. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
}

/** The control plane as the embedded engine calls it, for a stack with this config. */
export function embeddedCloud(controlPlane: ControlPlane, config: StackConfig): EmbeddedCloud {
  controlPlane.configure({ project: config["gcp:project"], region: config["gcp:region"] });
  return {
    check: async ({ type, name, inputs }) => {
      if (isDynamic(type)) return inputs;
      const checked = controlPlane.check({ type, name, news: inputs as Properties });
      const [failure] = checked.failures;
      if (failure) throw new Error(`${type} "${name}": ${failure.property}: ${failure.reason}`);
      return checked.inputs;
    },
    create: async ({ type, name, urn, inputs }) => {
      if (isDynamic(type)) return createOver(controlPlane, inputs, config);
      return controlPlane.create({ type, name, urn, inputs: inputs as Properties });
    },
    read: async ({ type, name }, id) => {
      const found = controlPlane.read({ type, name, id });
      if (!found) throw new Error(`${type} "${name}": no resource with the id "${id}"`);
      return found.state;
    },
    invoke: async (token, inputs) => controlPlane.invoke({ token, args: inputs as Properties }),
  };
}

/** A dynamic resource asks Google's APIs itself; the gcp provider's settings lead it to the control plane. */
async function createOver(controlPlane: ControlPlane, inputs: Record<string, unknown>, config: StackConfig) {
  const api = await serveIamApi(controlPlane);
  try {
    const settings = { "gcp:iamWorkforcePoolCustomEndpoint": api.endpoint, "gcp:accessToken": api.accessToken };
    return await createDynamic(inputs, { ...config, ...settings });
  } finally {
    await api.close();
  }
}
