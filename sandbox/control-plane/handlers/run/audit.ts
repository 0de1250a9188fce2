import { ProviderError } from "../../errors";
import type { CheckFailure, Handler, Subject, World } from "../../handler";
import { objectAt, type Properties, textAt } from "../../properties";
import { stableEtag, stableUuid } from "../../rules/identifiers";
import type { Change } from "../../state/store";

/** What Google notes about every Cloud Run resource: who and when, how often changed, whether it is ready. */
export function runAudit(subject: Subject, world: World, ready: boolean): Properties {
  const { id, inputs, previous, incarnation } = subject;
  const now = world.now().toISOString();
  const generation = String(Number(previous?.state["generation"] ?? 0) + 1);
  const creator = "sandbox@cloud-run-mesh.invalid";
  const state = ready ? "CONDITION_SUCCEEDED" : "CONDITION_FAILED";
  const annotations = objectAt(inputs, "annotations");
  const labels = objectAt(inputs, "labels");
  return {
    uid: textAt(previous?.state, "uid") ?? stableUuid(`${id} ${incarnation}`),
    generation,
    observedGeneration: generation,
    etag: stableEtag(`${id} ${incarnation} ${generation}`),
    createTime: textAt(previous?.state, "createTime") ?? now,
    updateTime: now,
    deleteTime: "",
    expireTime: "",
    creator,
    lastModifier: creator,
    reconciling: false,
    effectiveAnnotations: annotations,
    effectiveLabels: labels,
    pulumiLabels: labels,
    conditions: [{ type: "ConfigurationsReady", state, lastTransitionTime: now }],
    terminalConditions: [{ type: "Ready", state, lastTransitionTime: now }],
  };
}

/** Words of an enumeration, which the provider checks by itself. */
export function enumFailures(inputs: Properties, allowed: Record<string, readonly string[]>): CheckFailure[] {
  return Object.entries(allowed).flatMap(([property, values]) => {
    const given = inputs[property];
    if (typeof given !== "string" || given === "" || values.includes(given)) return [];
    const list = values.map((value) => `"${value}"`).join(" ");
    return [{ property, reason: `expected ${property} to be one of [${list}], got ${given}` }];
  });
}

/** Deletion protection is the provider's own: Google does not know it. A resource takes its grants with it. */
export function protectedResource(what: string): Pick<Handler, "mayDelete" | "cascade"> {
  return {
    mayDelete(resource) {
      if (resource.state["deletionProtection"] !== true) return;
      throw new ProviderError(
        `cannot destroy ${what} without setting deletion_protection=false and running \`pulumi up\``,
      );
    },
    cascade: (resource, world) => {
      return [...world.grants.on(resource.id)].map(({ type, id }): Change => ({ drop: { type, id } }));
    },
  };
}
