/**
 * Identity-Aware Proxy in a mesh: on services themselves, or on a load balancer in front of them. Its agent, which calls
 * them all, and the OAuth client that people of a workforce pool sign in with are there once.
 */

import * as projects from "@pulumi/gcp/projects";
import * as pulumi from "@pulumi/pulumi";
import { backendAudience } from "../google/run";
import { type AccessGraph, IAP_ACCESSOR_ROLE, type LoadBalancerSpec, type MeshSpec, type ServiceSpec } from "../mesh";
import type { CloudRunService } from "./cloud-run-service";
import { formerNames } from "./former-names";
import { IapAccess, type IapAccessor } from "./iap-access";
import { IapBackend, type IapBackendArgs } from "./iap-backend";
import { IapLoadBalancer } from "./iap-load-balancer";
import { IapOauthClient } from "./iap-oauth-client";
import type { IapSignIn } from "./iap-settings";
import { cloudArmor } from "./load-balancer/cloud-armor";

type Services = Readonly<Record<string, CloudRunService>>;

/** Logical name of the load balancer and of what it has one of. */
const BALANCER = "load-balancer";

export class MeshIap {
  /** Backend services by the key of the service. */
  private backends: Readonly<Record<string, IapBackend>> = {};
  /** OAuth clients by their ids. A client is a project's, and signs people of whatever pool in. */
  private readonly clients = new Map<string, IapOauthClient>();

  /** @param held ids of the backend services that the stack holds, by the key of the service */
  constructor(
    private readonly spec: MeshSpec,
    private readonly graph: AccessGraph,
    private readonly parent: pulumi.ComponentResource,
    private readonly held: Readonly<Record<string, string>>,
  ) {
    if (!spec.loadBalancer?.servicesFirst) this.createBackends(({ name }) => ({ serviceName: name }));
  }

  /** What assertions for a service are meant for; nothing where the load balancer does not lead to it. */
  audience(service: ServiceSpec): pulumi.Input<string> | undefined {
    if (!service.routed) return undefined;
    // No backend service has the id 0: until the next update the service starts, and lets nobody in.
    const id = () => this.heldId(service) ?? "0";
    return this.backends[service.key]?.audience ?? backendAudience(this.spec.projectNumber, id());
  }

  private heldId({ key, formerly = key }: ServiceSpec): string | undefined {
    return this.held[key] ?? this.held[formerly];
  }

  /** Names of the backend services, by the key of the service. */
  get backendNames(): Record<string, pulumi.Output<string>> {
    return Object.fromEntries(Object.entries(this.backends).map(([key, { backendName }]) => [key, backendName]));
  }

  /** Lets IAP call the services, and leads people to them. @returns the load balancer, where there is one */
  open(services: Services): IapLoadBalancer | undefined {
    const access = this.createAccess(services);
    const { loadBalancer, project } = this.spec;
    if (!loadBalancer) return undefined;
    if (loadBalancer.servicesFirst) {
      this.createBackends(({ key }) => ({ serviceName: services[key]!.serviceName, leadsAfter: [access[key]!] }));
      this.warnOfSecondUpdate();
    }
    const { domains, dnsZone, routes } = loadBalancer;
    return new IapLoadBalancer(
      BALANCER,
      {
        project,
        domains,
        dnsZone,
        routes: Object.fromEntries(routes.map(({ path, service }) => [path, this.backends[service]!.backendService])),
        leadsAfter: Object.entries(this.backends).flatMap(([key, backend]) => [services[key]!, access[key]!, backend]),
      },
      { parent: this.parent },
    );
  }

  private createBackends(service: (spec: ServiceSpec) => Pick<IapBackendArgs, "leadsAfter" | "serviceName">): void {
    const { loadBalancer, services, project, projectNumber, region: location } = this.spec;
    if (!loadBalancer) return;
    const { iap, protection, servicesFirst } = loadBalancer;
    const inside = { parent: this.parent };
    const armor = protection && cloudArmor(BALANCER, { project, ...protection }, inside);
    const args = {
      ...{ project, projectNumber, location },
      signIn: this.signIn(iap),
      ...(armor && { securityPolicy: armor.id }),
      replaceWithService: !servicesFirst,
    };
    this.backends = Object.fromEntries(
      Object.values(services)
        .filter(({ routed }) => routed)
        .map((spec) => {
          const own = { ...service(spec), access: this.accessTo(spec.key) };
          const opts = { ...inside, ...formerNames(spec.formerly) };
          return [spec.key, new IapBackend(spec.key, { ...args, ...own }, opts)];
        }),
    );
  }

  /** The agent exists once a project; switching the API on does not make it, so it is asked for. */
  private createAccess(services: Services): Record<string, IapAccess> {
    const { project, region: location, projectNumber } = this.spec;
    const behind = Object.values(this.spec.services).filter(({ iap, routed }) => iap ?? routed);
    if (behind.length === 0) return {};
    const inside = { parent: this.parent };
    const agent = new projects.ServiceIdentity("iap-agent", { service: "iap.googleapis.com", project }, inside);
    return Object.fromEntries(
      behind.map(({ key, formerly, iap }) => {
        const args = {
          ...{ project, location, formerly },
          serviceName: services[key]!.serviceName,
          agent: agent.member,
          access: iap ? this.accessTo(key) : {},
          signIn: iap && { ...this.signIn(iap), projectNumber },
        };
        return [key, new IapAccess(key, args, inside)];
      }),
    );
  }

  private accessTo(key: string): Record<string, IapAccessor> {
    const edges = this.graph.edges.filter(({ to, role }) => to === key && role === IAP_ACCESSOR_ROLE);
    return Object.fromEntries(
      edges.flatMap(({ name, from, until, formerly }) =>
        "member" in from
          ? [[name, { member: from.member, ...(until && { until }), ...(formerly && { formerly }) }]]
          : [],
      ),
    );
  }

  private signIn({ workforce, reauth }: LoadBalancerSpec["iap"]): IapSignIn {
    return { ...(workforce && { workforce: this.workforceSignIn(workforce) }), ...(reauth && { reauth }) };
  }

  /** A pool that the load balancer has too is signed in to by the load balancer's client. */
  private workforceSignIn({ pool, oauthClient: own }: { readonly pool: string; readonly oauthClient: string }) {
    const front = this.spec.loadBalancer?.iap.workforce;
    const oauthClientId = front?.pool === pool ? front.oauthClient : own;
    const made = this.clients.get(oauthClientId) ?? this.createClient(oauthClientId);
    return { pool, clientId: made.clientId, clientSecret: made.clientSecret };
  }

  private createClient(oauthClientId: string): IapOauthClient {
    const args = { project: this.spec.project, oauthClientId };
    const made = new IapOauthClient(oauthClientId, args, { parent: this.parent });
    this.clients.set(oauthClientId, made);
    return made;
  }

  private warnOfSecondUpdate(): void {
    const unaware = Object.values(this.spec.services).filter((one) => one.routed && this.heldId(one) === undefined);
    if (unaware.length === 0) return;
    const names = unaware.map(({ key }) => `"${key}"`).join(", ");
    const message = `loadBalancer.order: "services-first" takes a second update, in which each of ${names} is told what IAP's assertions are meant for; until then each refuses everybody`;
    void pulumi.log.warn(message, this.parent);
  }
}
