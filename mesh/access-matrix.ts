import { type AccessGraph, callerName, type Edge } from "./graph";
import { TOKEN_CREATOR_ROLE } from "./roles";
import { deploymentEnd } from "./until";

/** One permission, as the stack's outputs tell it. */
export interface AccessRow {
  readonly caller: string;
  readonly callee: string;
  readonly role: string;
  /** The way of whoever is not of this mesh: `load-balancer`, `vpc` or `google`; absent where it leads over the internet. */
  readonly through?: Edge["through"];
  /** Last day of the grant, UTC; absent where it has no end. */
  readonly until?: string;
  /** How it ends where no condition of IAM ends it, in words; absent where one does, or where it has no end. */
  readonly end?: string;
  /** That the last day is over and the grant is left out: the caller is refused. */
  readonly ended?: true;
  /** Where the stack config declares it. */
  readonly reason: string;
}

/** The access matrix as data: a row per permission, and per one that has ended; whoever has no other row is refused. */
export function accessMatrix(graph: AccessGraph): AccessRow[] {
  const calls = [...graph.edges, ...graph.ended].map(
    ({ from, to, role, through, until, endsAtDeployment, isOver, reason }): AccessRow => ({
      caller: callerName(from),
      callee: to,
      role,
      ...(through && { through }),
      ...(until && { until }),
      ...(until && endsAtDeployment && { end: deploymentEnd(until, isOver === true) }),
      ...(isOver && { ended: true }),
      reason,
    }),
  );
  const impersonations = graph.impersonations.map(({ name: _, member: caller, account: callee, ...row }) => ({
    caller,
    callee,
    ...row,
  }));
  const roles = graph.operators.map(({ name: _, member: caller, on, ...row }) => ({
    caller,
    callee: `${on.kind} ${on.name}`,
    ...row,
  }));
  return [...calls, ...impersonations, ...roles];
}

/**
 * The access graph as a Mermaid flowchart; services that the internet can reach have a double border, jobs and worker
 * pools have six sides. A dotted arrow leads from who may mint tokens to the account that they are minted for; one that
 * ends in a cross is a permission that has ended.
 */
export function accessDiagram(graph: AccessGraph): string {
  const ids = new Map<string, string>();
  graph.services.forEach(({ key }, i) => void ids.set(key, `s${i}`));
  graph.jobs.forEach(({ key }, i) => void ids.set(key, `j${i}`));
  graph.workerPools.forEach(({ key }, i) => void ids.set(key, `w${i}`));
  const members = new Map<string, string>();
  const idOf = (member: string) => members.get(member) ?? members.set(member, `m${members.size}`).get(member);
  const arrows = [
    ...[...graph.edges, ...graph.ended].map(({ from, to, until, endsAtDeployment, isOver }) => {
      const source = "member" in from ? idOf(from.member) : ids.get(callerName(from));
      const end = until && (endsAtDeployment ? deploymentEnd(until, isOver === true) : `until ${until}`);
      return `  ${source} ${isOver ? "--x" : "-->"}${end ? `|${end}|` : ""} ${ids.get(to)}`;
    }),
    ...graph.impersonations.map(({ member, account, role, until }) => {
      const tokens = role === TOKEN_CREATOR_ROLE ? "mints any token" : "mints ID tokens";
      const text = until ? `${tokens} until ${until}` : tokens;
      return `  ${idOf(member)} -.->|${text}| ${idOf(`serviceAccount:${account}`)}`;
    }),
  ];
  const label = (text: string) => `"${text.replaceAll('"', "#quot;")}"`;
  return [
    "flowchart LR",
    ...graph.services.map(({ key, ingress, iap, routed }) => {
      const setting = typeof ingress === "string" ? ingress : "all";
      const proxy = iap || routed ? "<br/>Identity-Aware Proxy" : "";
      const routes = routed ? `: ${routed.paths.join(" ")}` : "";
      const text = label(`${key}<br/>ingress: ${setting}${proxy}${routes}`);
      return `  ${ids.get(key)}${typeof ingress === "string" ? `[${text}]` : `[[${text}]]`}`;
    }),
    ...graph.jobs.map(({ key }) => `  ${ids.get(key)}{{${label(`${key}<br/>job`)}}}`),
    ...graph.workerPools.map(({ key }) => `  ${ids.get(key)}{{${label(`${key}<br/>worker pool`)}}}`),
    ...[...members].map(([member, id]) => `  ${id}([${label(member)}])`),
    ...arrows,
  ].join("\n");
}
