import type { ResourceOptions } from "@pulumi/pulumi";

/**
 * Options with which the engine takes over what the stack holds under another logical name. What a component holds is
 * taken over with it where its name begins with the component's.
 * Source: https://www.pulumi.com/docs/iac/concepts/resources/options/aliases/
 */
export function formerNames(names: string | readonly string[] = []): Pick<ResourceOptions, "aliases"> {
  const all = typeof names === "string" ? [names] : names;
  return all.length > 0 ? { aliases: all.map((name) => ({ name })) } : {};
}
