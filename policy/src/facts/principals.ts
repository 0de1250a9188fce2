/** The one place that knows which IAM principals mean "anybody", and which mean more people than were named. */
import { defaultAccount } from "./service-accounts";

export type PublicPrincipal = "allUsers" | "allAuthenticatedUsers";

/**
 * Principals that anybody can be: https://docs.cloud.google.com/iam/docs/principals-overview. The last is how deny
 * policies write allUsers; no grant needs it.
 */
const PUBLIC: ReadonlyMap<string, PublicPrincipal> = new Map([
  ["allusers", "allUsers"],
  ["allauthenticatedusers", "allAuthenticatedUsers"],
  ["principalset://goog/public:all", "allUsers"],
]);

/** Which public principal a member is, ignoring case and surrounding space; undefined if it is none, or no text. */
export function publicPrincipal(member: unknown): PublicPrincipal | undefined {
  return typeof member === "string" ? PUBLIC.get(member.trim().toLowerCase()) : undefined;
}

/** Members that stand for whoever holds something else, first match counts. */
const BROAD: readonly (readonly [RegExp, string])[] = [
  [/^deleted:/, "a deleted principal, which nobody can be and which a new one of that name does not become"],
  [/^domain:/, "everyone in a domain, now and later"],
  [/^projectowner:/, "every owner of a project"],
  [/^projecteditor:/, "every editor of a project"],
  [/^projectviewer:/, "every viewer of a project"],
  [/^principalset:\/\/[^?]*\/workloadidentitypools\/[^/]+\/\*$/, "every workload of an identity pool"],
  [/^principalset:\/\/[^?]*\/workloadidentitypools\/[^/]+\/kubernetes\.cluster\//, "every pod of a cluster"],
  [/^principalset:\/\/[^?]*\/workforcepools\/[^/]+\/\*$/, "everybody of a workforce pool"],
  [/^principalset:\/\/cloudresourcemanager\.googleapis\.com\//, "every identity of a project, folder or organization"],
];

/** Why a member is more than one named principal or group; undefined if it is not, or if it is public. */
export function broadPrincipal(member: string): string | undefined {
  const name = member.trim().toLowerCase();
  const broad = BROAD.find(([pattern]) => pattern.test(name))?.[1];
  if (broad !== undefined) return broad;
  const named = name.startsWith("serviceaccount:") ? defaultAccount(name) : undefined;
  return named && `the ${named} service account, which every workload of a project may run as`;
}

/** One human being: a Google account, or a subject of a workforce pool. */
export function isPerson(member: string): boolean {
  return /^(?:user:|principal:\/\/[^?]*\/workforcepools\/[^/]+\/subject\/)/i.test(member.trim());
}

/**
 * A service account that a workload can run as; Google's own agents cannot be chosen:
 * https://docs.cloud.google.com/iam/docs/service-account-types#service-agents
 */
export function isRuntimeAccount(member: string): boolean {
  const name = member.trim().toLowerCase();
  if (!name.startsWith("serviceaccount:")) return false;
  return !/@(?:gcp-sa-[\w-]+|[\w.-]*serverless-robot-prod|gcf-admin-robot|cloudservices|cloudbuild|compute-system|containerregistry|container-engine-robot|dataflow-service-producer-prod)\.(?:iam\.)?gserviceaccount\.com$/.test(
    name,
  );
}
