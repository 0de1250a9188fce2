/** How a difference between the config and Google is mended: the command that removes a grant, the line that declares it. */
import { callerPath, INVOKER_ROLE, isOnePerson, parseMember } from "../../mesh";
import type { MeshInPlace, Place } from "./places";
import type { Condition, Grant } from "./policy";

/**
 * The command that removes one member from a policy, and nothing else.
 *
 * @param isConditional whether the policy has a condition anywhere: gcloud then wants to know which binding is meant
 *
 * Source: https://cloud.google.com/sdk/gcloud/reference/run/services/remove-iam-policy-binding and its siblings
 */
export function removal({ member, role, condition }: Grant, place: Place, mesh: MeshInPlace, isConditional: boolean) {
  const which = condition
    ? ` --condition=${quoted(conditionFlag(condition))}`
    : isConditional
      ? " --condition=None"
      : "";
  return `${commandOn(place, mesh)} --member=${quoted(member)} --role=${quoted(role)}${which}`;
}

function commandOn({ kind, name }: Place, { project, region }: MeshInPlace): string {
  const remove = "remove-iam-policy-binding";
  switch (kind) {
    case "service":
      return `gcloud run services ${remove} ${name} --region=${region} --project=${project}`;
    case "iap":
      return `gcloud iap web ${remove} --resource-type=cloud-run --service=${name} --region=${region} --project=${project}`;
    case "iap-backend":
      return `gcloud iap web ${remove} --resource-type=backend-services --service=${name} --project=${project}`;
    case "iap-compute":
      return `gcloud iap web ${remove} --resource-type=backend-services --project=${project}`;
    case "iap-region":
      return `gcloud iap web ${remove} --resource-type=cloud-run --region=${region} --project=${project}`;
    case "iap-project":
      return `gcloud iap web ${remove} --project=${project}`;
    case "account":
      return `gcloud iam service-accounts ${remove} ${name}`;
    case "project":
      return `gcloud projects ${remove} ${name}`;
  }
}

/** Keys and values between commas, or between whatever stands in none of them: see `gcloud topic escaping`. */
function conditionFlag({ expression, title, description }: Condition): string {
  const parts = Object.entries({ expression, title, description }).flatMap(([key, value]) =>
    value === undefined || value === "" ? [] : [`${key}=${value}`],
  );
  const between = [",", ";", "|", "#", "~"].find((one) => !parts.some((part) => part.includes(one))) ?? "~";
  return `${between === "," ? "" : `^${between}^`}${parts.join(between)}`;
}

/** As a shell reads it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The line of the config that would declare a grant; absent where no line can. */
export function declaration({ member, role, condition }: Grant, place: Place, mesh: MeshInPlace): string | undefined {
  if (condition || "problem" in parseMember(member)) return undefined;
  const { kind, path } = place;
  const entry = `{ member: ${JSON.stringify(member)}${isOnePerson(member) ? ", until: YYYY-MM-DD" : ""} }`;
  if (kind === "service" && role === INVOKER_ROLE) {
    const caller = callerPath(member, mesh);
    if (caller !== undefined) return caller.calls ? `${caller.path}.calls: [${path?.split(".")[1]}]` : undefined;
    return `${path}.${place.settings?.iapEnabled ? "iap.access" : "access"}: [${entry}]`;
  }
  if (kind === "iap-backend") {
    const route = mesh.graph.services.find(({ key }) => path === `services.${key}`)?.routed?.paths[0] ?? "/";
    return `loadBalancer.iap.routes: { ${JSON.stringify(route)}: [${entry}] }`;
  }
  return kind === "iap" ? `${path}.iap.access: [${entry}]` : undefined;
}
