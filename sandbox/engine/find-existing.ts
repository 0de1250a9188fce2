import type { ControlPlane } from "../control-plane";
import type { DeclaredResource } from "./engine";

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
  ...["service", "job", "cloudRunServiceName", "cloudFunction", "webBackendService", "serviceAccountId", "topic"],
  ...["subscription", "bucket", "network", "secret", "member", "role", "version"],
];

function agree(wanted: DeclaredResource["inputs"], existing: DeclaredResource["inputs"]): boolean {
  const named = NAMING.filter((key) => typeof wanted[key] === "string" && typeof existing[key] === "string");
  return named.length > 0 && named.every((key) => wanted[key] === existing[key]);
}
