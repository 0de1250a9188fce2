/** The services that run here: each with its process, its way out and its metadata server. */
import type { AccessDesk } from "../access";
import { egressOf } from "../callers";
import type { Identities } from "../identity/identities";
import type { MetadataServer } from "../identity/metadata-server";
import { routeOf } from "../network";
import type { DataPlaneOptions, ProxyAccess, ServiceStatus } from "../options";
import type { RunService, RunServices } from "../run-services";
import { cloudRunEnvironment, containerEnvironment, joined, machineEnvironment } from "./environment";
import { homeOf } from "./home";
import { Runner } from "./runner";
import { startLimits } from "./starting/start-limits";

export interface Held {
  readonly service: RunService;
  readonly metadata: MetadataServer;
  readonly access: Promise<ProxyAccess>;
  /** Absent where a stand-in answers. */
  runner: Runner | undefined;
}

export interface FleetOptions extends DataPlaneOptions {
  readonly services: RunServices;
  readonly identities: Identities;
  readonly desk: AccessDesk;
  /** Folder with a home folder for each service. */
  readonly homes: string;
}

export class Fleet {
  readonly #held = new Map<string, Held>();

  constructor(private readonly options: FleetOptions) {}

  startAll(): void {
    for (const service of this.options.services.all()) this.#start(service);
  }

  byId(id: string): Held | undefined {
    return this.#held.get(id);
  }

  /** Throws with the services that there are. */
  byName(name: string): Held {
    const all = [...this.#held.values()];
    const found = all.find(({ service }) => service.name === name);
    if (found) return found;
    const names = all.map(({ service }) => service.name).join(", ");
    throw new Error(`no Cloud Run service "${name}" runs here; there are: ${names}`);
  }

  /** Rejects with all services that do not listen, each with what it does and the lines that it wrote last. */
  async ready(): Promise<void> {
    const results = await Promise.allSettled([...this.#held.values()].map(({ runner }) => runner?.ready()));
    const problems = results.flatMap((result) =>
      result.status === "rejected" ? [(result.reason as Error).message] : [],
    );
    if (problems.length > 0) throw new Error(problems.join("\n"));
  }

  /** Replaces a service's process, or starts it where there was none. */
  async restart(name: string): Promise<void> {
    const service = this.options.services.byName(name);
    if (!service) throw new Error(`no Cloud Run service "${name}" in the control plane`);
    const runner = this.#held.get(service.id)?.runner;
    if (runner) return runner.replace();
    await this.#start(service).runner?.ready();
  }

  status(): ServiceStatus[] {
    return [...this.#held.values()].map(({ service, runner, metadata }) => ({
      service: service.name,
      standIn: runner === undefined,
      pid: runner?.pid,
      port: runner?.listeningPort,
      restarts: runner?.restarts ?? 0,
      tokensAsked: metadata.asked,
    }));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#held.values()].map(({ runner }) => runner?.stop()));
  }

  kill(): void {
    for (const { runner } of this.#held.values()) runner?.kill();
  }

  #start(service: RunService): Held {
    const { services, controlPlane, identities, desk } = this.options;
    const current = () => services.byId(service.id) ?? service;
    let held = this.#held.get(service.id);
    if (!held) {
      const metadata = identities.metadataOf(current);
      const route = (host: string) => routeOf(current(), host, controlPlane);
      const access = desk.give({
        ...{ name: () => current().account, route, metadata },
        egress: egressOf({ service: service.name }, this.options.egress),
      });
      // Whoever asks for it is told; nobody may ever ask.
      access.catch(() => {});
      held = { service, metadata, access, runner: undefined };
      this.#held.set(service.id, held);
    }
    held.runner = this.#runner(held, current);
    held.runner?.start();
    return held;
  }

  #runner({ service, access }: Held, current: () => RunService): Runner | undefined {
    const { workloads, controlPlane, env = process.env, homes } = this.options;
    const { onLog, killAfterMs, startTimeoutMs } = this.options;
    const workload = workloads.find((one) => one.service === service.name);
    if (!workload?.command || !current().isReady) return undefined;
    const { folder, command } = workload;
    return new Runner({
      service: service.name,
      folder,
      command,
      startLimits: startLimits(current(), startTimeoutMs),
      killAfterMs,
      onLog,
      environment: async (port) =>
        joined(
          machineEnvironment(env, homeOf(homes, service.name)),
          containerEnvironment(current(), controlPlane),
          workload.env ?? {},
          // After what the container asks for: a proxy of its own would lead out of the sandbox.
          (await access).env,
          cloudRunEnvironment(current(), port),
        ),
    });
  }
}
