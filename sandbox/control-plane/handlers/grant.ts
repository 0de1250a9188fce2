import { projectOfEmail } from "../../../google/accounts";
import { normalizedMember, serviceAccountEmail } from "../../../google/members";
import { GoogleError } from "../errors";
import type { Handler, Subject, World } from "../handler";
import { isUnknown, objectAt, textAt } from "../properties";
import { conditionProblem } from "../rules/conditions";
import { stableEtag, stableHex } from "../rules/identifiers";
import { isMember } from "../rules/members";
import type { GrantKind } from "./grant-kinds";
import { ACCOUNT } from "./service-account";
import { agentOf, SERVICE_IDENTITY } from "./service-identity";

/** `roles/NAME`, or a custom role of a project or an organization. */
const ROLE = /^((projects|organizations)\/[^/]+\/)?roles\/[\w.]+$/;

/** Plays one kind of `…IamMember`: a member with a role on a resource. */
export function grant(kind: GrantKind): Handler {
  const named = (target: string) => `${kind.on} "${target}"`;
  return {
    kind: `IAM member of ${kind.on}`,
    idempotent: true,
    deleteBeforeReplace: kind.deleteBeforeReplace === true,

    validate(inputs) {
      const member = inputs["member"];
      if (isUnknown(member) || !String(member).startsWith("deleted:")) return [];
      return [{ property: "member", reason: "Terraform does not support IAM members for deleted principals" }];
    },

    context(operation, id) {
      const target = named(targetOfId(id));
      if (operation === "delete") return `Error setting IAM policy for ${target}`;
      return `Error applying IAM policy for ${target}: Error setting IAM policy for ${target}`;
    },

    identify: (inputs, world) => grantId(kind.target(inputs, world), inputs),

    parseId(id, world) {
      const [target, role, member, ...title] = id.split(" ");
      if (target === undefined || role === undefined || member === undefined) return id;
      const start = [target, role, normalizedMember(member)].join("/");
      if (title.length === 0) return start;
      const conditional = [...world.grants.on(target)].filter((one) => one.id.startsWith(`${start}/`));
      return conditional.find(({ state }) => textAt(state, "condition", "title") === title.join(" "))?.id ?? id;
    },

    admit(subject, world) {
      admitRole(subject);
      admitMember(subject, world, kind);
      admitCondition(subject, kind);
      kind.admitTarget?.(subject.inputs, world);
      admitPolicy(kind.target(subject.inputs, world), world, kind);
    },

    isLost: ({ inputs }) => kind.conditions === "hidden" && inputs["condition"] !== undefined,

    mayDelete: ({ id }, world) => admitPolicy(targetOfId(id), world, kind),

    compute: ({ id, incarnation }) => ({ etag: stableEtag(`${id} ${incarnation}`) }),

    vanished: ({ state }) =>
      textAt(state, "member")?.startsWith("deleted:") === true ||
      (kind.conditions === "hidden" && state["condition"] !== undefined),
  };
}

/** Source: `conditionKey` in the provider's tpgiamresource package: grants whose conditions differ are two. */
function grantId(target: string, inputs: Subject["inputs"]): string {
  const condition = ["title", "description", "expression"].map((key) => textAt(inputs, "condition", key) ?? "");
  const member = normalizedMember(String(inputs["member"]));
  return [target, inputs["role"], member, ...(inputs["condition"] === undefined ? [] : condition)].join("/");
}

function targetOfId(id: string): string {
  const end = id.search(/\/((projects|organizations)\/[^/]+\/)?roles\//);
  return end < 0 ? id : id.slice(0, end);
}

function admitRole({ inputs }: Subject): void {
  const role = String(inputs["role"]);
  if (!ROLE.test(role)) throw new GoogleError(400, `Role ${role} is not supported for this resource., badRequest`);
}

function admitMember({ inputs }: Subject, world: World, kind: GrantKind): void {
  const member = String(inputs["member"]);
  if (!isMember(member, kind.basicRoleMembers === true)) {
    throw new GoogleError(
      400,
      `The member ${member} is of an unknown type. Please set a valid type prefix for the member., badRequest`,
    );
  }
  const email = serviceAccountEmail(member);
  if (email === undefined) return;
  const refusal = () => new GoogleError(400, `Service account ${email} does not exist., badRequest`);
  const agent = agentOf(email, world);
  if (agent) return void world.need(SERVICE_IDENTITY, agent, refusal);
  const project = projectOfEmail(email);
  if (project !== undefined) world.need(ACCOUNT, { accountId: email.slice(0, email.indexOf("@")), project }, refusal);
}

function admitCondition({ inputs }: Subject, kind: GrantKind): void {
  if (inputs["condition"] === undefined) return;
  if (kind.conditions === "refused") {
    throw new GoogleError(400, `Conditions are not supported on the IAM policy of a ${kind.on}., badRequest`);
  }
  const condition = objectAt(inputs, "condition");
  if (textAt(condition, "title") === undefined) throw new GoogleError(400, "Condition must have a title., badRequest");
  const problem = conditionProblem(String(condition["expression"] ?? ""));
  if (problem !== undefined) {
    throw new GoogleError(400, `Expression in condition is not valid: ${problem}., badRequest`);
  }
}

/** A policy is written whole: with a role that hides a condition in it, Google refuses whatever else was to change. */
function admitPolicy(target: string, world: World, kind: GrantKind): void {
  if (kind.conditions !== "hidden") return;
  for (const { state } of world.grants.on(target)) {
    if (state["condition"] === undefined) continue;
    const hidden = `${state["role"]}_withcond_${stableHex(JSON.stringify(state["condition"]), 20)}`;
    throw new GoogleError(400, `Role ${hidden} is not supported for this resource., badRequest`);
  }
}
