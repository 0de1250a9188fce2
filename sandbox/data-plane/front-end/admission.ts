/**
 * Decides about a request before a container sees it, in Cloud Run's order: host, ingress, Identity-Aware
 * Proxy where it is on, else token and invoker. From the
 * control plane's state alone: what the program meant is not known here.
 */
import type { IncomingHttpHeaders } from "node:http";
import type { ControlPlane } from "../../control-plane";
import { listAt, numberAt, textAt } from "../../control-plane/properties";
import type { ReasonCode } from "../decisions";
import type { IapAgent } from "../iap/agent";
import type { IapPassed, IdentityAwareProxy } from "../iap/identity-aware-proxy";
import type { IapResources } from "../iap/resource";
import type { Directory, Principal } from "../identity/directory";
import { networkOf, type Position } from "../network";
import { isFunctionHost, type RunService, type RunServices } from "../run-services";
import { type Answer, forbidden, notFound, unauthorized, unavailable } from "./answers";
import { bearer } from "./bearer";
import type { TokenVerifier } from "./id-token";
import { mayInvoke, opennessOf } from "./invokers";

export interface Arrival {
  readonly host: string;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly position: Position;
  /** Address of the person whose browser it is. */
  readonly person?: string;
  /** Set by a load balancer, which knows the service and not its host. */
  readonly service?: RunService;
  /** What Identity-Aware Proxy on the load balancer let through. */
  readonly iap?: IapPassed;
}

/** The header that a token was taken from. */
export type TokenHeader = "x-serverless-authorization" | "authorization";

export type Admission =
  | {
      readonly admitted: true;
      readonly service: RunService;
      /** Path and query as the container hears them. */
      readonly target: string;
      readonly reason: ReasonCode;
      readonly message: string;
      readonly principal?: Principal;
      /** Whose signature is to be removed. */
      readonly tokenHeader?: TokenHeader;
      /** What Identity-Aware Proxy adds; absent where the request did not come through it. */
      readonly iapHeaders?: readonly string[];
    }
  | {
      readonly admitted: false;
      readonly answer: Answer;
      readonly reason: ReasonCode;
      readonly message: string;
      readonly service?: RunService;
      readonly principal?: Principal;
    };

export interface Judges {
  readonly controlPlane: ControlPlane;
  readonly services: RunServices;
  readonly directory: Directory;
  readonly verifier: TokenVerifier;
  readonly iap: IdentityAwareProxy;
  readonly agent: IapAgent;
  readonly resources: IapResources;
  readonly clock: () => Date;
}

/** Seen: https://cloud.google.com/run/docs/known-issues#ah warns of these and of "some" other paths ending in z. */
const RESERVED = /^\/(?:healthz|eventlog|_ah(?:\/.*)?)$/;

