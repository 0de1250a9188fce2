/** A whole mesh: every service with its own account, then one grant per permission of the access graph. */

import * as storage from "@pulumi/gcp/storage";
import * as pulumi from "@pulumi/pulumi";
import { accountEmail } from "../google/accounts";
import { normalizedMember } from "../google/members";
import {
  type AccessGraph,
  type AccessRow,
  accessDiagram,
  accessGraph,
  accessKey,
  accessMatrix,
  type Caller,
  callerName,
  functionBucket,
  INVOKER_ROLE,
  type MeshSpec,
  runners,
} from "../mesh";
import { CloudRunFunction } from "./cloud-run-function";
import { CloudRunJob } from "./cloud-run-job";
import { CloudRunService } from "./cloud-run-service";
import { CloudRunWorkerPool } from "./cloud-run-worker-pool";
import { DeveloperAccess, type DeveloperAccessArgs } from "./developer-access";
import { eventAgents } from "./event-agents";
import { formerNames } from "./former-names";
import { functionArgs } from "./function-args";
import type { IapLoadBalancer } from "./iap-load-balancer";
import { InvokerGrant } from "./invoker-grant";
import { jobArgs, workerPoolArgs } from "./job-args";
import { MeshIap } from "./mesh-iap";
import { MeshNetwork } from "./mesh-network";
import { OperatorAccess } from "./operator-access";
import { serviceArgs } from "./service-args";

export interface CloudRunMeshArgs {
  /** The mesh as `parseMesh` filled it in. */
  readonly spec: MeshSpec;
  /** What has to be there before Google can be asked what runs, e.g. an API that is switched on. @default - nothing */
  readonly lookUpAfter?: pulumi.Input<unknown>;
  /**
   * Google's ids of the backend services that the stack holds, by the key of the service behind each. Where services
   * are made first, they are told in this way what assertions are meant for. @default - none
   */
  readonly heldBackends?: Readonly<Record<string, string>>;
}

export class CloudRunMesh extends pulumi.ComponentResource {
  /** The services by key. */
  readonly services: Readonly<Record<string, CloudRunService>>;
  /** The functions by key. */
  readonly functions: Readonly<Record<string, CloudRunFunction>>;
  /** The jobs by key. */
  readonly jobs: Readonly<Record<string, CloudRunJob>>;
  /** The worker pools by key. */
  readonly workerPools: Readonly<Record<string, CloudRunWorkerPool>>;
  /** Everything that calls. Keys are its alone. */
  private readonly callers: Readonly<Record<string, { email: pulumi.Output<string>; member: pulumi.Output<string> }>>;
  /** Accounts that the mesh makes, as members: a grant to one is made after it, also where the config names it. */
  private readonly madeMembers = new Map<string, pulumi.Input<string>>();
  /** Ways for people to call from their own machines, by the key in the config. */
  readonly developers: Readonly<Record<string, DeveloperAccess>>;
  /** Ways for people whose `access` to a service has an end, by `SERVICE.access`. */
  readonly access: Readonly<Record<string, DeveloperAccess>>;
  /** The VPC network, where the mesh makes one. */
  readonly network: MeshNetwork | undefined;
  /** The load balancer; absent where there is none. */
  readonly loadBalancer: IapLoadBalancer | undefined;
  /** Names of the backend services behind it, by the key of the service. */
  readonly backends: Readonly<Record<string, pulumi.Output<string>>>;
  /** URL of each service and function, by key: deterministic, known before anything is deployed. */
  readonly urls: Readonly<Record<string, string>>;
  /** E-mail address of the account that each service, function, job and worker pool runs as, and that each developer impersonates, by key; that of people with an end by `SERVICE.access`. */
  readonly serviceAccounts: pulumi.Output<Record<string, string>>;
  /** Who may call what, and where the config says so. */
  readonly accessMatrix: readonly AccessRow[];
  /** The same as a Mermaid flowchart. */
  readonly accessDiagram: string;

