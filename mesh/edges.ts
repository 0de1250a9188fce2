import { accountEmail } from "../google/accounts";
import { type FormerKeys, named } from "./former-keys";
import type { Caller, Edge } from "./graph";
import { isPerson } from "./members";
import { accessKey, accessName, callName, iapAccessName } from "./names";
import { IAP_ACCESSOR_ROLE, INVOKER_ROLE } from "./roles";
import type { Access, CallerSpec, DeveloperSpec, FunctionSpec, Inside, ReceiverSpec } from "./spec/spec";

/** The edges of the access graph, by what of the config declares them. */

type Ends = Pick<Edge, "endsAtDeployment" | "isOver" | "until">;

/** What a service, a function, a job or a worker pool calls itself. */
export function calls(caller: CallerSpec, from: Caller, kind: string, former: FormerKeys): Edge[] {
  return caller.calls.map(({ service: to, formerly: _, ...ending }, i) => ({
    ...named(former, callName, caller.key, to),
    from,
    to,
    role: INVOKER_ROLE,
    ...atDeployment(ending),
    reason: `${kind}.${caller.key}.calls[${i}]`,
  }));
}

/** Who calls from outside the mesh: each member itself, and the account that stands for all people with an end. */
export function accessCalls(receiver: ReceiverSpec, kind: string, project: string, former: FormerKeys): Edge[] {
  const { key: to, access, accessAccountId } = receiver;
  const direct = access.flatMap(({ member, through, ...ending }, i): Edge[] => {
    if (throughAccount({ member, ...ending })) return [];
    const reason = `${kind}.${to}.access[${i}]`;
    const names = named(former, (_, key) => accessName(member, key), "", to);
    const way = { ...fromInside(receiver, through), ...atDeployment(ending) };
    return [{ ...names, from: { member }, to, role: INVOKER_ROLE, ...way, reason }];
  });
  if (accessAccountId === undefined) return direct;
  const names = named(former, (_, key) => callName(accessKey(key), key), "", to);
  const from = { member: `serviceAccount:${accountEmail(accessAccountId, project)}` };
  const way = fromInside(receiver);
  return [...direct, { ...names, from, to, role: INVOKER_ROLE, ...way, reason: `${kind}.${to}.access` }];
}

/** From where a member calls; nothing where the internet reaches the service. */
function fromInside({ ingress }: ReceiverSpec, through: Inside = "vpc"): Pick<Edge, "through"> {
  return typeof ingress === "string" ? { through } : {};
}

/**
 * Whether a member does not call itself but mints tokens of an account: people with an end, as IAM keeps an end on an
 * account and not on a service.
 */
export function throughAccount({ member, until }: Access): boolean {
  return until !== undefined && isPerson(member);
}

/** Who comes through Identity-Aware Proxy, whose policy IAM keeps ends in. */
export function iapAccess({ key: to, iap }: ReceiverSpec, kind: string, former: FormerKeys): Edge[] {
  return (iap?.access ?? []).map(({ member, until }, i) => ({
    ...named(former, (_, key) => iapAccessName(member, key), "", to),
    from: { member },
    to,
    role: IAP_ACCESSOR_ROLE,
    ...(until && { until }),
    reason: `${kind}.${to}.iap.access[${i}]`,
  }));
}

/** Who comes through Identity-Aware Proxy at the load balancer, whose policy IAM keeps ends in; a proxy on the service itself excludes it. */
export function routedAccess({ key: to, iap, routed }: ReceiverSpec, former: FormerKeys): Edge[] {
  return (iap ? [] : (routed?.access ?? [])).map(({ member, until, reason }) => ({
    ...named(former, (_, key) => iapAccessName(member, key), "", to),
    from: { member },
    to,
    role: IAP_ACCESSOR_ROLE,
    through: "load-balancer",
    ...(until && { until }),
    reason,
  }));
}

/** Eventarc calls a function in the name of the trigger's own account. */
export function triggerCalls(receiver: FunctionSpec, project: string, former: FormerKeys): Edge[] {
  const { key: to, triggerAccountId } = receiver;
  if (triggerAccountId === undefined) return [];
  const member = `serviceAccount:${accountEmail(triggerAccountId, project)}`;
  const names = named(former, (_, key) => callName("trigger", key), "", to);
  const way = fromInside(receiver, "google");
  return [{ ...names, from: { member }, to, role: INVOKER_ROLE, ...way, reason: `functions.${to}.trigger` }];
}

/**
 * People call in the name of an account that is made for it, so that no token of theirs reaches further. The account's
 * grants have no end: who may mint its tokens has.
 */
export function developerCalls(
  { key, accountId, calls: callees }: DeveloperSpec,
  project: string,
  former: FormerKeys,
): Edge[] {
  const member = `serviceAccount:${accountEmail(accountId, project)}`;
  return callees.map((to, i) => ({
    ...named(former, (from, callee) => callName(`${from}-dev`, callee), key, to),
    from: { member },
    to,
    role: INVOKER_ROLE,
    reason: `developers.${key}.calls[${i}]`,
  }));
}

function atDeployment({ until, isOver }: Pick<Ends, "isOver" | "until">): Ends {
  return { ...(until && { until, endsAtDeployment: true }), ...(isOver && { isOver }) };
}
