import type { Dispatcher } from "undici";
import { type Caller, createCaller } from "./call";
import { type Clock, Deadline, type Random, systemClock } from "./clock";
import { asServiceError, ServiceError } from "./errors";
import { iapKeysOverHttp, type LoadIapKeys } from "./iap/keys";
import { createLog, errorFields, type Log } from "./log";
import { type Environment, type Options, readOptions } from "./options";
import { proxyAwareDispatcher, useForFetch } from "./proxy";
import type { Route } from "./server/router";
import { type ErrorAnswer, type RunningServer, serve } from "./server/server";
import { defaultCredentials } from "./tokens/default-credentials";
import { type MetadataServer, metadataServer } from "./tokens/metadata";
import { createTokenSource, type TokenSource } from "./tokens/source";

/** A service as data: its name, whom it calls, and its API. */
export interface ServiceDefinition<Callee extends string = string> {
  /** Name that the service gives itself in its answers, e.g. `order-service (TypeScript)`. */
  readonly name: string;
  /** Keys of the receiving services in the stack config. */
  readonly calls: readonly Callee[];
  /** Makes the API; called once at the start. */
  routes(tools: ServiceTools<Callee>): readonly Route[];
  /** @default errors are JSON */
  readonly errorAnswer?: ErrorAnswer;
}

/** What a service's API is made with. */
export interface ServiceTools<Callee extends string = string> {
  readonly callers: Readonly<Record<Callee, Caller>>;
  readonly options: Options<Callee>;
  readonly tokens: TokenSource;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Fetches IAP's keys, for `createIapVerifier`. */
  readonly loadIapKeys: LoadIapKeys;
}

export interface ServiceWorld {
  /** @default process.env */
  readonly env?: Environment;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Fetches IAP's keys. @default from Google, over the proxy that the environment names */
  readonly loadIapKeys?: LoadIapKeys;
  /** Takes each line of the log. @default standard output */
  readonly line?: (line: string) => void;
}

export interface RunningService {
  readonly port: number;
  /** Drains and closes everything. */
  stop(): Promise<void>;
}

/**
 * Starts a service and returns once it listens. Needs no network to start: tokens are fetched on first use.
 *
 * @throws ServiceError `options-invalid` with every problem, `port-taken`
 */
export async function startService<Callee extends string>(
  definition: ServiceDefinition<Callee>,
  world: ServiceWorld = {},
): Promise<RunningService> {
  const { env = process.env } = world;
  const options = readOptions(env, definition.calls);
  const identity = createIdentity(options, world);
  const { clock, random, log, tokens } = identity;
  const dispatcher = proxyAwareDispatcher(env);
  const callers = callersOf(definition.calls, { options, tokens, dispatcher, clock, random });
  const { loadIapKeys = iapKeysOverHttp(dispatcher) } = world;
  const server: RunningServer = await serve({
    ...options,
    name: definition.name,
    errorAnswer: definition.errorAnswer,
    routes: definition.routes({ callers, options, tokens, clock, random, log, loadIapKeys }),
    log,
    clock,
    random,
  });
  if (world.env === undefined) useForFetch(dispatcher);
  identity.learnProject();
  log.write("INFO", `${definition.name} listens on ${options.bindAddress}:${server.port}`);
  return {
    port: server.port,
    async stop() {
      await server.drain();
      await Promise.all([dispatcher.destroy(), identity.close()]);
    },
  };
}

/** What a service is to others, and what it writes: its ID tokens and its log, from one set of options. */
export interface Identity {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly tokens: TokenSource;
  /** Asks the metadata server, in the background, for the project that the log's traces name, where it is not told. */
  learnProject(): void;
  close(): Promise<void>;
}

/** The identity of the service that this process runs; needs no network until a token is asked for. */
export function createIdentity(
  options: Pick<Options, "metadataHost" | "impersonate" | "projectId" | "logSeverity">,
  world: ServiceWorld,
): Identity {
  const { clock = systemClock, random = Math.random } = world;
  const { metadataHost } = options;
  const metadata = metadataHost === undefined ? undefined : metadataServer(metadataHost);
  let projectId = options.projectId;
  const log = createLog({ least: options.logSeverity, clock, projectId: () => projectId, line: world.line });
  const tokens = createTokenSource({
    minter: metadata ?? defaultCredentials(options.impersonate),
    clock,
    random,
    onFailure: (audience, error) => log.write("WARNING", error.message, { ...errorFields(error), audience }),
  });
  return {
    clock,
    random,
    log,
    tokens,
    learnProject() {
      if (projectId !== undefined || !metadata) return;
      askProjectId(metadata, clock).then(
        (found) => {
          projectId = found;
        },
        (error) => log.write("DEBUG", "the log's traces go without a project", errorFields(error)),
      );
    },
    close: async () => metadata?.close(),
  };
}

/** Runs a service as a process, see {@link runProcess}. */
export function runService<Callee extends string>(definition: ServiceDefinition<Callee>): Promise<void> {
  return runProcess(definition.name, () => startService(definition));
}

/**
 * Runs something as a process: starts it, drains it on SIGTERM and SIGINT, and exits with 0; with 1 when it cannot
 * start or breaks, after a line in the log that says why.
 */
export async function runProcess(name: string, start: () => Promise<RunningService>): Promise<void> {
  const log = createLog({ clock: systemClock });
  const fail = (error: unknown) => {
    const known = asServiceError(error);
    log.write("CRITICAL", known.code === "internal" ? "broken" : known.message, errorFields(known));
    process.exit(1);
  };
  process.on("uncaughtException", fail);
  try {
    const service = await start();
    const stop = (signal: NodeJS.Signals) => {
      log.write("INFO", `${name} drains after ${signal}`);
      service.stop().then(() => process.exit(0), fail);
    };
    process.once("SIGTERM", stop);
    process.once("SIGINT", stop);
  } catch (error) {
    fail(error);
  }
}

function callersOf<Callee extends string>(
  calls: readonly Callee[],
  tools: { options: Options<Callee>; tokens: TokenSource; dispatcher: Dispatcher; clock: Clock; random: Random },
): Record<Callee, Caller> {
  const { options, ...rest } = tools;
  return Object.fromEntries(
    calls.map((callee) => [
      callee,
      createCaller({ ...rest, callee, url: options.urls[callee], timeoutMs: options.callTimeoutMs }),
    ]),
  ) as Record<Callee, Caller>;
}

async function askProjectId(metadata: MetadataServer, clock: Clock): Promise<string> {
  const limit = new Deadline(
    clock,
    5_000,
    () => new ServiceError("token-unavailable", `${metadata.name} was too slow`),
  );
  try {
    return await metadata.projectId(limit.signal);
  } finally {
    limit.dispose();
  }
}
