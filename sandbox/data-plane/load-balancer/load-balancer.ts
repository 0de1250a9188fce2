/**
 * Plays the global external Application Load Balancer: URL map, Cloud Armor, Identity-Aware Proxy on the backend, then
 * Cloud Run's front end with the service behind it. From the control plane's state alone.
 * Source: https://cloud.google.com/load-balancing/docs/https
 */
import type { IncomingMessage } from "node:http";
import type { ControlPlane } from "../../control-plane";
import type { Visitor } from "../callers";
import type { ReasonCode } from "../decisions";
import { type Answer, notFound, notPlayed } from "../front-end/answers";
import type { Entrance } from "../front-end/front-end";
import type { IapPassed, IapVerdict, IdentityAwareProxy } from "../iap/identity-aware-proxy";
import type { IapResources } from "../iap/resource";
import type { Principal } from "../identity/directory";
import { targetIn } from "../request-target";
import type { RunServices } from "../run-services";
import * as answers from "./answers";
import { type Backend, backendOf, type Missing, serviceBehind } from "./backends";
import { CloudArmor } from "./cloud-armor";
import { type Frontend, Frontends } from "./frontends";
import { addHeaders, hostIn } from "./headers";
import { matchUrl, redirectTo } from "./url-map";

export interface LoadBalancerOptions {
  readonly controlPlane: ControlPlane;
  readonly services: RunServices;
  readonly iap: IdentityAwareProxy;
  readonly resources: IapResources;
  readonly clock: () => Date;
}

/** Where a request got to in the load balancer, for the log. */
export interface Route {
  /** Host and path of the URL map. */
  readonly route: string;
  /** Name of the backend service. */
  readonly backend?: string;
}

/** Answered by the load balancer itself, or on its way to Cloud Run. */
export type Balanced =
  | ({
      readonly answer: Answer;
      readonly reason: ReasonCode;
      readonly message: string;
      readonly principal?: Principal;
    } & Route)
  | { readonly entrance: Entrance };

type Answered = Exclude<Balanced, { entrance: Entrance }>;

/** Addresses of documentation: the one that every client on the internet is taken to have. */
const CLIENT_ADDRESS = "203.0.113.10";

export class LoadBalancer {
  readonly #options: LoadBalancerOptions;
  readonly #frontends: Frontends;
  readonly #armor: CloudArmor;

  constructor(options: LoadBalancerOptions) {
    this.#options = options;
    this.#frontends = new Frontends(options.controlPlane);
    this.#armor = new CloudArmor(options.controlPlane);
  }

  /** Hosts with a certificate, in the order of the certificates. */
  get hosts(): readonly string[] {
    return this.#frontends.hosts();
  }

  /** Whether HTTPS requests for a host reach a load balancer. */
  answers(host: string): boolean {
    return this.#frontends.answers(host);
  }

  /**
   * What becomes of a request; its headers are changed on the way to Cloud Run.
   *
   * @param host whose address the client connected to; the request itself may name another
   * @returns undefined where nothing listens on that port
   */
  async judge(
    visitor: Visitor,
    host: string,
    port: "443" | "80",
    request: IncomingMessage,
  ): Promise<Balanced | undefined> {
    const frontend = this.#frontends.find(host, port);
    return frontend && this.#route(visitor, frontend, port, request);
  }

  async #route(
    visitor: Visitor,
    { name, urlMap }: Frontend,
    port: "443" | "80",
    request: IncomingMessage,
  ): Promise<Balanced> {
    const { controlPlane, services, iap, resources, clock } = this.#options;
    const [host, target] = [hostIn(request), targetIn(request)];
    const [path = "/"] = target.split("?", 1);
    const { route, destination } = matchUrl(urlMap, host, path);
    if (destination.kind === "redirect") {
      const { code, location } = redirectTo(destination.redirect, port === "443" ? "https" : "http", host, target);
      const message = `the URL map of ${name} redirects to ${location.split("?", 1)[0]}`;
      return { answer: answers.redirect(code, location), reason: "redirected", message, route };
    }
    if (destination.kind === "not-played") {
      return {
        answer: notPlayed(destination.what),
        reason: "api-not-played",
        message: `not played: ${destination.what}`,
        route,
      };
    }
    const backend = backendOf(controlPlane, destination.service);
    if (!backend) {
      const message = `the URL map of ${name} names a backend service that is not there: ${destination.service}`;
      return { answer: answers.badGateway(), reason: "no-backend", message, route };
    }
    const refuse = (reason: ReasonCode, answer: Answer, message: string, principal?: Principal): Answered => {
      return { answer, reason, message, route, backend: backend.name, ...(principal && { principal }) };
    };
    const denial = this.#armor.judge(backend, CLIENT_ADDRESS, clock());
    if (denial) return refuse("security-policy", answers.denied(denial.code), denial.message);
    let passed: IapPassed | undefined;
    if (isGuarded(backend)) {
      const asked = { host, target, method: request.method ?? "", headers: request.headers, person: visitor.person };
      const verdict: IapVerdict = await iap.judge(resources.ofBackend(backend), asked);
      if (!verdict.passes) return refuse(verdict.reason, verdict.answer, verdict.message, verdict.principal);
      passed = verdict;
    }
    const service = serviceBehind(backend, controlPlane, services);
    if ("missing" in service) return refuse(...unserved(service));
    addHeaders(request, CLIENT_ADDRESS);
    const position = { from: "load-balancer" } as const;
    const balanced = { route, backend: backend.name };
    return { entrance: { visitor, position, service, balanced, ...(passed && { iap: passed }) } };
  }
}

function isGuarded({ state }: Backend): boolean {
  const { iap } = state;
  return typeof iap === "object" && iap !== null && (iap as { enabled?: unknown }).enabled === true;
}

/** Assumed: Cloud Run's own page where its service is not there. */
function unserved({ missing, message }: Missing): [ReasonCode, Answer, string] {
  if (missing === "no-service") return ["no-backend", notFound(), message];
  if (missing === "not-played") return ["api-not-played", notPlayed("backends other than Cloud Run services"), message];
  return ["no-backend", answers.badGateway(), message];
}
