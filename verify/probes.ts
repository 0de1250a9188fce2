/** What must pass and what must fail, for every edge of the access graph and for what is not one. */
import {
  type AccessGraph,
  type Caller,
  type CallerSpec,
  callerName,
  deploymentEnd,
  type Edge,
  type Inside,
  type ReceiverSpec,
} from "../mesh";
import { behindBalancer } from "./balancer-probes";
import { hasNoInstances, switchedOff } from "./switched-off";

/**
 * Where a request comes from: a service, job or worker pool of the mesh with its network, a VPC network of the project,
 * one of Google's own callers in it, or the internet.
 */
export type Position = Exclude<Caller, { readonly member: string }> | Inside | "internet";

/** What the request shows as its token. Every case but the first two is a forged or wrong one. */
export const TOKEN_CASES = [
  "own",
  "none",
  "expired",
  "wrong audience",
  "wrong key",
  "altered",
  "alg none",
  "other issuer",
  "access token",
] as const;
/**
 * `signed in`: no token at all, but a session with the Identity-Aware Proxy in front of the service. `forged headers`,
 * `forged assertion`: no session, but what the proxy tells a container.
 */
export type TokenCase = (typeof TOKEN_CASES)[number] | "signed in" | "forged headers" | "forged assertion";

/** Why a request has to be refused. */
export type Cause = "no token" | "no grant" | "token" | "ingress" | "not signed in" | "redirected" | "no instances";

export interface Refusal {
  readonly code: 301 | 401 | 403 | 404 | 503;
  readonly cause: Cause;
}

export type Expectation = "reaches the container" | Refusal;

export interface Probe {
  /** Who asks: key of a service, job or worker pool, or a member from outside the mesh. Absent: nobody in particular. */
  readonly caller?: string;
  /** E-mail address of the account whose token the caller mints and shows; absent where the token is the caller's own. */
  readonly via?: string;
  readonly from: Position;
  /** Key of the service that is asked. */
  readonly to: string;
  /** URL at the load balancer at which it is asked; absent for its own. */
  readonly at?: string;
  readonly token: TokenCase;
  readonly expect: Expectation;
  /** Last day, UTC, on which IAM lets it pass; absent where there is none, or where a deployment ends the grant. */
  readonly until?: string;
  /** How a deployment ends the grant, or has ended it, in words; absent where IAM ends it, or nothing. */
  readonly end?: string;
  /** Where the config says so, or what refuses it. */
  readonly because: string;
}

/**
 * Cloud Run's answers. Missing token and missing grant are 403; a token that does not hold is 401; a request from where
 * the ingress setting lets nobody in is 404. Sources: sandbox/README.md, the rows of the front end.
 */
const NO_TOKEN = { code: 403, cause: "no token" } as const;
const NO_GRANT = { code: 403, cause: "no grant" } as const;
const BAD_TOKEN = { code: 401, cause: "token" } as const;
const NO_WAY = { code: 404, cause: "ingress" } as const;
/** Identity-Aware Proxy's answer to a script; a browser is sent to sign in. */
const NOT_SIGNED_IN = { code: 401, cause: "not signed in" } as const;

/** Every probe of a mesh, service by service. */
export function probes(graph: AccessGraph): Probe[] {
  return graph.services.flatMap((service) => {
    const all = [
      ...behindBalancer(service, graph),
      ...(service.iap ? behindIap(service, graph) : behindIam(service, withoutBalancer(graph))),
    ];
    return hasNoInstances(service) ? all.map(switchedOff) : all;
  });
}

/** What is left where a service is asked at its own URL. */
function withoutBalancer(graph: AccessGraph): AccessGraph {
  return { ...graph, edges: graph.edges.filter(({ through }) => through !== "load-balancer") };
}

function behindIam(service: ReceiverSpec, graph: AccessGraph): Probe[] {
  return [
    ...graph.edges.filter(({ to }) => to === service.key).map((edge) => allowed(edge, graph)),
    ...impersonators(service, graph),
    ...refusedCallers(service, graph),
    ...endedMembers(service, graph),
    fromTheInternet(service),
    ...tokenCases(service, graph),
  ];
}

/** Identity-Aware Proxy asks everybody to sign in, whatever token they show; then it lets through whom it knows. */
function behindIap(service: ReceiverSpec, graph: AccessGraph): Probe[] {
  const from = typeof service.ingress === "object" ? "internet" : "vpc";
  const probe = { from, to: service.key } as const;
  return [
    ...graph.edges
      .filter(({ to }) => to === service.key)
      .map((edge) => ({ ...allowed(edge, graph), token: "signed in" as const })),
    { ...probe, token: "signed in", expect: NO_GRANT, because: "no grant" },
    { ...probe, token: "none", expect: NOT_SIGNED_IN, because: "not signed in" },
    ...callersBut(service, graph).map(({ key: caller, from, ...spec }): Probe => {
      const reachable = typeof service.ingress === "object" || comesThroughVpc(spec);
      const expect = reachable ? NOT_SIGNED_IN : NO_WAY;
      const because = reachable ? "no service signs in" : "ingress: no way through a VPC network";
      return { caller, from, to: service.key, token: "own", expect, because };
    }),
  ];
}

