import type { CheckFailure, Handler } from "../../handler";
import { isUnknown, type Properties, textAt } from "../../properties";
import type { Change } from "../../state/store";
import { admitCommon, EXISTS, invalidArgument, WORKFORCE_PROVIDER } from "./names";
import { admitFresh } from "./soft-delete";

const POOL_ID = /^[a-z][a-z0-9-]{4,61}[a-z0-9]$/;
const SHORTEST_S = 900;
const LONGEST_S = 43_200;

/**
 * A workforce pool: people of another directory, as an organization's own. Its id is one of the whole world.
 * Source: https://cloud.google.com/iam/docs/reference/rest/v1/locations.workforcePools
 */
export const workforcePool: Handler = {
  kind: "WorkforcePool",
  sendsChangesAlone: true,
  validate: badPoolId,
  defaults: () => ({ sessionDuration: "3600s" }),
  identify: workforcePoolPath,
  parseId: (id) => (id.startsWith("locations/") ? id : `locations/global/workforcePools/${id.split("/").at(-1)}`),
  duplicate: () => EXISTS,
  admit(subject, world) {
    const { inputs } = subject;
    admitCommon(inputs);
    const parent = String(inputs["parent"]);
    if (!/^organizations\/\d+$/.test(parent)) {
      throw invalidArgument("parent", `must be 'organizations/NUMBER', got '${parent}'`);
    }
    admitFresh(subject, world);
    admitSession(textAt(inputs, "sessionDuration") ?? "3600s");
  },
  compute: ({ id }) => ({ name: id, state: "ACTIVE" }),
  cascade(resource, world) {
    const providers = [...world.all(WORKFORCE_PROVIDER)].filter(({ id }) => id.startsWith(`${resource.id}/`));
    return [...providers, ...world.grants.on(resource.id)].map(({ type, id }): Change => ({ drop: { type, id } }));
  },
};

export function workforcePoolPath(inputs: Properties): string {
  return `locations/${textAt(inputs, "location") ?? "global"}/workforcePools/${String(inputs["workforcePoolId"])}`;
}

/** Source: `ValidateWorkforcePoolId` in the provider's resource_iam_workforce_pool.go */
function badPoolId(inputs: Properties): CheckFailure[] {
  const id = inputs["workforcePoolId"];
  if (isUnknown(id)) return [];
  const start = `"workforce_pool_id" ("${String(id)}")`;
  const reasons = [
    ...(String(id).startsWith("gcp-")
      ? [
          `${start} can not start with "gcp-". The prefix \`gcp-\` is reserved for use by Google, and may not be specified.`,
        ]
      : []),
    ...(POOL_ID.test(String(id))
      ? []
      : [
          `${start} must contain only lowercase letters [a-z], digits [0-9], and hyphens [-]. The WorkforcePool ID must be between 6 and 63 characters, begin with a letter, and cannot have a trailing hyphen.`,
        ]),
  ];
  return reasons.map((reason) => ({ property: "workforcePoolId", reason }));
}

function admitSession(duration: string): void {
  const seconds = /^\d+(\.\d{1,9})?s$/.test(duration) ? Number.parseFloat(duration) : Number.NaN;
  if (seconds >= SHORTEST_S && seconds <= LONGEST_S) return;
  throw invalidArgument("session_duration", `must be ${SHORTEST_S}s to ${LONGEST_S}s, got '${duration}'`);
}
