import { type AccessGraph, callerName } from "./graph";

/** One permission, as the stack's outputs tell it. */
export interface AccessRow {
  readonly caller: string;
  readonly callee: string;
  readonly role: string;
  /** Last day of the grant, UTC; absent where it has no end. */
  readonly until?: string;
  /** Where the stack config declares it. */
  readonly reason: string;
}

/** The access matrix as data: a row per permission; whoever has no row is refused. */
export function accessMatrix(graph: AccessGraph): AccessRow[] {
  return graph.edges.map(({ from, to, role, until, reason }) => ({
    caller: callerName(from),
    callee: to,
    role,
    ...(until && { until }),
    reason,
  }));
}

/** The access graph as a Mermaid flowchart; services that the internet can reach have a double border. */
export function accessDiagram(graph: AccessGraph): string {
  const ids = new Map(graph.services.map(({ key }, i) => [key, `s${i}`]));
  const members = new Map<string, string>();
  for (const { from } of graph.edges) {
    if ("member" in from && !members.has(from.member)) members.set(from.member, `m${members.size}`);
  }
  const label = (text: string) => `"${text.replaceAll('"', "#quot;")}"`;
  return [
    "flowchart LR",
    ...graph.services.map(({ key, ingress, iap }) => {
      const setting = typeof ingress === "string" ? ingress : "all";
      const text = label(`${key}<br/>ingress: ${setting}${iap ? "<br/>Identity-Aware Proxy" : ""}`);
      return `  ${ids.get(key)}${typeof ingress === "string" ? `[${text}]` : `[[${text}]]`}`;
    }),
    ...[...members].map(([member, id]) => `  ${id}([${label(member)}])`),
    ...graph.edges.map(({ from, to, until }) => {
      const source = "service" in from ? ids.get(from.service) : members.get(from.member);
      return `  ${source} -->${until ? `|until ${until}|` : ""} ${ids.get(to)}`;
    }),
  ].join("\n");
}