function allowed(edge: Edge, graph: AccessGraph): Probe {
  return {
    caller: callerName(edge.from),
    from: positionOf(edge, graph),
    to: edge.to,
    token: "own",
    expect: "reaches the container",
    ...endOf(edge),
    because: edge.reason,
  };
}

/** Everybody who may mint tokens of an account that may call this service. */
function impersonators({ key }: ReceiverSpec, graph: AccessGraph): Probe[] {
  return graph.edges
    .filter(({ to }) => to === key)
    .flatMap((edge) =>
      graph.impersonations
        .filter(({ account }) => callerName(edge.from) === `serviceAccount:${account}`)
        .map(({ member: caller, account: via, until, reason }) => {
          return { ...allowed(edge, graph), caller, via, ...(until && { until }), because: reason };
        }),
    );
}

/** Members from outside whose last day is over, and whose grant is left out. */
function endedMembers({ key }: ReceiverSpec, graph: AccessGraph): Probe[] {
  return graph.ended
    .filter(({ to, from }) => to === key && "member" in from)
    .map((edge) => ({
      caller: callerName(edge.from),
      from: positionOf(edge, graph),
      to: key,
      token: "own",
      expect: NO_GRANT,
      ...endOf(edge),
      because: `no grant; ${edge.reason} has ended`,
    }));
}

function endOf({ until, endsAtDeployment, isOver }: Edge): Pick<Probe, "end" | "until"> {
  if (until === undefined) return {};
  return endsAtDeployment ? { end: deploymentEnd(until, isOver === true) } : { until };
}

/** Every caller without an edge to this service: with a way to it, its missing grant refuses it, without one the ingress. */
function refusedCallers(service: ReceiverSpec, graph: AccessGraph): Probe[] {
  const allowedCallers = new Set(graph.edges.flatMap(({ to, from }) => (to === service.key ? callerName(from) : [])));
  return callersBut(service, graph)
    .filter(({ key }) => !allowedCallers.has(key))
    .map(({ key: caller, from, ...spec }) => {
      const reachable = typeof service.ingress === "object" || comesThroughVpc(spec);
      const ended = graph.ended.find(({ to, from: who }) => to === service.key && callerName(who) === caller);
      return {
        caller,
        from,
        to: service.key,
        token: "own" as const,
        expect: reachable ? NO_GRANT : NO_WAY,
        ...(ended && endOf(ended)),
        because: `${reachable ? "no grant" : "ingress: no way through a VPC network"}${ended ? `; ${ended.reason} has ended` : ""}`,
      };
    });
}

/** Everything of the mesh that could call this service, and from where. */
function callersBut({ key: own }: ReceiverSpec, { services, jobs, workerPools }: AccessGraph): Placed[] {
  return [
    ...services.filter(({ key }) => key !== own).map((spec): Placed => ({ ...spec, from: { service: spec.key } })),
    ...jobs.map((spec): Placed => ({ ...spec, from: { job: spec.key } })),
    ...workerPools.map((spec): Placed => ({ ...spec, from: { workerPool: spec.key } })),
  ];
}

interface Placed extends Pick<CallerSpec, "key" | "vpc"> {
  readonly from: Position;
}

function fromTheInternet(service: ReceiverSpec): Probe {
  const open = typeof service.ingress === "object";
  return {
    from: "internet",
    to: service.key,
    token: "none",
    expect: open ? NO_TOKEN : NO_WAY,
    because: open ? "no token" : `ingress ${String(service.ingress)}`,
  };
}

/** Sent from where the service can be reached, in the name of somebody who may call it, so that only the token is wrong. */
function tokenCases(service: ReceiverSpec, graph: AccessGraph): Probe[] {
  const edge = graph.edges.find(({ to }) => to === service.key);
  const from: Position = edge ? positionOf(edge, graph) : typeof service.ingress === "object" ? "internet" : "vpc";
  const caller = edge && callerName(edge.from);
  return TOKEN_CASES.filter((token) => token !== "own").map((token) => ({
    ...(caller && { caller }),
    from,
    to: service.key,
    token,
    expect: token === "none" ? NO_TOKEN : BAD_TOKEN,
    because: token === "none" ? "no token" : `token: ${token}`,
  }));
}

function positionOf({ from, to, through }: Edge, graph: AccessGraph): Position {
  if (!("member" in from)) return from;
  if (through === "google") return through;
  const service = graph.services.find(({ key }) => key === to);
  return typeof service?.ingress === "object" ? "internet" : "vpc";
}

function comesThroughVpc({ vpc }: Pick<CallerSpec, "vpc">): boolean {
  return vpc !== undefined && (vpc.egress === "all-traffic" || vpc.privateDnsZone);
}
