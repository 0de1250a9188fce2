import { accountEmail } from "../../google/accounts";
import { normalizedMember } from "../../google/members";
import { type AccessGraph, type Caller, callerName, type Edge } from "../graph";
import type { Finding, Problem } from "../problems";
import type { ServiceSpec } from "../spec/spec";
import { ID_FROM } from "./unique";

/** Checks of what is granted, whatever part of the config declares it. */

/**
 * Two grants must not have one name in the stack: the keys around "-calls-" and "-opens-" may hold these words too.
 *
 * @param asWritten path in the config of a path that an edge names
 */
export function checkGrantNames({ edges }: AccessGraph, asWritten: (path: string) => string): Problem[] {
  const owners = new Map<string, string>();
  return edges.flatMap(({ name, reason }) => {
    const owner = owners.get(name);
    if (owner === undefined) {
      owners.set(name, reason);
      return [];
    }
    const message = `its grant would be named "${name}", as that of ${asWritten(owner)} is; rename a service`;
    return [{ path: reason, message }];
  });
}

/**
 * Two grants must not give one principal one role on one service: IAM knows that once, so that the end of either grant
 * would be the end of both. Of two nodes that run as one account other checks tell.
 *
 * @param asWritten path in the config of a path that an edge names
 */
export function checkMemberships(graph: AccessGraph, project: string, asWritten: (path: string) => string): Finding[] {
  const owners = new Map<string, Edge>();
  const memberOf = members(graph, project);
  return [...graph.edges, ...graph.ended].flatMap((edge) => {
    const { from, to, role, reason } = edge;
    const member = memberOf(from);
    const membership = `${normalizedMember(member)} ${role} ${to}`;
    const owner = owners.get(membership) ?? edge;
    owners.set(membership, owner);
    if (owner === edge || !("member" in from || "member" in owner.from)) return [];
    const message = `"${member}" is let in by ${asWritten(owner.reason)} already, and whoever takes one grant away takes both; remove one entry`;
    return [{ path: reason, message, restsOn: [reason, owner.reason].flatMap(settingsBehind) }];
  });
}

/** The entry of a grant, and what the account of the node that it is of comes of. */
function settingsBehind(reason: string): string[] {
  const node = reason.split(".").slice(0, 2).join(".");
  return [reason, ...ID_FROM.map((setting) => `${node}.${setting}`)];
}

/** Who each caller is to IAM. */
function members({ services, jobs, workerPools }: AccessGraph, project: string): (from: Caller) => string {
  const nodes: readonly Pick<ServiceSpec, "accountId" | "key" | "serviceAccount">[] = [
    ...services,
    ...jobs,
    ...workerPools,
  ];
  const accounts = new Map(
    nodes.map(({ key, accountId, serviceAccount }) => [key, serviceAccount ?? accountEmail(accountId, project)]),
  );
  return (from) => ("member" in from ? from.member : `serviceAccount:${accounts.get(callerName(from))}`);
}
