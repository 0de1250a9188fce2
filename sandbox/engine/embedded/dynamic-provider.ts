/**
 * A dynamic resource, whose provider is code of the program. As the engine's own host does, this takes the code as the
 * text that goes into a stack's state, and runs that apart from the program's modules.
 */
import { createRequire } from "node:module";
import * as path from "node:path";
import type * as dynamic from "@pulumi/pulumi/dynamic";
import { PACKAGES } from "../dynamic-provider-shim";

type Values = Record<string, unknown>;

/** The package with which Pulumi's own host turns the text into a module. */
const requireFromString = createRequire(require.resolve("@pulumi/pulumi"))("require-from-string") as (
  code: string,
  filename: string,
) => { handler(): dynamic.ResourceProvider };

/** Where the text's own `require` looks from. */
const BESIDE_PACKAGES = path.join(PACKAGES, "../dynamic-provider.js");

export function isDynamic(type: string): boolean {
  return type.startsWith("pulumi-nodejs:dynamic");
}

/** @param config the stack's, by whole keys: `gcp:project` */
export async function createDynamic(inputs: Values, config: Values): Promise<{ id: string; state: Values }> {
  const provider = requireFromString(String(inputs["__provider"]), BESIDE_PACKAGES).handler();
  const get = (key: string) => config[key];
  const settings = { get, require: get } as dynamic.Config;
  await provider.configure?.({ config: settings });
  const { inputs: checked = inputs, failures = [] } = (await provider.check?.({}, inputs)) ?? {};
  const [failure] = failures;
  if (failure) throw new Error(`${failure.property}: ${failure.reason}`);
  const { id, outs = {} } = await provider.create(checked);
  return { id, state: { ...outs, __provider: inputs["__provider"] } };
}
