import { PROVIDER_VERSION, RESOURCE_TYPES } from "../type-table";

const ANYTHING = { $ref: "pulumi.json#/Any" };

/** The least package schema that says which inputs each type has: `pulumi import` writes programs from it. */
export function packageSchema(): string {
  const resources = Object.fromEntries(
    [...RESOURCE_TYPES].map(([token, type]) => {
      const inputProperties = Object.fromEntries([...type.inputs].map((name) => [name, described(name, type.secret)]));
      const outputs = Object.fromEntries(type.outputOnly.map((name) => [name, described(name, type.secret)]));
      return [
        token,
        { inputProperties, requiredInputs: type.required, properties: { ...inputProperties, ...outputs } },
      ];
    }),
  );
  const configured = { project: { type: "string" }, region: { type: "string" } };
  return JSON.stringify({
    name: "gcp",
    version: PROVIDER_VERSION,
    description: "The types that the sandbox's control plane knows",
    meta: { moduleFormat: "(.*)(?:/[^/]*)" },
    config: { variables: configured },
    provider: { inputProperties: configured },
    resources,
  });
}

function described(name: string, secret: readonly string[]): object {
  return secret.includes(name) ? { ...ANYTHING, secret: true } : ANYTHING;
}
