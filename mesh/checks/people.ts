import { normalizedMember } from "../../google/members";
import { secretParts } from "../../google/secrets";
import type { AccessGraph } from "../graph";
import type { OperatorGrant } from "../operators";
import type { Finding } from "../problems";
import type { Place } from "../spec/spec";

/** Checks of people whose permissions the config declares in several places, in whatever case their addresses are written. */

/**
 * Each person has one way to call a service: of two, one may end before the other. People call as an account that is made
 * for them, by an entry of `developers` or by one of `access` with an end.
 *
 * @param asWritten path in the config of a path that the graph names
 */
export function checkWays({ edges, impersonations }: AccessGraph, asWritten: (path: string) => string): Finding[] {
  const owners = new Map<string, string>();
  return impersonations.flatMap(({ member, account, reason }) =>
    edges.flatMap(({ from, to, reason: call }): Finding[] => {
      if (!("member" in from) || from.member !== `serviceAccount:${account}`) return [];
      const path = call.startsWith(`${reason}.`) ? call : reason;
      const owner = claim(owners, `${normalizedMember(member)} ${to}`, path);
      if (owner === undefined || owner === path) return [];
      const message = `"${member}" calls "${to}" by ${asWritten(owner)} already, and whoever takes one way away leaves the other; remove one entry`;
      return [{ path, message, restsOn: [path, owner].flatMap(settingsBehind) }];
    }),
  );
}

/**
 * Each person has a role on a resource once: IAM knows it once, so that whoever takes one grant away takes both.
 *
 * @param asWritten path in the config of a path that the graph names
 */
export function checkHoldings(
  { operators }: AccessGraph,
  place: Place,
  asWritten: (path: string) => string,
): Finding[] {
  const owners = new Map<string, string>();
  return operators.flatMap(({ member, role, on, reason: path }): Finding[] => {
    const owner = claim(owners, `${normalizedMember(member)} ${role} ${on.kind} ${nameIn(place, on)}`, path);
    if (owner === undefined) return [];
    const message = `"${member}" has "${role}" on it by ${asWritten(owner)} already, and whoever takes one grant away takes both; remove one entry`;
    return [{ path, message, restsOn: [path, owner].flatMap(settingsBehind) }];
  });
}

/** The path that claimed the same thing before; `undefined` where this path is the first. */
function claim(owners: Map<string, string>, what: string, path: string): string | undefined {
  const owner = owners.get(what);
  owners.set(what, owner ?? path);
  return owner;
}

/** A secret of the mesh's own project may be named with it or without. */
function nameIn({ project, projectNumber }: Place, { name }: OperatorGrant["on"]): string {
  const parts = secretParts(name);
  return parts.project === project || parts.project === projectNumber ? parts.secret : name;
}

function settingsBehind(path: string): string[] {
  const [kind, key] = path.split(".");
  return kind === "developers" || kind === "operators" ? [path, `${kind}.${key}.member`] : [path];
}
