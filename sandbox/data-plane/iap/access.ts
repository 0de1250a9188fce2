/** Who may come through Identity-Aware Proxy: the grants of the control plane on what it guards. */
import type { ControlPlane } from "../../control-plane";
import { isEverybody } from "../../control-plane/rules/members";
import { customRoleHas, type Grant, grantsOn, inForce, label } from "../front-end/invokers";
import type { Principal } from "../identity/directory";
import type { IapResource } from "./resource";

/** Source: https://cloud.google.com/iap/docs/managing-access */
export const IAP_ACCESSOR_ROLE = "roles/iap.httpsResourceAccessor";
const ACCESS = "iap.webServiceVersions.accessViaIAP";

export interface AccessVerdict {
  readonly may: boolean;
  readonly message: string;
}

export function mayAccess(
  principal: Principal,
  resource: IapResource,
  controlPlane: ControlPlane,
  now: Date,
): AccessVerdict {
  const grants = accessors(resource, controlPlane);
  const own = grants.filter(({ member }) => principal.members.has(member) || isEverybody(member));
  const counting = own.find((grant) => inForce(grant, now) !== false);
  const who = label(principal.name, resource);
  if (counting) return { may: true, message: `${who} has ${counting.role}` };
  const [bounded] = own;
  const granted = grants.map(({ member }) => member.replace(/^(serviceAccount|user):/, "")).join(", ") || "nobody";
  const message = bounded?.condition
    ? `${who} has ${bounded.role} on ${resource.name} only while "${bounded.condition.title}" holds`
    : `${who} has no ${IAP_ACCESSOR_ROLE} on ${resource.name} (granted: ${granted})`;
  return { may: false, message };
}

function accessors({ grantTargets }: IapResource, controlPlane: ControlPlane): Grant[] {
  return grantTargets
    .flatMap((target) => grantsOn(controlPlane, target))
    .filter(({ role }) => role === IAP_ACCESSOR_ROLE || customRoleHas(ACCESS, role, controlPlane));
}
