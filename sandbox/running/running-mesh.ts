/** A deployed stack, running: its services behind the front end, and somebody for every caller that it knows. */
import {
  type DataPlane,
  type DataPlaneOptions,
  type Decision,
  openDataPlane,
  type Person,
  type ProxyAccess,
  type TokenOverrides,
} from "../data-plane";
import { IAP_ACCESSOR_ROLE } from "../data-plane/iap/access";
import { EngineError, messageOf, type ProjectConfig, type StackConfig } from "../engine";
import {
  declaredEgress,
  declaredRoutes,
  declaredServices,
  declaredTasks,
  type StackOutputs,
  workloadsOf,
} from "./declared";
import { type Identity, memberIdentity } from "./identities";
import { declaredPeople, strangerAmong } from "./people";

export interface RunningMeshOptions
  extends Pick<DataPlaneOptions, "controlPlane" | "onDecision" | "onLog" | "env" | "clock" | "homes"> {
  readonly stackConfig: ProjectConfig;
  readonly outputs: StackOutputs;
}

/** A service of the stack. */
export interface RunningService {
  readonly key: string;
  /** Name of the Cloud Run service. */
  readonly name: string;
  /** Its URL, which is its audience. */
  readonly url: string;
  /** Who may call it, or come through the Identity-Aware Proxy on it. */
  readonly invokers: readonly Invoker[];
  /** Whether people sign in to it. */
  readonly isBehindIap: boolean;
  /** URL at the load balancer at which people come to it; absent where none leads there. */
  readonly entrance?: string;
}

/** What was deployed: the config as the program got it, and what the stack says of itself. */
export interface Declared extends Pick<StackOutputs, "serviceAccounts" | "urls"> {
  readonly config: StackConfig;
  /** Day of the deployment, UTC, `YYYY-MM-DD`: ends are judged by it. */
  readonly day: string;
}

export interface Invoker {
  /** Key of a service, or a member. */
  readonly caller: string;
  /** Last day, UTC, on which IAM lets it call; absent where there is none, or where a deployment ends the grant. */
  readonly until?: string;
  /** E-mail address of the account whose tokens it mints and calls with; absent where it calls itself. */
  readonly via?: string;
  /** From where it reaches a service that the internet does not; absent where that does, or where it has its own way. */
  readonly through?: "vpc" | "google";
}

/** From where a call comes: the caller's own way out, the project's network, one of Google's own callers, or the internet. */
export type From = "itself" | "vpc" | "google" | "internet";

export class RunningMesh {
  readonly services: readonly RunningService[];
  readonly identities: ReadonlyMap<string, Identity>;
  /** Somebody who can sign in and whom no grant means. */
  readonly stranger: Identity;
  /** Who may sign in. */
  readonly people: readonly Person[];
  readonly #access = new Map<string, Promise<ProxyAccess>>();
  readonly #watchers: Set<(decision: Decision) => void>;

  private constructor(
    readonly plane: DataPlane,
    /** The stack's name. */
    readonly stack: string,
    /** The stack config. */
    readonly file: string,
    readonly declared: Declared,
    parts: {
      services: readonly RunningService[];
      identities: readonly Identity[];
      people: readonly Person[];
      stranger: Person;
      watchers: Set<(decision: Decision) => void>;
    },
  ) {
    this.services = parts.services;
    this.identities = new Map(parts.identities.map((identity) => [identity.name, identity]));
    this.people = parts.people;
    this.stranger = { name: "a stranger", email: parts.stranger.email };
    this.#watchers = parts.watchers;
  }

