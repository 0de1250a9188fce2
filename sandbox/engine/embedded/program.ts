/** Runs a Pulumi program over Pulumi's own mocks, with what the mocks leave out: parents, URNs, diagnostics, failures. */
import * as pulumi from "@pulumi/pulumi";
import type { Program, StackConfig } from "../engine";
import type { Diagnostic } from "../result";
import { onProgramError } from "../stray-errors";
import type { EmbeddedCloud, EmbeddedResource } from "./cloud";

export interface EmbeddedProgram {
  readonly project: string;
  readonly stack: string;
  readonly program: Program;
  readonly config: StackConfig;
  readonly cloud: EmbeddedCloud;
}

/** Makes one resource, or reads the one with the id; components and providers are made without the cloud. */
export type Make = (
  declared: EmbeddedResource,
  id: string | undefined,
  custom: boolean,
) => Promise<{ id: string | undefined; state: Record<string, unknown> }>;

/** Runs the program to its end and answers its outputs; rejects with the first failure. */
export async function runProgram(
  { program, project, stack, config, cloud }: EmbeddedProgram,
  make: Make,
  diagnose: (diagnostic: Diagnostic) => void,
): Promise<Record<string, unknown>> {
  let parent = "";
  let sources: EmbeddedResource["sources"] = {};
  let ended = false;
  const failure = collectFailures();
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, name, inputs, custom, id }) =>
      failure.watch(
        make,
        { type, name, inputs: onTheWire(inputs), sources, urn: urnOf(stack, project, parent, type, name) },
        id,
        custom !== false,
      ),
    call: ({ token, inputs }) => cloud.invoke(token, inputs),
  };
  await pulumi.runtime.setMocks(mocks, project, stack, false);
  pulumi.runtime.setAllConfig({ ...config });
  // Mocks are not told the parent of a resource nor where its inputs came from, and make URNs of their own that leave out all but the nearest.
  const monitor = pulumi.runtime.getMonitor() as unknown as MockMonitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, reply) => {
    parent = request.getParent();
    sources = sourcesOf(request.getPropertydependenciesMap());
    return register(request, reply);
  };
  const read = monitor.readResource.bind(monitor);
  monitor.readResource = (request, reply) => {
    parent = request.getParent();
    sources = {};
    return read(request, reply);
  };
  monitor.newUrn = (above, type, name) => urnOf(stack, project, above, type, name);
  // Without an engine to send them to, the SDK prints a program's messages to stderr.
  getStore().settings.engine = {
    log: (request, done) => {
      const [urn, message] = [request.getUrn(), request.getMessage().trim()];
      const severity = SEVERITIES[request.getSeverity()];
      const echo = ended || message.startsWith(UNHANDLED);
      if (severity && !echo && !request.getEphemeral()) diagnose({ severity, ...(urn ? { urn } : {}), message });
      done(null);
    },
    setRootResource: (_, done) => done(null),
  };
  try {
    const outputs = pulumi.runtime.runInPulumiStack(program);
    // Waits for whoever comes first: an output of a failed resource may never be known.
    const result = await Promise.race([outputs, failure.first]);
    await Promise.race([pulumi.runtime.disconnect(), failure.first]);
    return (result ?? {}) as Record<string, unknown>;
  } catch (error) {
    ended = true;
    // The SDK would wait for what waits for the failed resource, which may be for ever.
    await Promise.race([pulumi.runtime.disconnect(), failure.quiet()]);
    throw error;
  } finally {
    failure.stop();
  }
}

/** Inputs as a provider reads them: files and archives are data, which a state can hold, and secrets are what they are. */
function onTheWire(inputs: Record<string, unknown>): Record<string, unknown> {
  const plain = (value: unknown): unknown => {
    if (pulumi.runtime.isRpcSecret(value)) return plain(pulumi.runtime.unwrapRpcSecret(value));
    const isFile: boolean = pulumi.asset.Asset.isInstance(value) || pulumi.asset.Archive.isInstance(value);
    if (isFile) return { kind: Object.getPrototypeOf(value).constructor.name };
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
  };
  return plain(inputs) as Record<string, unknown>;
}

/**
 * How the Automation API's handlers tell an error that nobody handled. Those of earlier runs in this process hear of this
 * program's errors too, which are this engine's to tell.
 */
const UNHANDLED = "Unhandled exception: ";

/** As the protocol numbers them; debug messages, the first, are left out. */
const SEVERITIES: readonly (Diagnostic["severity"] | undefined)[] = [undefined, "info", "warning", "error"];

interface LogRequest {
  getSeverity(): number;
  getMessage(): string;
  getUrn(): string;
  getEphemeral(): boolean;
}

interface EngineClient {
  log(request: LogRequest, done: (error: null) => void): void;
  setRootResource(request: unknown, done: (error: null) => void): void;
}

/** What the Automation API, too, runs its inline programs in: a store for each run apart from the process's own. */
export const { withLocalStorage, getStore } = require("@pulumi/pulumi/runtime/state") as {
  withLocalStorage<T>(work: () => T): T;
  getStore(): { settings: { engine?: EngineClient } };
};

/** The part of the SDK's mock monitor that is adjusted; its types leave it out. */
interface MockMonitor {
  registerResource(request: RegisterRequest, reply: unknown): unknown;
  readResource(request: { getParent(): string }, reply: unknown): unknown;
  newUrn(parent: string, type: string, name: string): string;
}

interface RegisterRequest {
  getParent(): string;
  getPropertydependenciesMap(): PropertyDependencies;
}

/** As protobuf's maps are: the value first. */
interface PropertyDependencies {
  forEach(take: (dependencies: { getUrnsList(): string[] }, property: string) => void): void;
}

function sourcesOf(dependencies: PropertyDependencies): Record<string, readonly string[]> {
  const sources: Record<string, readonly string[]> = {};
  dependencies.forEach((found, property) => {
    if (found.getUrnsList().length > 0) sources[property] = found.getUrnsList();
  });
  return sources;
}

function urnOf(stack: string, project: string, parent: string, type: string, name: string): string {
  const above = parent.split("::")[2] ?? "";
  const qualified = above === "" || above === STACK_TYPE ? type : `${above}$${type}`;
  return [`urn:pulumi:${stack}`, project, qualified, name].join("::");
}

const STACK_TYPE = "pulumi:pulumi:Stack";

/** The SDK reports most failed registrations as unhandled rejections, and some to nobody; either is the outcome of a run. */
function collectFailures() {
  let fail: (error: unknown) => void = () => {};
  const first = new Promise<never>((_, reject) => {
    fail = reject;
  });
  first.catch(() => {});
  const stop = onProgramError(fail);
  let underWay = 0;
  let failed: { readonly error: unknown } | undefined;
  return {
    first,
    /** Makes a resource. A failure of it ends the run once everything that is under way has been made, or has failed. */
    async watch(make: Make, ...what: Parameters<Make>): ReturnType<Make> {
      underWay += 1;
      try {
        return await make(...what);
      } catch (error) {
        failed ??= { error };
        throw error;
      } finally {
        underWay -= 1;
        const ends = failed;
        if (ends) setImmediate(() => underWay === 0 && fail(ends.error));
      }
    },
    /** Resolves when nothing has been under way for some turns of the event loop. */
    async quiet(): Promise<void> {
      for (let turns = 0; turns < 10; turns += underWay === 0 ? 1 : 0) await new Promise(setImmediate);
    },
    stop,
  };
}