export async function admit(arrival: Arrival, judges: Judges): Promise<Admission> {
  const { controlPlane, services, directory, verifier, iap, agent, resources, clock } = judges;
  const { host, position, headers, method, target, person } = arrival;
  const [path = "/"] = arrival.target.split("?", 1);
  const led = arrival.service === undefined && isFunctionHost(host) ? services.byFunctionUrl(host, target) : undefined;
  const heard = led?.target ?? target;
  const service = arrival.service ?? led?.service ?? services.byHost(host);
  if (!service && isFunctionHost(host)) {
    return refuse("host-unknown", notFound(), `no function has the URL https://${host}${path}`);
  }
  if (!service) return refuse("host-unknown", notFound(), `no Cloud Run service has the host ${host}`);
  const no = (reason: ReasonCode, answer: Answer, message: string, principal?: Principal): Admission => {
    return { ...refuse(reason, answer, message), service, ...(principal && { principal }) };
  };
  const yes = (reason: ReasonCode, message: string) =>
    ({ admitted: true, service, target: heard, reason, message }) as const;

  if (RESERVED.test(heard.split("?", 1)[0] ?? "/"))
    return no("path-reserved", notFound(), `Cloud Run keeps ${path} to itself`);
  if (!ingressAllows(service, position, controlPlane)) {
    const ingress = String(service.state["ingress"]).replace("INGRESS_TRAFFIC_", "").toLowerCase();
    return no(
      "ingress",
      notFound(),
      `ingress of ${service.name} is ${ingress}; the request came from ${place(position)}`,
    );
  }
  if (service.state["defaultUriDisabled"] === true && position.from !== "load-balancer") {
    return no("default-url-disabled", notFound(), `the default URL of ${service.name} is switched off`);
  }
  if (!service.isReady) return no("no-ready-revision", unavailable(), `${service.name} has no revision that is ready`);
  if (hasNoInstances(service, host)) {
    return no("no-instances", unavailable(), `${service.name} has no instances: it is scaled to 0 by hand`);
  }
  const now = clock();
  const open = opennessOf(service, controlPlane, now);
  let { iap: passed } = arrival;
  if (service.state["iapEnabled"] === true) {
    const verdict = await iap.judge(resources.ofService(service), { host, method, target, headers, person });
    if (!verdict.passes) return no(verdict.reason, verdict.answer, verdict.message, verdict.principal);
    passed = verdict;
  }
  if (passed) {
    const { principal, message } = passed;
    const invoker = open ?? agent.mayCall(service, now);
    if (!invoker.may) {
      const why = `the agent of Identity-Aware Proxy may not call: ${invoker.message}`;
      return no("iap-agent", forbidden(path), why, principal);
    }
    const iapHeaders = [...passed.headers, ...(await agent.headers(service))];
    return { ...yes("iap", message), ...(principal && { principal }), iapHeaders };
  }
  if (open) return yes(open.reason, open.message);
  const tokenHeader =
    headers["x-serverless-authorization"] === undefined ? "authorization" : "x-serverless-authorization";
  const token = bearer(headers[tokenHeader]);
  if (token === undefined) return no("no-token", forbidden(path), "the request carries no token");
  const audiences = [...service.urls, ...listAt(service.state, "customAudiences").map(String)];
  const verified = await verifier.verify(token, { audiences, now });
  if ("refused" in verified) return no(verified.refused, unauthorized(path), verified.message);
  const principal = directory.identify(verified.claims);
  const verdict = mayInvoke(principal, service, controlPlane, now);
  if (!verdict.may) return no(verdict.reason, forbidden(path), verdict.message, principal);
  return { ...yes(verdict.reason, verdict.message), principal, tokenHeader };
}

/**
 * Source: https://cloud.google.com/run/docs/securing/ingress. A network counts when it is in the service's project, or
 * when the service itself is attached to it (Shared VPC); Google's own callers count in the service's project, on its
 * default URL.
 */
function ingressAllows(service: RunService, position: Position, controlPlane: ControlPlane): boolean {
  const { ingress } = service.state;
  if (ingress === "INGRESS_TRAFFIC_ALL") return true;
  if (position.from === "load-balancer") return ingress === "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER";
  if (position.from === "google") return position.project === service.project;
  if (position.from !== "vpc") return false;
  return position.network.split("/")[1] === service.project || position.network === networkOf(service, controlPlane);
}

/**
 * Whether a service is scaled to no instances by hand. A revision that has a tag and no traffic starts one all the same, on
 * the tag's URL. Source: https://cloud.google.com/run/docs/configuring/services/manual-scaling
 */
function hasNoInstances({ state }: RunService, host: string): boolean {
  if (
    textAt(state, "scaling", "scalingMode") !== "MANUAL" ||
    (numberAt(state, "scaling", "manualInstanceCount") ?? 0) > 0
  ) {
    return false;
  }
  const tag = /^(.+?)---/.exec(host)?.[1];
  const target = listAt(state, "trafficStatuses").find((one) => tag !== undefined && textAt(one, "tag") === tag);
  return target === undefined || (numberAt(target, "percent") ?? 0) > 0;
}

function place(position: Position): string {
  if (position.from === "google") return `one of Google's own callers in ${position.project}`;
  return position.from === "vpc" ? position.network : `the ${position.from.replace("-", " ")}`;
}

function refuse(reason: ReasonCode, answer: Answer, message: string): Admission & { admitted: false } {
  return { admitted: false, reason, answer, message };
}
