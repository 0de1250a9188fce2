import { rmSync } from "node:fs";
import * as path from "node:path";
import { projectOfEmail } from "../../google/accounts";
import { refuseRealCredentials } from "../engine/cli/child-environment";
import { temporaryFolder } from "../files/temporary-folder";
import { AccessDesk } from "./access";
import { type Caller, egressOf, type Runs } from "./callers";
import type { Decision } from "./decisions";
import { FrontEnd } from "./front-end/front-end";
import { TokenVerifier } from "./front-end/id-token";
import { type GoogleApis, googleApis } from "./google-apis/apis";
import { IapAgent } from "./iap/agent";
import { Handshake, IAP_HOST } from "./iap/handshake";
import { IdentityAwareProxy } from "./iap/identity-aware-proxy";
import { IapResources } from "./iap/resource";
import { Identities } from "./identity/identities";
import type { TokenOverrides } from "./identity/issuer";
import type { MetadataFault } from "./identity/metadata-server";
import { LoadBalancer } from "./load-balancer/load-balancer";
import { networkId, type Position, routeOf } from "./network";
import type { DataPlaneOptions, ProxyAccess, Stats } from "./options";
import { Fleet } from "./processes/fleet";
import { onLastMoment } from "./processes/last-moment";
import { createAuthority } from "./proxy/certificates";
import { ForwardProxy } from "./proxy/forward-proxy";
import { isServiceHost, RunServices } from "./run-services";
import { runTask, type Standing } from "./run-tasks";
import { PeopleSignIn } from "./sign-in/people-sign-in";
import type { SignIn } from "./sign-in/sign-in";
import { Traffic } from "./traffic";

/** Opens the data plane; its services are starting when this resolves. Throws where real credentials are in reach. */
export async function openDataPlane(options: DataPlaneOptions): Promise<DataPlane> {
  refuseRealCredentials(options.env ?? process.env);
  return DataPlane.open(options);
}

/** Runs what the control plane holds: processes, the front end before them, identities, and the one way out. */
export class DataPlane {
  /** Also where a load balancer enters. */
  readonly frontEnd: FrontEnd;
  readonly balancer: LoadBalancer;
  /** Where people sign in, and what whoever asks for it learns of them. */
  readonly signIn: SignIn;
  readonly #options: DataPlaneOptions;
  readonly #clock: () => Date;
  readonly #folder = temporaryFolder();
  readonly #services: RunServices;
  readonly #identities: Identities;
  readonly #iap: IdentityAwareProxy;
  readonly #people: PeopleSignIn;
  readonly #apis: GoogleApis;
  readonly #desk = new AccessDesk(this.#folder, (visitor) => this.#proxy!.open(visitor));
  readonly #fleet: Fleet;
  readonly #decisions: Record<number, number> = {};
  readonly #opening: Promise<void>;
  readonly #forgetLastMoment: () => void;
  #proxy: ForwardProxy | undefined;
  #openedInMs = 0;
  #closing: Promise<void> | undefined;

