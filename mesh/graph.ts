import { accessName, accountEmail, callName, iapAccessName } from "./names";
import type {
  CallerSpec,
  DeveloperSpec,
  FunctionSpec,
  JobSpec,
  MeshSpec,
  ReceiverSpec,
  WorkerPoolSpec,
} from "./spec/spec";

/** The role that lets a principal call a service. Source: https://cloud.google.com/run/docs/reference/iam/roles */
export const INVOKER_ROLE = "roles/run.invoker" as const;

/** The role that lets a principal through Identity-Aware Proxy. Source: https://cloud.google.com/iap/docs/managing-access */
export const IAP_ACCESSOR_ROLE = "roles/iap.httpsResourceAccessor" as const;

/** ID tokens alone, and everything that a token can be. Source: https://cloud.google.com/iam/docs/service-account-permissions */
export const OPEN_ID_TOKEN_CREATOR_ROLE = "roles/iam.serviceAccountOpenIdTokenCreator" as const;
export const TOKEN_CREATOR_ROLE = "roles/iam.serviceAccountTokenCreator" as const;

/** One permission: this caller may call that service. It yields the grant, the URL that the caller is told, and the probe. */
export interface Edge {
  /** Logical name of the grant, stable when lists are reordered. */
  readonly name: string;
  readonly from: Caller;
  /** Key of the receiving service. */
  readonly to: string;
  /** What is granted: calling it oneself, or coming through the Identity-Aware Proxy on it. */
  readonly role: typeof INVOKER_ROLE | typeof IAP_ACCESSOR_ROLE;
  /** Last day, UTC, the day included. */
  readonly until?: string;
  /** Where the config declares it. */
  readonly reason: string;
}

/** By key, or as an IAM member from outside the mesh. */
export type Caller =
  | { readonly service: string }
  | { readonly job: string }
  | { readonly workerPool: string }
  | { readonly member: string };

/** One person's or group's way to an account of the mesh that calls in their place. */
export interface Impersonation {
  readonly member: string;
  /** E-mail address of the account. */
  readonly account: string;
  readonly role: typeof OPEN_ID_TOKEN_CREATOR_ROLE | typeof TOKEN_CREATOR_ROLE;
  readonly until?: string;
  readonly reason: string;
}

/** Who may call what, and why. */
export interface AccessGraph {
  /** What is called: services, and functions, which are services underneath. */
  readonly services: readonly ReceiverSpec[];
  /** They call, and are not called. */
  readonly jobs: readonly JobSpec[];
  /** They call, and are not called. */
  readonly workerPools: readonly WorkerPoolSpec[];
  /** Who may mint tokens of an account made for calling from outside. */
  readonly impersonations: readonly Impersonation[];
  readonly edges: readonly Edge[];
}

/**
 * Every permission of a mesh, in the order of the config: a service's calls, then who else may call it or come through
 * its proxy; the calls of jobs and worker pools last.
 */
export function accessGraph(spec: MeshSpec): AccessGraph {
  const services = Object.values(spec.services);
  const functions = Object.values(spec.functions ?? {});
  const developers = Object.values(spec.developers ?? {});
  const jobs = Object.values(spec.jobs ?? {});
  const workerPools = Object.values(spec.workerPools ?? {});
  const edges = [
    ...services.flatMap((service) => receiverEdges(service, "services")),
    ...functions.flatMap((one) => [...receiverEdges(one, "functions"), ...triggerEdges(one, spec)]),
    ...developers.flatMap((one) => developerEdges(one, spec)),
    ...jobs.flatMap((job) => calls(job, { job: job.key }, "jobs")),
    ...workerPools.flatMap((pool) => calls(pool, { workerPool: pool.key }, "workerPools")),
  ];
  const impersonations = developers.map((one) => impersonation(one, spec));
  return { services: [...services, ...functions], jobs, workerPools, impersonations, edges };
}

function receiverEdges(receiver: ReceiverSpec, kind: "services" | "functions"): Edge[] {
  const { key: to, access, iap } = receiver;
  return [
    ...calls(receiver, { service: to }, kind),
    ...access.map(({ member, until }, i) => ({
      name: accessName(member, to),
      from: { member },
      to,
      role: INVOKER_ROLE,
      ...(until && { until }),
      reason: `${kind}.${to}.access[${i}]`,
    })),
    ...(iap?.access ?? []).map(({ member, until }, i) => ({
      name: iapAccessName(member, to),
      from: { member },
      to,
      role: IAP_ACCESSOR_ROLE,
      ...(until && { until }),
      reason: `${kind}.${to}.iap.access[${i}]`,
    })),
  ];
}

/** Eventarc calls a function in the name of the trigger's own account. */
function triggerEdges({ key: to, triggerAccountId }: FunctionSpec, { project }: MeshSpec): Edge[] {
  if (triggerAccountId === undefined) return [];
  const member = `serviceAccount:${accountEmail(triggerAccountId, project)}`;
  return [{ name: `trigger-calls-${to}`, from: { member }, to, role: INVOKER_ROLE, reason: `functions.${to}.trigger` }];
}

/** People call in the name of an account that is made for it, so that no token of theirs reaches further. */
function developerEdges({ key, accountId, calls: callees, until }: DeveloperSpec, { project }: MeshSpec): Edge[] {
  const member = `serviceAccount:${accountEmail(accountId, project)}`;
  return callees.map((to, i) => ({
    name: callName(`${key}-dev`, to),
    from: { member },
    to,
    role: INVOKER_ROLE,
    ...(until && { until }),
    reason: `developers.${key}.calls[${i}]`,
  }));
}

function impersonation(developer: DeveloperSpec, { project }: MeshSpec): Impersonation {
  const { key, member, accountId, accessTokens, until } = developer;
  return {
    member,
    account: accountEmail(accountId, project),
    role: accessTokens ? TOKEN_CREATOR_ROLE : OPEN_ID_TOKEN_CREATOR_ROLE,
    ...(until && { until }),
    reason: `developers.${key}`,
  };
}

function calls(caller: CallerSpec, from: Caller, kind: string): Edge[] {
  return caller.calls.map(({ service: to, until }, i) => ({
    name: callName(caller.key, to),
    from,
    to,
    role: INVOKER_ROLE,
    ...(until && { until }),
    reason: `${kind}.${caller.key}.calls[${i}]`,
  }));
}

/** Who a caller is, for people: its key, which no other node of the mesh has, or the member. */
export function callerName(from: Caller): string {
  if ("service" in from) return from.service;
  if ("job" in from) return from.job;
  return "workerPool" in from ? from.workerPool : from.member;
}
