import { isSameMember } from "../google/members";
import { type AccessGraph, callerName } from "./graph";
import { isPerson } from "./members";

/** A stack as it was deployed. */
export interface DeployedMesh {
  readonly graph: AccessGraph;
  /** The output `serviceAccounts`: e-mail addresses by key, that of `access` with an end as `KEY.access`. */
  readonly serviceAccounts: Readonly<Record<string, string>>;
}

/** The line of stack config that permits a call, or why none does. */
export type Permission = { readonly line: string } | { readonly none: string };

/**
 * What to write so that a caller may call, in the words that the config has for that kind of caller.
 *
 * @param caller key of a node, a member, or an e-mail address
 * @param callee key of the service or function
 * @param today in UTC, `YYYY-MM-DD`
 */
export function permissionFor(caller: string, callee: string, mesh: DeployedMesh, today: string): Permission {
  const over = endedAt(caller, callee, mesh.graph, today);
  if (over !== undefined) return { line: `a later \`until\` at ${over}` };
  const path = pathOf(callee, mesh.graph) ?? `services.${callee}`;
  const isBehindIap = mesh.graph.services.some(({ key, iap }) => key === callee && iap !== undefined);
  const member = memberOf(caller);
  const own = callerPath(caller, mesh) ?? (isBehindIap ? undefined : developerOf(member, mesh.graph));
  if (isBehindIap && (own !== undefined || !isPerson(member))) {
    const reason = `Identity-Aware Proxy on "${callee}" lets people through alone; call what it calls, or take its "iap" away`;
    return { none: reason };
  }
  if (own !== undefined && !own.calls) return { none: own.is };
  if (own !== undefined) return { line: `${own.path}.calls: [${callee}]` };
  const routed = mesh.graph.services.find(({ key }) => key === callee)?.routed;
  if (routed && isPerson(member)) {
    const who = memberOfPool(
      member,
      routed.access.map((one) => one.member),
    );
    const own = `{ ${JSON.stringify(routed.paths[0])}: [{ member: ${JSON.stringify(who)}, until: YYYY-MM-DD }] }`;
    return { line: `loadBalancer.iap.routes: ${own}` };
  }
  const access = isBehindIap ? "iap.access" : "access";
  return { line: `${path}.${access}: [{ member: ${JSON.stringify(member)}, until: YYYY-MM-DD }]` };
}

/** As a pool knows somebody, where people sign in to one: that has object ids in the place of addresses. */
function memberOfPool(member: string, others: readonly string[]): string {
  const [pool] = others.flatMap((other) => /\/(workforcePools\/[^/]+)\//.exec(other)?.[1] ?? []);
  if (pool === undefined || member.startsWith("principal")) return member;
  return `principal://iam.googleapis.com/locations/global/${pool}/subject/OBJECT_ID`;
}

/** Where the config speaks of a caller of the mesh. */
export type CallerPlace =
  | { readonly calls: true; readonly path: string }
  /** An account that the mesh made for one thing alone, and what that is. */
  | { readonly calls: false; readonly is: string };

/** By key, or by the account of a service, function, job, worker pool or developer; absent for who is not of the mesh. */
export function callerPath(caller: string, { graph, serviceAccounts }: DeployedMesh): CallerPlace | undefined {
  const email = addressOf(caller);
  const accounts = Object.entries(serviceAccounts);
  const key = Object.hasOwn(serviceAccounts, caller)
    ? caller
    : accounts.find(([, account]) => account.toLowerCase() === email.toLowerCase())?.[0];
  if (key?.endsWith(".access")) {
    const path = pathOf(key.slice(0, -".access".length), graph);
    return { calls: false, is: `it is what people of ${path}.access call as, and calls nothing else` };
  }
  const path = key === undefined ? pathOf(caller, graph) : (pathOf(key, graph) ?? `developers.${key}`);
  if (path !== undefined) return { calls: true, path };
  const [id, domain] = email.split("@");
  if (!accounts.some(([, account]) => account.endsWith(`@${domain}`))) return undefined;
  for (const one of graph.services) {
    if (!("buildAccountId" in one)) continue;
    if (id === one.buildAccountId) return { calls: false, is: `it builds functions.${one.key}, and calls nothing` };
    if ("triggerAccountId" in one && id === one.triggerAccountId) {
      return { calls: false, is: `it brings functions.${one.key} the events of its trigger, and calls nothing else` };
    }
  }
  return undefined;
}

/** `functions.score` for the key of anything that runs. */
function pathOf(key: string, { services, jobs, workerPools }: AccessGraph): string | undefined {
  const service = services.find((one) => one.key === key);
  if (service) return `${"buildAccountId" in service ? "functions" : "services"}.${key}`;
  if (jobs.some((one) => one.key === key)) return `jobs.${key}`;
  return workerPools.some((one) => one.key === key) ? `workerPools.${key}` : undefined;
}

/** A person who calls as an account made for that: more calls are written beside the others. */
function developerOf(member: string, { impersonations }: AccessGraph): CallerPlace | undefined {
  const own = impersonations.find((one) => one.reason.startsWith("developers.") && isSameMember(one.member, member));
  return own && { calls: true, path: own.reason };
}

/** Where the config declares the call with an end that is over. */
function endedAt(caller: string, callee: string, graph: AccessGraph, today: string): string | undefined {
  const grants = [...graph.edges, ...graph.ended].filter(({ to }) => to === callee);
  const accounts = new Set(grants.map(({ from }) => addressOf(callerName(from))));
  const minting = graph.impersonations.filter(({ account }) => accounts.has(account));
  const all = [
    ...grants.map(({ from, ...grant }) => ({ ...grant, who: callerName(from) })),
    ...minting.map(({ member: who, ...one }) => ({ ...one, who })),
  ];
  return all.find(({ who, until = today }) => until < today && isSameMember(memberOf(who), memberOf(caller)))?.reason;
}

function memberOf(caller: string): string {
  if (caller.includes(":")) return caller;
  return `${/\.gserviceaccount\.com$/i.test(caller) ? "serviceAccount" : "user"}:${caller}`;
}

function addressOf(caller: string): string {
  return caller.replace(/^(serviceAccount|user):/, "");
}
