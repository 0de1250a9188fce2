/** Who may use a service account: by the control plane's grants on the account and on its project. */
import { projectOfEmail } from "../../../google/accounts";
import type { ControlPlane } from "../../control-plane";
import { accountPath } from "../../control-plane/handlers/service-account";
import { isEverybody } from "../../control-plane/rules/members";
import { customRoleHas, type Grant, grantsOn, inForce, label } from "../front-end/invokers";
import type { Directory } from "../identity/directory";
import type { Holder } from "../identity/issuer";

/** What IAM asks for, after `iam.serviceAccounts.`. */
export type AccountPermission = "getAccessToken" | "getOpenIdToken" | "implicitDelegation" | "signBlob" | "signJwt";

const TOKEN_CREATOR = "roles/iam.serviceAccountTokenCreator";

/**
 * Predefined roles with each permission, as of 2026-11; owners and editors have none of them. Source:
 * https://cloud.google.com/iam/docs/service-account-permissions and https://cloud.google.com/iam/docs/roles-permissions/iam
 */
export const PERMISSION_ROLES: Readonly<Record<AccountPermission, readonly string[]>> = {
  getAccessToken: [TOKEN_CREATOR, "roles/iam.workloadIdentityUser"],
  getOpenIdToken: [TOKEN_CREATOR, "roles/iam.serviceAccountOpenIdTokenCreator", "roles/iam.workloadIdentityUser"],
  implicitDelegation: [TOKEN_CREATOR],
  signBlob: [TOKEN_CREATOR],
  signJwt: [TOKEN_CREATOR],
};

export interface AccountUse {
  /** Who asks. */
  readonly user: Holder;
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
  const asked = `iam.serviceAccounts.${permission}`;
  const has = ({ role }: Grant) =>
    PERMISSION_ROLES[permission].includes(role) || customRoleHas(asked, role, controlPlane);
  const grants = [accountPath(account, project), project]
    .flatMap((target) => grantsOn(controlPlane, target))
    .filter(has);
  const members = user.signedIn?.members ?? directory.identify(directory.subjectOf(user.email)).members;
  const name = user.signedIn?.principal ?? user.email;
  const own = grants.filter(({ member }) => members.has(member) || isEverybody(member));
  if (own.some((grant) => inForce(grant, now) !== false)) return undefined;
  const short = (one: string) => label(one, { project });
  const [bounded] = own;
  if (bounded?.condition) {
    return `${short(name)} has ${bounded.role} on ${short(account)} only while "${bounded.condition.title}" holds`;
  }
  const granted = [...new Set(grants.map(({ member }) => short(member.replace(/^(serviceAccount|user):/, ""))))];
  const who = granted.join(", ") || "nobody";
  return `${short(name)} has no ${asked} on ${short(account)} (granted: ${who}); it is in ${PERMISSION_ROLES[permission].join(", ")}`;
}
