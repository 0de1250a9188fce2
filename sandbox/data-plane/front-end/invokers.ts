/** Who may invoke a service: the grants of the control plane on the service and on its project. */
import { accountEmail } from "../../../google/accounts";
import { normalizedMember } from "../../../google/members";
import type { ControlPlane } from "../../control-plane";
import { conditionHolds, grantTarget } from "../../control-plane";
import { objectAt, textAt } from "../../control-plane/properties";
import type { Principal } from "../identity/directory";
import type { RunService } from "../run-services";

/** A grant of the state, as a decision needs it. */
export interface Grant {
  readonly role: string;
  /** In the form of `normalizedMember`. */
  readonly member: string;
  readonly condition?: { readonly title: string; readonly expression: string };
}

/**
 * Predefined roles with `run.routes.invoke`, as of 2026-11. Seen: https://cloud.google.com/run/docs/reference/iam/roles
 * (`run.admin` has `run.*`), https://cloud.google.com/run/docs/securing/managing-access (owners and editors invoke) and
 * https://cloud.google.com/iam/docs/roles-overview#basic (admins and writers are their successors).
 */
export const INVOKER_ROLES: ReadonlySet<string> = new Set([
  "roles/run.invoker",
  "roles/run.servicesInvoker",
  "roles/run.admin",
  "roles/owner",
  "roles/editor",
  "roles/admin",
  "roles/writer",
]);
const INVOKE = "run.routes.invoke";

const SERVICE_GRANT = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";
const PROJECT_GRANT = "gcp:projects/iAMMember:IAMMember";
const ACCOUNT_GRANT = "gcp:serviceaccount/iAMMember:IAMMember";
const IAP_GRANTS = [
  "gcp:iap/webCloudRunServiceIamMember:WebCloudRunServiceIamMember",
  "gcp:iap/webBackendServiceIamMember:WebBackendServiceIamMember",
  "gcp:iap/webTypeComputeIamMember:WebTypeComputeIamMember",
  "gcp:iap/webIamMember:WebIamMember",
];
const CUSTOM_ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole";

/** How an invoker check ended. */
export type InvokerVerdict =
  | { readonly may: true; readonly reason: "public" | "invoker" | "invoker-check-off"; readonly message: string }
  | { readonly may: false; readonly reason: "no-invoker" | "invoker-condition"; readonly message: string };

/** All grants on a resource of the state: a service's id, a project's, a service account's, what Identity-Aware Proxy guards. */
export function grantsOn(controlPlane: ControlPlane, target: string): Grant[] {
  return [SERVICE_GRANT, PROJECT_GRANT, ACCOUNT_GRANT, ...IAP_GRANTS].flatMap((type) =>
    controlPlane.list({ type }).flatMap((resource) => {
      if (grantTarget(resource) !== target) return [];
      const condition = objectAt(resource.state, "condition");
      const [title = "", expression] = [textAt(condition, "title"), textAt(condition, "expression")];
      return {
        role: textAt(resource.state, "role") ?? "",
        // A deleted account's grants are renamed in the state; ids keep the old name.
        member: normalizedMember(textAt(resource.state, "member") ?? ""),
        ...(expression !== undefined && { condition: { title, expression } }),
      };
    }),
  );
}

/** Whether a grant counts now: `undefined` where its condition is one that only Google could decide. */
export function inForce({ condition }: Grant, now: Date): boolean | undefined {
  return condition === undefined ? true : conditionHolds(condition.expression, now);
}

/** Whether a service lets anybody in, and so does not look at tokens. */
export function opennessOf(service: RunService, controlPlane: ControlPlane, now: Date): InvokerVerdict | undefined {
  if (service.state["invokerIamDisabled"] === true) {
    return {
      may: true,
      reason: "invoker-check-off",
      message: "the invoker check is switched off (invokerIamDisabled)",
    };
  }
  const open = invokingGrants(service, controlPlane).find((grant) => {
    return grant.member === "allUsers" && inForce(grant, now) !== false;
  });
  return open && { may: true, reason: "public", message: `${open.role} is granted to allUsers` };
}

/** Whether a principal may invoke a service. */
export function mayInvoke(
  principal: Principal,
  service: RunService,
  controlPlane: ControlPlane,
  now: Date,
): InvokerVerdict {
  const grants = invokingGrants(service, controlPlane);
  const own = grants.filter(({ member }) => principal.members.has(member) || member === "allAuthenticatedUsers");
  const counting = own.find((grant) => inForce(grant, now) !== false);
  const who = label(principal.name, service);
  if (counting) {
    const undecided = inForce(counting, now) === undefined ? ", whose condition is taken to hold" : "";
    return { may: true, reason: "invoker", message: `${who} has ${counting.role}${undecided}` };
  }
  const [bounded] = own;
  if (bounded?.condition) {
    const { title, expression } = bounded.condition;
    return {
      may: false,
      reason: "invoker-condition",
      message: `${who} has ${bounded.role} on ${service.name} only while "${title}" holds: ${expression}`,
    };
  }
  const granted = grants.map(({ member }) => label(member.replace(/^(serviceAccount|user):/, ""), service));
  const list = granted.length > 0 ? [...new Set(granted)].join(", ") : "nobody";
  const why = principal.unknown === undefined ? "" : `; ${principal.unknown}`;
  return {
    may: false,
    reason: "no-invoker",
    message: `${who} has no roles/run.invoker on ${service.name} (granted: ${list})${why}`,
  };
}

function invokingGrants(service: RunService, controlPlane: ControlPlane): Grant[] {
  const grants = [...grantsOn(controlPlane, service.id), ...grantsOn(controlPlane, service.project)];
  return grants.filter(({ role }) => INVOKER_ROLES.has(role) || customRoleHas(INVOKE, role, controlPlane));
}

/** Whether a role is one of the state's own, with this permission. */
export function customRoleHas(permission: string, role: string, controlPlane: ControlPlane): boolean {
  return permissionsIn(role, controlPlane).includes(permission);
}

/** What a custom role of a project holds; nothing where the state has no such role. */
export function permissionsIn(role: string, controlPlane: ControlPlane): readonly string[] {
  const [, project, id] = /^projects\/([^/]+)\/roles\/(.+)$/.exec(role) ?? [];
  if (id === undefined) return [];
  return controlPlane.list({ type: CUSTOM_ROLE }).flatMap(({ state }) => {
    const permissions = state["permissions"];
    const isIt = state["roleId"] === id && state["project"] === project;
    return isIt && Array.isArray(permissions) ? permissions.map(String) : [];
  });
}

/** Accounts of the service's own project by their id alone. */
export function label(name: string, service: { readonly project: string }): string {
  const own = accountEmail("", service.project);
  return name.endsWith(own) ? name.slice(0, -own.length) : name;
}
