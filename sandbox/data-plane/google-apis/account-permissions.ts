/** Who may use a service account: by the control plane's grants on the account and on its project. */
import type { ControlPlane } from "../../control-plane";
import { accountPath } from "../../control-plane/handlers/service-account";
import { projectOfEmail } from "../../control-plane/rules/members";
import { customRoleHas, type Grant, grantsOn, inForce, label } from "../front-end/invokers";
import type { Directory } from "../identity/directory";

/** What IAM asks for, after `iam.serviceAccounts.`. */
export type AccountPermission = "getAccessToken" | "getOpenIdToken" | "implicitDelegation" | "signBlob" | "signJwt";

const TOKEN_CREATOR = "roles/iam.serviceAccountTokenCreator";

/**
 * Predefined roles with each permission, as of 2026-11; owners and editors have none of them. Source:
 * https://cloud.google.com/iam/docs/service-account-permissions and https://cloud.google.com/iam/docs/roles-permissions/iam
 */
const ROLES: Readonly<Record<AccountPermission, readonly string[]>> = {
  getAccessToken: [TOKEN_CREATOR, "roles/iam.workloadIdentityUser"],
  getOpenIdToken: [TOKEN_CREATOR, "roles/iam.serviceAccountOpenIdTokenCreator", "roles/iam.workloadIdentityUser"],
  implicitDelegation: [TOKEN_CREATOR],
  signBlob: [TOKEN_CREATOR],
  signJwt: [TOKEN_CREATOR],
};

const EVERYBODY: ReadonlySet<string> = new Set(["allUsers", "allAuthenticatedUsers"]);

export interface AccountUse {
  /** Address of who asks. */
  readonly user: string;
  readonly permission: AccountPermission;
  /** Address of the account. */
  readonly account: string;
}

export interface Judges {
  readonly controlPlane: ControlPlane;
  readonly directory: Directory;
  readonly now: Date;
}

/** Why somebody may not use an account; absent where they may. */
export function refusedUse({ user, permission, account }: AccountUse, judges: Judges): string | undefined {
  const { controlPlane, directory, now } = judges;
  if (directory.isGone(account)) return `the account ${account} is deleted or disabled`;
  const project = projectOfEmail(account) ?? "-";
  const name = `iam.serviceAccounts.${permission}`;
  const has = ({ role }: Grant) => ROLES[permission].includes(role) || customRoleHas(name, role, controlPlane);
  const grants = [accountPath(account, project), project]
    .flatMap((target) => grantsOn(controlPlane, target))
    .filter(has);
  const { members } = directory.identify(directory.subjectOf(user));
  const own = grants.filter(({ member }) => members.has(member) || EVERYBODY.has(member));
  if (own.some((grant) => inForce(grant, now) !== false)) return undefined;
  const short = (one: string) => label(one, { project });
  const [bounded] = own;
  if (bounded?.condition) {
    return `${short(user)} has ${bounded.role} on ${short(account)} only while "${bounded.condition.title}" holds`;
  }
  const granted = [...new Set(grants.map(({ member }) => short(member.replace(/^(serviceAccount|user):/, ""))))];
  const who = granted.join(", ") || "nobody";
  return `${short(user)} has no ${name} on ${short(account)} (granted: ${who}); it is in ${ROLES[permission].join(", ")}`;
}
