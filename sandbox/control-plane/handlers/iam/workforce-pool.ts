import { GoogleError } from "../../errors";
import type { Handler } from "../../handler";
import { textAt } from "../../properties";
import type { Change } from "../../state/store";
import { WORKFORCE_PROVIDER } from "./workforce-pool-provider";

export const WORKFORCE_POOL = "gcp:iam/workforcePool:WorkforcePool";

/** Source: `ValidateWorkforcePoolId` in the provider's iamworkforcepool package. */
const POOL_ID = /^(?!gcp-)[a-z][a-z0-9-]{4,61}[a-z0-9]$/;

/** A workforce pool. Source: https://cloud.google.com/iam/docs/reference/rest/v1/locations.workforcePools */
export const workforcePool: Handler = {
  kind: "WorkforcePool",
  sendsChangesAlone: true,
  identify: (inputs) => `locations/${String(inputs["location"])}/workforcePools/${String(inputs["workforcePoolId"])}`,
  parseId: (id) => (id.startsWith("locations/") ? id : `locations/${id.replace("/", "/workforcePools/")}`),

  validate(inputs) {
    const id = textAt(inputs, "workforcePoolId");
    if (id === undefined || POOL_ID.test(id)) return [];
    const reason = `"workforce_pool_id" ("${id}") must contain only lowercase letters [a-z], digits [0-9], and hyphens [-]. The WorkforcePool ID must be between 6 and 63 characters, begin with a letter, and cannot have a trailing hyphen.`;
    return [{ property: "workforcePoolId", reason }];
  },

  // Assumed: the words. The limits are in the reference.
  admit({ inputs }) {
    const parent = textAt(inputs, "parent") ?? "";
    if (!/^organizations\/\d+$/.test(parent)) {
      throw new GoogleError(400, `Invalid parent "${parent}": must be organizations/ORGANIZATION_ID, badRequest`);
    }
    const duration = textAt(inputs, "sessionDuration");
    const seconds = Number(/^(\d+)s$/.exec(duration ?? "3600s")?.[1]);
    if (seconds >= 900 && seconds <= 43_200) return;
    throw new GoogleError(400, `Session duration "${duration}" must be between 15 minutes and 12 hours, badRequest`);
  },

  defaults: (inputs) => ({ sessionDuration: inputs["sessionDuration"] ?? "3600s" }),
  compute: ({ id }) => ({ name: id, state: "ACTIVE" }),

  cascade(resource, world) {
    const own = [...world.all(WORKFORCE_PROVIDER)].filter(({ id }) => id.startsWith(`${resource.id}/`));
    return [...own, ...world.grants.on(resource.id)].map(({ type, id }): Change => ({ drop: { type, id } }));
  },
};