  private constructor(options: DataPlaneOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => new Date());
    const { controlPlane } = options;
    this.#services = new RunServices(controlPlane);
    this.#identities = new Identities(controlPlane, this.#clock, options.people);
    this.#fleet = new Fleet({
      ...options,
      services: this.#services,
      identities: this.#identities,
      desk: this.#desk,
      homes: options.homes ?? path.join(this.#folder, "homes"),
    });
    const { directory, assertions: signer, issuer } = this.#identities;
    const verifier = new TokenVerifier(issuer);
    const apis: GoogleApis = (host, request, response) => this.#apis(host, request, response);
    const everybody = { controlPlane, directory, people: options.people ?? [], clock: this.#clock };
    this.#people = new PeopleSignIn({ ...everybody, apis });
    this.#apis = googleApis({
      controlPlane,
      identities: this.#identities,
      workforce: this.#people,
      clock: this.#clock,
    });
    this.signIn = options.signIn ?? this.#people;
    const handshake = new Handshake(this.signIn, directory, this.#clock);
    this.#iap = new IdentityAwareProxy({ controlPlane, directory, signer, verifier, handshake, clock: this.#clock });
    const resources = new IapResources(controlPlane);
    const judges = {
      ...{ controlPlane, services: this.#services, directory, verifier, iap: this.#iap, resources, clock: this.#clock },
      agent: new IapAgent({ controlPlane, directory, issuer, resources, clock: this.#clock }),
    };
    this.balancer = new LoadBalancer(judges);
    this.frontEnd = new FrontEnd({
      ...judges,
      backendOf: ({ id }) => this.#fleet.byId(id)?.runner,
      onDecision: (decision) => this.tell(decision),
    });
    this.#forgetLastMoment = onLastMoment({ close: () => this.close(), kill: () => this.#kill() });
    this.#opening = this.#open();
  }

  static async open(options: DataPlaneOptions): Promise<DataPlane> {
    const started = performance.now();
    const plane = new DataPlane(options);
    try {
      await plane.#opening;
    } catch (error) {
      await plane.close();
      throw error;
    }
    plane.#openedInMs = performance.now() - started;
    return plane;
  }

  /** Resolves when every service listens. Rejects with all that do not, each with what it does and wrote last. */
  ready(): Promise<void> {
    return this.#fleet.ready();
  }

  /** A way into the mesh for a process that is not one of its services, or that stands in for one. */
  async proxyFor(caller: Caller): Promise<ProxyAccess> {
    if ("service" in caller) return this.#fleet.byName(caller.service).access;
    if ("job" in caller) return this.#standIn(caller, () => runTask("job", caller.job, this.#options.controlPlane));
    if ("workerPool" in caller) {
      return this.#standIn(caller, () => runTask("workerPool", caller.workerPool, this.#options.controlPlane));
    }
    const { email, network, byGoogle } = caller;
    const [home] = this.#services.all();
    const metadata = this.#identities.metadataFor(email, home);
    const project = (email && projectOfEmail(email)) ?? home?.project ?? "sandbox";
    const outside: Position = byGoogle ? { from: "google", project } : { from: "internet" };
    const position: Position = network === undefined ? outside : { from: "vpc", network: networkId(network, project) };
    return this.#desk.give({
      name: () => email ?? "nobody",
      route: () => position,
      ...(metadata ? { metadata } : email && { person: email }),
    });
  }

  /** A way into the mesh in the place of what runs on Cloud Run and not here: with its identity, from its network. */
  #standIn(of: Runs, current: () => Standing): Promise<ProxyAccess> {
    const { controlPlane, egress } = this.#options;
    const metadata = this.#identities.metadataOf(current);
    const route = (host: string) => routeOf(current(), host, controlPlane);
    return this.#desk.give({ name: () => current().account, route, metadata, egress: egressOf(of, egress) });
  }

  /**
   * An ID token for an address or for a service's own account; overrides make it wrong on purpose. The audience is that
   * of a service account's token: a person's is for gcloud, and Cloud Run takes it for every service.
   */
  async idToken(who: string, audience: string, overrides?: TokenOverrides): Promise<string> {
    return this.#identities.idToken(this.#email(who), audience, overrides);
  }

  /** An access token for an address or for a service's own account, good for the Google APIs that are played. */
  accessToken(who: string): string {
    return this.#identities.issuer.accessToken(this.#email(who)).token;
  }

  /**
   * An ID token of the company's directory, as somebody of a workforce pool has one before they ask Google for anything.
   *
   * @param provider `locations/global/workforcePools/POOL/providers/PROVIDER`
   * @throws SignInError where somebody is not in the directory, or there is no such provider
   */
  workforceToken(who: string, provider: string): Promise<string> {
    return this.#people.idToken(who, provider);
  }

  /** Whether a host is one that browsers open: a load balancer's, a service's, or one where people sign in. */
  opensInBrowsers(host: string): boolean {
    return this.balancer.answers(host) || this.signIn.plays(host) || host === IAP_HOST || isServiceHost(host);
  }

  /** Replaces a service's process, or starts it, with what the control plane holds now; no request is lost. */
  async restart(service: string): Promise<void> {
    if (this.#closing) throw new Error("the data plane is closed");
    await this.#fleet.restart(service);
  }

  /** Makes a service's metadata server fail, for tests; without a fault it works again. */
  breakMetadata(service: string, fault?: MetadataFault): void {
    this.#fleet.byName(service).metadata.fault = fault;
  }

  get stats(): Stats {
    return {
      openedInMs: this.#openedInMs,
      decisions: { ...this.#decisions },
      connections: this.#proxy?.connections ?? 0,
      services: this.#fleet.status(),
    };
  }

  /** Ends every process, first with SIGTERM, and closes every port. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #open(): Promise<void> {
    const { allow = [], egress = [] } = this.#options;
    const authority = await createAuthority();
    // What is let through meets real certificates.
    this.#desk.trust(authority.certificate, [...allow, ...egress.flatMap(({ hosts }) => hosts)].length > 0);
    const clock = this.#clock;
    const onDecision = (decision: Decision) => this.tell(decision);
    const traffic = new Traffic({
      frontEnd: this.frontEnd,
      balancer: this.balancer,
      iap: this.#iap,
      signIn: this.signIn,
      apis: this.#apis,
      clock,
      onDecision,
    });
    this.#proxy = new ForwardProxy({ authority, allow, clock, traffic, onDecision });
    this.#fleet.startAll();
  }

  /** Counts and tells a decision, which may have been made on the way here. */
  tell(decision: Decision): void {
    this.#decisions[decision.code] = (this.#decisions[decision.code] ?? 0) + 1;
    this.#options.onDecision?.(decision);
  }

  #email(who: string): string {
    return who.includes("@") ? who : this.#fleet.byName(who).service.account;
  }

  #kill(): void {
    this.#fleet.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #close(): Promise<void> {
    await this.#opening.catch(() => {});
    // Processes first: what they are answering may still need the way out.
    await this.#fleet.stop();
    await this.#desk.close();
    await this.#proxy?.close();
    rmSync(this.#folder, { recursive: true, force: true });
    this.#forgetLastMoment();
  }
}
