/** Whether a rule that the policy config confines to some stacks concerns the one in which a resource stands. */

import type { ConfigKeys } from "../rule";

/** The schema of such a key. */
export function stacksKey(what: string): ConfigKeys[string] {
  return {
    type: "array",
    items: { type: "string" },
    description: `Names of stacks ${what}, without organization and project, as in prod; * stands for every stack.`,
  };
}

export function isListed(stacks: unknown, urn: string): boolean {
  return Array.isArray(stacks) && (stacks.includes("*") || stacks.includes(stackIn(urn)));
}

/** https://www.pulumi.com/docs/iac/concepts/resources/names/#urns: urn:pulumi:STACK::PROJECT::… */
function stackIn(urn: string): string {
  return urn.split("::")[0]?.replace(/^urn:pulumi:/, "") ?? "";
}
