import type { Way } from "./way";

/** Why Cloud Run refused, and the lines of stack config that would let the call through. */
export function explainRefusal(
  status: number,
  { as, service, invokers, services }: Pick<Way, "as" | "service" | "invokers" | "services">,
): string {
  if (status === 401) {
    return `401: Cloud Run does not accept the token of ${as} for "${service}": it is expired, or for another audience`;
  }
  if (status === 404) {
    return (
      `404: the ingress of "${service}" lets nobody in from here, whoever asks; call it as a service that reaches it ` +
      "through the VPC network"
    );
  }
  const granted = invokers.map(({ caller, until }) => (until ? `${caller} until ${until}` : caller));
  const ended = invokers.find(({ caller, until }) => until !== undefined && caller.endsWith(as));
  return [
    `403: ${as} has no roles/run.invoker on "${service}"${ended ? ` any more: it ended on ${ended.until}` : ""}`,
    `  granted: ${granted.join(", ") || "nobody"}`,
    `  to grant it, in the stack config: ${grantFor(as, service, services, ended !== undefined)}`,
  ].join("\n");
}

function grantFor(as: string, service: string, services: readonly string[], ended: boolean): string {
  if (services.includes(as)) return `services.${as}.calls: [${service}]`;
  if (ended) return `a later \`until\` under services.${service}.access`;
  const member = as.includes(":") ? as : `${as.endsWith(".gserviceaccount.com") ? "serviceAccount" : "user"}:${as}`;
  return `services.${service}.access: [{ member: "${member}", until: YYYY-MM-DD }]`;
}
