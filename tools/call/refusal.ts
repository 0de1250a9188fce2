import { isSameMember } from "../../google/members";
import { type DeployedMesh, permissionFor } from "../../mesh";
import type { Way } from "./way";

/** What Cloud Run answers 404 to. Source: sandbox/README.md, the rows of the front end. */
const NOT_FOUND = [
  "its ingress lets nobody in from here, whoever asks: call it as what reaches it through the VPC network",
  "its run.app URL is switched off: call it through the load balancer",
  "Cloud Run keeps the path for itself: /healthz, /eventlog, all below /_ah, and some others that end in z",
  "no service has this URL any more: deploy the stack again",
];

export type RefusedBy = Pick<Way, "as" | "service" | "invokers">;

/**
 * What a refusal of Cloud Run can mean, where nobody tells its cause, and the lines of stack config that would let the call through.
 *
 * @param today in UTC, `YYYY-MM-DD`
 */
export function explainRefusal(
  status: number,
  { as, service, invokers }: RefusedBy,
  mesh: DeployedMesh,
  today = new Date().toISOString().slice(0, 10),
): string {
  if (status === 401) {
    return `401: Cloud Run does not accept the token of ${as} for "${service}": it is expired, or for another audience`;
  }
  if (status === 404) {
    return [`404: Google answered in the place of "${service}", for one of these reasons:`, ...NOT_FOUND].join("\n  ");
  }
  const granted = invokers.map(({ caller, until }) => (until ? `${caller} until ${until}` : caller));
  const own = invokers.filter(({ caller }) => isCaller(caller, as));
  const [ended] = own;
  if (own.some(({ until = today }) => until >= today)) {
    return [
      `403: ${as} has roles/run.invoker on "${service}" by the stack's outputs, and Cloud Run does not know of it`,
      "  a new grant takes some minutes to count; longer than that, see whether somebody has taken it away: pulumi refresh",
    ].join("\n");
  }
  return [
    `403: ${as} has no roles/run.invoker on "${service}"${ended ? ` any more: it ended on ${ended.until}` : ""}`,
    `  granted: ${granted.join(", ") || "nobody"}`,
    permission(as, service, mesh, today),
  ].join("\n");
}

/** Whether who calls is an invoker: named by key, as a member, or by the address in that. */
export function isCaller(invoker: string, as: string): boolean {
  return isSameMember(invoker, as) || isSameMember(invoker, invoker.replace(/[^:]*$/, as));
}

/** What Identity-Aware Proxy on a service refused. */
export function explainIapRefusal(
  status: number,
  { as, service, url, invokers }: RefusedBy & { url: string },
  mesh: DeployedMesh,
  today = new Date().toISOString().slice(0, 10),
): string {
  if (status !== 403) {
    return `${status}: "${service}" is behind Identity-Aware Proxy and ${as} is not signed in; open ${url} in a browser`;
  }
  return [
    `403: Identity-Aware Proxy lets ${as} not through to "${service}"`,
    `  granted: ${invokers.map(({ caller }) => caller).join(", ") || "nobody"}`,
    permission(as, service, mesh, today),
  ].join("\n");
}

export function permission(as: string, service: string, mesh: DeployedMesh, today: string): string {
  const found = permissionFor(as, service, mesh, today);
  return "line" in found
    ? `  to grant it, in the stack config, beside what is there: ${found.line}`
    : `  no line of the stack config grants it: ${found.none}`;
}