  /** Starts every service; resolves when all of them listen. Throws an error for people where one does not. */
  static async open(options: RunningMeshOptions): Promise<RunningMesh> {
    const { stackConfig, outputs, onDecision, ...rest } = options;
    const { serviceAccounts, urls, loadBalancer } = outputs;
    const entrances = declaredRoutes(stackConfig.config);
    const day = (options.clock ?? (() => new Date()))().toISOString().slice(0, 10);
    const declaration = { config: stackConfig.config, serviceAccounts, urls, day };
    const declared = declaredServices(stackConfig.config);
    const names = new Map(declared.map(({ key, name }) => [key, name]));
    const workloads = workloadsOf(declared);
    const services = Object.entries(outputs.urls).map(([key, url]) => {
      const rows = outputs.accessMatrix.filter(({ callee, ended }) => callee === key && !ended);
      const invokers = rows.flatMap((row) => [...impersonatorsOf(row, outputs), invokerOf(row)]);
      const isBehindIap = rows.some(({ role, through }) => role === IAP_ACCESSOR_ROLE && through === undefined);
      const route = entrances.get(key);
      const entrance = route !== undefined && loadBalancer ? { entrance: `${loadBalancer.url}${route}` } : {};
      return { key, name: names.get(key) ?? key, url, invokers, isBehindIap, ...entrance };
    });
    const callers = [
      ...services.map(({ key, name }) => ({ key, runs: { service: name } })),
      ...declaredTasks(stackConfig.config),
    ];
    const keys = new Set(callers.map(({ key }) => key));
    const declaredOnes = declaredPeople(stackConfig.config);
    const members = [...new Set(outputs.accessMatrix.map(({ caller }) => caller))].filter((one) => !keys.has(one));
    const identities = [
      ...callers.map(({ key, runs }): Identity => ({ name: key, email: outputs.serviceAccounts[key] ?? "", runs })),
      ...members.map((member) => memberIdentity(member, declaredOnes)),
    ];
    const stranger = strangerAmong(declaredOnes, members, stackConfig.config);
    const known = [...declaredOnes, ...identities.flatMap(({ person }) => person ?? [])];
    // Whom a pool does not know cannot sign in to it.
    const people = [...new Set([...known, ...(stranger.principals ? [stranger] : [])])];
    const watchers = new Set(onDecision ? [onDecision] : []);
    const plane = await openDataPlane({
      ...rest,
      workloads,
      egress: declaredEgress(stackConfig.config),
      people,
      onDecision: (decision) => {
        for (const watch of watchers) watch(decision);
      },
    });
    try {
      await plane.ready();
    } catch (error) {
      await plane.close();
      throw new EngineError("not-started", messageOf(error));
    }
    const parts = { services, identities, people, stranger, watchers };
    return new RunningMesh(plane, stackConfig.stack, stackConfig.file, declaration, parts);
  }

  /** Tells every decision from now on, until the answer is called. */
  watch(onDecision: (decision: Decision) => void): () => void {
    this.#watchers.add(onDecision);
    return () => void this.#watchers.delete(onDecision);
  }

  /** The service with this key. Throws with what there is. */
  service(key: string): RunningService {
    const found = this.services.find((service) => service.key === key);
    if (!found) throw new Error(`no service "${key}" in this stack; there are: ${this.#keys().join(", ")}`);
    return found;
  }

  /** Who calls: by the name in the stack config, or by e-mail address; without one, the first who may call the service. */
  identity(name: string | undefined, service?: RunningService): Identity {
    const invokers = service?.invokers.map(({ caller }) => caller) ?? [];
    const isPerson = (one: string) => this.identities.get(one)?.runs === undefined;
    const wanted = name ?? invokers.find(isPerson) ?? invokers[0];
    const found = [...this.identities.values()].find((one) => one.name === wanted || one.person?.email === wanted);
    if (found) return found;
    if (name?.includes("@")) return memberIdentity(name.includes(":") ? name : `user:${name}`);
    const callers = [...this.identities.keys()].join(", ");
    if (name === undefined) throw new Error(`nobody may call ${service?.key}; say as whom to try: ${callers}`);
    throw new Error(`no caller "${name}" in this stack; there are: ${callers}, or any e-mail address`);
  }

  /** The way into the mesh for somebody. */
  access({ name, email, runs }: Identity, from: From = "itself"): Promise<ProxyAccess> {
    const key = `${name} ${from}`;
    let access = this.#access.get(key);
    if (!access) {
      access = this.plane.proxyFor(
        runs !== undefined && from === "itself"
          ? runs
          : {
              ...(email && { email }),
              ...(from === "vpc" && { network: "default" }),
              ...(from === "google" && { byGoogle: true as const }),
            },
      );
      this.#access.set(key, access);
    }
    return access;
  }

  /** From where somebody calls a service, by the access matrix; whom that does not know calls over the internet. */
  placeOf({ name }: Identity, { invokers }: RunningService): From {
    return invokers.find(({ caller }) => caller === name)?.through ?? "itself";
  }

  /** An ID token of somebody's; overrides make it wrong on purpose. */
  token({ email }: Identity, audience: string, overrides?: TokenOverrides): Promise<string> {
    return this.plane.idToken(email, audience, overrides);
  }

  close(): Promise<void> {
    return this.plane.close();
  }

  #keys(): string[] {
    return this.services.map(({ key }) => key);
  }
}

function invokerOf({ caller, until, end, through }: StackOutputs["accessMatrix"][number]): Invoker {
  const isInside = through === "vpc" || through === "google";
  return { caller, ...(until !== undefined && end === undefined && { until }), ...(isInside && { through }) };
}

/** Who calls in the name of an account: everybody who may mint its tokens. */
function impersonatorsOf(of: StackOutputs["accessMatrix"][number], { accessMatrix }: StackOutputs): Invoker[] {
  const { through } = invokerOf(of);
  return accessMatrix
    .filter(({ callee }) => of.caller === `serviceAccount:${callee}`)
    .map((row) => ({ ...invokerOf(row), ...(through && { through }), via: row.callee }));
}
