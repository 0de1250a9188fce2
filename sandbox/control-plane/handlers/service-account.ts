import { accountEmail } from "../../../google/accounts";
import type { Handler } from "../handler";
import { isUnknown, type Properties, textAt } from "../properties";
import { stableDigits } from "../rules/identifiers";
import type { Change } from "../state/store";

export const ACCOUNT = "gcp:serviceaccount/account:Account";

/** Source: https://cloud.google.com/iam/docs/service-accounts-create */
const ACCOUNT_ID = /^[a-z](?:[-a-z0-9]{4,28}[a-z0-9])$/;

/** A service account. Its address is known in a preview, as the provider computes it from the inputs. */
export const serviceAccount: Handler = {
  kind: "service account",
  naming: { property: "accountId", maxLength: 30 },
  deleteBeforeReplace: false,

  validate(inputs) {
    const accountId = inputs["accountId"];
    if (isUnknown(accountId) || ACCOUNT_ID.test(String(accountId))) return [];
    const reason = `"account_id" ("${String(accountId)}") doesn't match regexp "^[a-z](?:[-a-z0-9]{4,28}[a-z0-9])$"`;
    return [{ property: "accountId", reason }];
  },

  defaults(inputs): Properties {
    const [accountId, project] = [textAt(inputs, "accountId"), textAt(inputs, "project")];
    if (accountId === undefined || project === undefined) return {};
    const email = accountEmail(accountId, project);
    return { email, member: `serviceAccount:${email}`, disabled: false };
  },

  identify: (inputs) =>
    accountPath(accountEmail(String(inputs["accountId"]), String(inputs["project"])), String(inputs["project"])),

  parseId: (id, world) => (id.includes("/") ? id : accountPath(id, world.scope.project ?? "-")),

  duplicate: ({ id, inputs }) =>
    `Service account ${textAt(inputs, "accountId")} already exists within project ${id.split("/").slice(0, 2).join("/")}.`,

  compute: ({ id, incarnation }) => ({ name: id, uniqueId: `1${stableDigits(`${id} ${incarnation}`, 20)}` }),

  /** Its grants stay in their policies under a name that nobody answers to; creating it again does not bring them back. */
  cascade(resource, world) {
    const member = String(resource.state["member"]);
    const gone = `deleted:${member}?uid=${String(resource.state["uniqueId"])}`;
    const changes: Change[] = [];
    for (const grant of world.grants.of(member)) {
      changes.push({ put: { ...grant, state: { ...grant.state, member: gone } } });
    }
    for (const grant of world.grants.on(resource.id)) changes.push({ drop: { type: grant.type, id: grant.id } });
    return changes;
  },
};

/** The full name of an account: the id of the resource, and what `serviceaccount.IAMMember` takes. */
export function accountPath(email: string, project: string): string {
  return `projects/${project}/serviceAccounts/${email}`;
}
