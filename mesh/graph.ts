import { accessCalls, calls, developerCalls, iapAccess, routedAccess, triggerCalls } from "./edges";
import { formerKeys, type Named } from "./former-keys";
import { accessImpersonations, developerImpersonation } from "./impersonations";
import { type OperatorGrant, operatorGrants } from "./operators";
import type { IAP_ACCESSOR_ROLE, INVOKER_ROLE, OPEN_ID_TOKEN_CREATOR_ROLE, TOKEN_CREATOR_ROLE } from "./roles";
import type { Inside, JobSpec, MeshSpec, ReceiverSpec, WorkerPoolSpec } from "./spec/spec";
import { standing } from "./until";

/** One permission: this caller may call that service. It yields the grant, the URL that the caller is told, and the probe. */
export interface Edge extends Named {
  /** Logical name of the grant, stable when lists are reordered. */
  readonly name: string;
  readonly from: Caller;
  /** Key of the receiving service. */
  readonly to: string;
  /** What is granted: calling it oneself, or coming through the Identity-Aware Proxy on it. */
  readonly role: typeof INVOKER_ROLE | typeof IAP_ACCESSOR_ROLE;
  /**
   * The way of whoever is not of this mesh: the load balancer, past the Identity-Aware Proxy there, or from inside where
   * the ingress lets nobody in from the internet; absent where the internet leads to the service's own URL.
   */
  readonly through?: "load-balancer" | Inside;
  /** Last day, UTC, the day included. */
  readonly until?: string;
  /** That no condition of IAM keeps the end: the first deployment after the last day leaves the grant out. */
  readonly endsAtDeployment?: true;
  /** That the last day is over. */
  readonly isOver?: true;
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
export interface Impersonation extends Named {
  /** Logical name of the grant, stable when lists are reordered. */
  readonly name: string;
  readonly member: string;
  /** E-mail address of the account. */
  readonly account: string;
  readonly role: typeof OPEN_ID_TOKEN_CREATOR_ROLE | typeof TOKEN_CREATOR_ROLE;
  /** Last day, UTC, the day included; IAM keeps it. */
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
  /** Who holds roles on resources beside the services. */
  readonly operators: readonly OperatorGrant[];
  readonly edges: readonly Edge[];
  /** Where people come in, `https://DOMAIN` without a path; absent where there is no load balancer. */
  readonly entrance?: string;
  /** What the config still declares and this deployment leaves out, as its last day is over. */
  readonly ended: readonly Edge[];
}

/**
 * Every permission of a mesh, in the order of the config: a service's calls, then who else may call it or come through
 * its proxy; the calls of jobs and worker pools last.
 */
export function accessGraph(spec: MeshSpec): AccessGraph {
  const { project } = spec;
  const former = formerKeys(spec);
  const services = Object.values(spec.services);
  const functions = Object.values(spec.functions ?? {});
  const developers = Object.values(spec.developers ?? {});
  const jobs = Object.values(spec.jobs ?? {});
  const workerPools = Object.values(spec.workerPools ?? {});
  const receiverEdges = (receiver: ReceiverSpec, kind: "services" | "functions") => [
    ...calls(receiver, { service: receiver.key }, kind, former),
    ...accessCalls(receiver, kind, project, former),
    ...iapAccess(receiver, kind, former),
    ...routedAccess(receiver, former),
  ];
  const declared = [
    ...services.flatMap((one) => receiverEdges(one, "services")),
    ...functions.flatMap((one) => [...receiverEdges(one, "functions"), ...triggerCalls(one, project, former)]),
    ...developers.flatMap((one) => developerCalls(one, project, former)),
    ...jobs.flatMap((job) => calls(job, { job: job.key }, "jobs", former)),
    ...workerPools.flatMap((pool) => calls(pool, { workerPool: pool.key }, "workerPools", former)),
  ];
  return {
    services: [...services, ...functions],
    jobs,
    workerPools,
    impersonations: [
      ...services.flatMap((one) => accessImpersonations(one, "services", project, former)),
      ...functions.flatMap((one) => accessImpersonations(one, "functions", project, former)),
      ...developers.map((one) => developerImpersonation(one, project)),
    ],
    operators: Object.values(spec.operators ?? {}).flatMap(operatorGrants),
    edges: standing(declared),
    ...(spec.loadBalancer && { entrance: `https://${spec.loadBalancer.domains[0]}` }),
    ended: declared.filter(({ isOver }) => isOver),
  };
}

/** Who a caller is, for people: its key, which no other node of the mesh has, or the member. */
export function callerName(from: Caller): string {
  if ("service" in from) return from.service;
  if ("job" in from) return from.job;
  return "workerPool" in from ? from.workerPool : from.member;
}
