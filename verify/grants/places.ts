/** Where the access of a mesh is written down at Google, and what the config says to stand there. */
import { accountEmail, iapAgent } from "../../google/accounts";
import {
  type AccessGraph,
  type CloudSqlSpec,
  callerName,
  DATABASE_ROLES,
  type Edge,
  IAP_ACCESSOR_ROLE,
  INVOKER_ROLE,
  instanceCondition,
  instanceParts,
  type ReceiverSpec,
  untilCondition,
} from "../../mesh";
import { type Settings, settingsOf } from "./settings";

/** One member of an IAM policy that the config declares. */
export interface DeclaredGrant {
  /** As IAM writes it: `user:ada@acme.com`. */
  readonly member: string;
  readonly role: string;
  /** Expression of the condition. Absent where it must have none. */
  readonly condition?: string;
  /** Where the config says so. */
  readonly reason: string;
}

/** One that the next deployment takes away. */
export interface EndedGrant extends DeclaredGrant {
  /** Last day, UTC. */
  readonly until: string;
}

/** What is around a mesh: a policy here reaches whatever is in the project, or in the region, the mesh included. */
export type WidePlace = "project" | "iap-project" | "iap-region" | "iap-compute";

/** Something with an IAM policy that says who calls, or who acts as somebody that calls. */
export interface Place {
  readonly kind: "service" | "iap" | "iap-backend" | "account" | WidePlace;
  /** What Google calls it: name of the service or of its backend service, e-mail address of the account, id of the project, region. */
  readonly name: string;
  /** For people: `service "web"`. */
  readonly label: string;
  /** Where the config speaks of it: `services.web`. Absent for accounts and the project. */
  readonly path?: string;
  readonly declared: readonly DeclaredGrant[];
  /** What the config declares until a day that is over, where the deployment ends it. */
  readonly ended?: readonly EndedGrant[];
  /** How a service lets requests come to it; of services alone. */
  readonly settings?: Settings;
}

/** A deployed mesh. */
export interface MeshInPlace {
  readonly graph: AccessGraph;
  /** Project id. */
  readonly project: string;
  readonly region: string;
  /** E-mail addresses by key, as the stack's outputs tell them. */
  readonly serviceAccounts: Readonly<Record<string, string>>;
  /** Names of the backend services behind the load balancer, by the key of the service. @default none */
  readonly backends?: Readonly<Record<string, string>>;
}

/** Every place of a mesh: services in the order of the config, the proxies on them, accounts, and the project. */
export function placesOf(mesh: MeshInPlace): Place[] {
  const { graph, project } = mesh;
  const behindIap = graph.services.filter(({ iap }) => iap);
  const routed = graph.services.filter((service) => service.routed);
  return [
    ...graph.services.map((service) => servicePlace(service, mesh)),
    ...behindIap.map((service) => iapPlace(service, mesh)),
    ...routed.map((service) => backendPlace(service, mesh)),
    ...accountsOf(mesh).map(({ email, label }): Place => {
      const declared = graph.impersonations
        .filter(({ account }) => account === email)
        .map(({ member, role, until, reason }) => ({ member, role, ...ending(until), reason }));
      return { kind: "account", name: email, label, declared };
    }),
    ...proxiesAround(mesh, { onServices: behindIap.length > 0, onBackends: routed.length > 0 }),
    { kind: "project", name: project, label: `project "${project}"`, declared: projectRoles(mesh) },
  ];
}

/** The grants of calls have no condition: the provider cannot keep one in a policy of Cloud Run. */
function servicePlace(service: ReceiverSpec, mesh: MeshInPlace): Place {
  const { key, name, iap, routed } = service;
  return {
    kind: "service",
    name,
    label: `service "${key}"`,
    path: pathOf(service),
    declared: [
      ...edgesTo(key, INVOKER_ROLE, mesh.graph.edges, mesh).map(({ until: _, ...grant }) => grant),
      ...(iap || routed ? [agentGrant(service, mesh)] : []),
    ],
    ended: edgesTo(key, INVOKER_ROLE, mesh.graph.ended, mesh).map(({ until = "", ...grant }) => ({ ...grant, until })),
    settings: settingsOf(service),
  };
}

function iapPlace(service: ReceiverSpec, mesh: MeshInPlace): Place {
  const declared = edgesTo(service.key, IAP_ACCESSOR_ROLE, mesh.graph.edges, mesh).map(({ until, ...grant }) => ({
    ...grant,
    ...ending(until),
  }));
  const label = `Identity-Aware Proxy on service "${service.key}"`;
  return { kind: "iap", name: service.name, label, path: pathOf(service), declared };
}

function backendPlace(service: ReceiverSpec, mesh: MeshInPlace): Place {
  const label = `Identity-Aware Proxy before service "${service.key}"`;
  const name = mesh.backends?.[service.key] ?? "";
  return { ...iapPlace(service, mesh), kind: "iap-backend", name, label };
}