  constructor(name: string, args: CloudRunMeshArgs, opts?: pulumi.ComponentResourceOptions) {
    // No component hands its inputs on: each is an input of a resource in it, and would be sent and stored twice.
    super("cloud-run-mesh:index:CloudRunMesh", name, {}, opts);
    const { spec, lookUpAfter, heldBackends = {} } = args;
    const graph = accessGraph(spec);

    this.network = this.createNetwork(spec);
    const iap = new MeshIap(spec, graph, this, heldBackends);
    this.services = Object.fromEntries(
      Object.values(spec.services).map((service) => [
        service.key,
        new CloudRunService(
          service.key,
          { ...serviceArgs(service, spec, this.network, iap.audience(service)), lookUpAfter },
          { parent: this, ...formerNames(service.formerly) },
        ),
      ]),
    );
    this.functions = this.createFunctions(spec);
    this.jobs = Object.fromEntries(
      graph.jobs.map((job) => {
        const opts = { parent: this, ...formerNames(job.formerly) };
        return [job.key, new CloudRunJob(job.key, jobArgs(job, spec, this.network), opts)];
      }),
    );
    this.workerPools = Object.fromEntries(
      graph.workerPools.map((pool) => {
        const opts = { parent: this, ...formerNames(pool.formerly) };
        return [pool.key, new CloudRunWorkerPool(pool.key, workerPoolArgs(pool, spec, this.network), opts)];
      }),
    );
    this.callers = { ...this.services, ...this.functions, ...this.jobs, ...this.workerPools };
    const { project, region: location } = spec;
    for (const { key, accountId, serviceAccount } of runners(spec)) {
      if (serviceAccount !== undefined) continue;
      this.madeMembers.set(`serviceAccount:${accountEmail(accountId, project)}`, this.callers[key]!.member);
    }
    this.developers = this.createDevelopers(spec, graph);
    this.access = this.createAccess(graph, project);
    for (const { name: grant, formerly, from, to, role } of graph.edges) {
      if (role !== INVOKER_ROLE) continue;
      const receiver = this.receiver(to);
      const member = this.memberOf(from);
      const opts = { parent: receiver, ...formerNames(formerly) };
      new InvokerGrant(grant, { project, location, serviceName: receiver.serviceName, member }, opts);
    }
    this.createOperators(spec, graph);
    this.loadBalancer = iap.open(this.services);
    this.backends = iap.backendNames;

    this.urls = Object.fromEntries(graph.services.map(({ key, url }) => [key, url]));
    this.serviceAccounts = pulumi.output(
      Object.fromEntries(
        Object.entries({ ...this.callers, ...this.developers, ...this.access }).map(([key, { email }]) => [key, email]),
      ),
    );
    this.accessMatrix = accessMatrix(graph);
    this.accessDiagram = accessDiagram(graph);
    this.registerOutputs({});
  }

  private createNetwork({ network, project, region }: MeshSpec): MeshNetwork | undefined {
    return network && new MeshNetwork("network", { ...network, project, region }, { parent: this });
  }

  private createDevelopers(
    { developers = {}, project }: MeshSpec,
    graph: AccessGraph,
  ): Record<string, DeveloperAccess> {
    return Object.fromEntries(
      Object.values(developers).map(({ key, formerly, accountId, accessTokens = false }) => {
        const args = { accountId, accessTokens, project };
        return [key, this.createImpersonated(key, args, graph, { parent: this, ...formerNames(formerly) })];
      }),
    );
  }

  private createOperators({ operators = {}, project }: MeshSpec, graph: AccessGraph): void {
    for (const key of Object.keys(operators)) {
      const grants = graph.operators.filter(({ reason }) => reason.startsWith(`operators.${key}.`));
      new OperatorAccess(key, { project, grants }, { parent: this });
    }
  }

  /** One account for each service whose `access` has people with an end. */
  private createAccess({ services, ...graph }: AccessGraph, project: string): Record<string, DeveloperAccess> {
    return Object.fromEntries(
      services.flatMap(({ key, name, accessAccountId: accountId }) => {
        if (accountId === undefined) return [];
        const args = { accountId, project, displayName: `Calls ${name} in the place of people until their day` };
        return [[accessKey(key), this.createImpersonated(accessKey(key), args, graph, { parent: this.receiver(key) })]];
      }),
    );
  }

  private createImpersonated(
    name: string,
    args: Omit<DeveloperAccessArgs, "people"> & { accountId: string; project: string },
    { impersonations }: Pick<AccessGraph, "impersonations">,
    opts: pulumi.ComponentResourceOptions,
  ): DeveloperAccess {
    const email = accountEmail(args.accountId, args.project);
    const grants = impersonations.filter(({ account }) => account === email);
    const people = Object.fromEntries(
      grants.map(({ name: grant, formerly, member, until }) => [grant, { member, until, formerly }]),
    );
    const made = new DeveloperAccess(name, { ...args, people }, opts);
    this.madeMembers.set(`serviceAccount:${email}`, made.accountMember);
    return made;
  }

  /** Their code goes into one bucket; each object is read by the build alone. */
  private createFunctions(spec: MeshSpec): Record<string, CloudRunFunction> {
    const functions = Object.values(spec.functions ?? {});
    const made = functions.some(({ bucket }) => bucket === undefined) ? this.createBucket(spec) : undefined;
    const agents = eventAgents(spec, made, this);
    return Object.fromEntries(
      functions.map((one) => {
        const args = functionArgs(one, spec, one.bucket ?? made!.name, this.network);
        const dependsOn = one.trigger ? agents : [];
        const opts = { parent: this, dependsOn, ...formerNames(one.formerly) };
        return [one.key, new CloudRunFunction(one.key, args, opts)];
      }),
    );
  }

  private createBucket({ project, region }: MeshSpec): storage.Bucket {
    return new storage.Bucket(
      "function-source",
      {
        name: functionBucket(project, region),
        location: region,
        project,
        uniformBucketLevelAccess: true,
        publicAccessPrevention: "enforced",
        forceDestroy: true,
      },
      { parent: this },
    );
  }

  private receiver(key: string): CloudRunService | CloudRunFunction {
    return (this.services[key] ?? this.functions[key])!;
  }

  private memberOf(from: Caller): pulumi.Input<string> {
    if ("member" in from) return this.madeMembers.get(normalizedMember(from.member)) ?? from.member;
    return this.callers[callerName(from)]!.member;
  }
}