/** Where the proxies inherit from. Source: https://cloud.google.com/sdk/gcloud/reference/iap/web/add-iam-policy-binding */
function proxiesAround(
  { project, region }: MeshInPlace,
  { onServices, onBackends }: { readonly onServices: boolean; readonly onBackends: boolean },
): Place[] {
  const label = "Identity-Aware Proxy on everything in";
  const inRegion = `${label} "${project}" on Cloud Run in ${region}`;
  const onBalancers = `${label} "${project}" behind a load balancer`;
  return [
    ...(onServices ? [{ kind: "iap-region", name: region, label: inRegion, declared: [] } as const] : []),
    ...(onBackends ? [{ kind: "iap-compute", name: project, label: onBalancers, declared: [] } as const] : []),
    ...(onServices || onBackends
      ? [{ kind: "iap-project", name: project, label: `${label} "${project}"`, declared: [] } as const]
      : []),
  ];
}

/** The proxy calls in its own name. Source: https://cloud.google.com/run/docs/securing/identity-aware-proxy-cloud-run */
function agentGrant(service: ReceiverSpec, { graph }: MeshInPlace): DeclaredGrant {
  const member = `serviceAccount:${iapAgent(projectNumber(graph) ?? "unknown")}`;
  return { member, role: INVOKER_ROLE, reason: service.routed ? "loadBalancer.iap" : `${pathOf(service)}.iap` };
}

/** It stands in every URL of the mesh. */
export function projectNumber({ services }: AccessGraph): string | undefined {
  return services.map(({ url }) => /-(\d+)\.[^.]+\.run\.app$/.exec(url)?.[1]).find((number) => number !== undefined);
}

function edgesTo(key: string, wanted: string, edges: readonly Edge[], { serviceAccounts }: MeshInPlace) {
  return edges
    .filter(({ to, role }) => to === key && role === wanted)
    .map(({ from, role, until, reason }) => {
      const member =
        "member" in from ? from.member : `serviceAccount:${serviceAccounts[callerName(from)] ?? "unknown"}`;
      return { member, role, until, reason };
    });
}

/** What runs as an account, what is called as one, what builds as one: whoever acts as it acts as a part of the mesh. */
function accountsOf({ graph, project, serviceAccounts }: MeshInPlace): { email: string; label: string }[] {
  const emails = new Map<string, string>();
  const add = (email: string, label: string) => emails.has(email) || emails.set(email, label);
  for (const [key, email] of Object.entries(serviceAccounts)) add(email, `account of "${key}"`);
  for (const { account } of graph.impersonations) add(account, `account ${account}`);
  for (const { key, ...service } of graph.services) {
    for (const [property, does] of Object.entries({ triggerAccountId: "events to", buildAccountId: "builds of" })) {
      const id = (service as Readonly<Record<string, unknown>>)[property];
      if (typeof id === "string") add(accountEmail(id, project), `account for ${does} "${key}"`);
    }
  }
  return [...emails].map(([email, label]) => ({ email, label }));
}

/** Roles that the config gives to accounts on the project. */
function projectRoles({ graph, project, serviceAccounts }: MeshInPlace): DeclaredGrant[] {
  const people = graph.operators
    .filter(({ on }) => on.kind === "project" && on.name === project)
    .map(({ member, role, until, reason }) => ({ member, role, ...ending(until), reason }));
  const accounts = [...graph.services, ...graph.jobs, ...graph.workerPools].flatMap((node) => {
    const { roles = [] } = node as { readonly roles?: readonly string[] };
    const member = accountMember(node.key, serviceAccounts);
    return [
      ...roles.map((role) => ({ member, role, reason: `roles of "${node.key}"` })),
      ...databaseRoles(node, project).map((grant) => ({ ...grant, member })),
    ];
  });
  return [...accounts, ...people];
}

/** The way into a database of the project. */
function databaseRoles(node: { readonly key: string; readonly cloudSql?: CloudSqlSpec }, project: string) {
  const { key, cloudSql } = node;
  if (!cloudSql || instanceParts(cloudSql.instance).project !== project) return [];
  const condition = instanceCondition(cloudSql.instance).expression;
  return DATABASE_ROLES.map((role) => ({ role, condition, reason: `services.${key}.cloudSql` }));
}

/** What is not deployed has no account, and so is found in no policy. */
function accountMember(key: string, serviceAccounts: MeshInPlace["serviceAccounts"]): string {
  return key in serviceAccounts ? `serviceAccount:${serviceAccounts[key]}` : `the account of "${key}"`;
}

function ending(until: string | undefined): { condition?: string } {
  return until === undefined ? {} : { condition: untilCondition(until).expression };
}

function pathOf(service: ReceiverSpec): string {
  return `${"buildAccountId" in service ? "functions" : "services"}.${service.key}`;
}
