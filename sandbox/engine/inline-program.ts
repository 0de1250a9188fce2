/**
 * An inline program, and what the SDK leaves open after it. The SDK closes the clients of a run in a process of its own,
 * but not those of an inline program: each would go on connecting to a port where nobody listens any more, and gRPC
 * shares its connections by address, so that a later run which is given that port fails at once.
 */
import type { Program } from "./engine";

interface Client {
  close(): void;
}

interface EngineClient extends Client {
  log(request: unknown, done: (error: null) => void): void;
}

interface Store {
  readonly settings: { monitor?: Client; engine?: EngineClient };
}

/** Where the SDK keeps what belongs to one run; its types leave it out. */
const { getStore } = require("@pulumi/pulumi/runtime/state") as { getStore(): Store };

export class InlineProgram {
  readonly #stores = new Set<Store>();

  constructor(private readonly program: Program) {}

  /** The program as the Automation API calls it. */
  readonly run: Program = () => {
    this.#stores.add(getStore());
    return this.program();
  };

  /** Ends the connections of every run so far; what still waits for an answer fails before this resolves. */
  async close(): Promise<void> {
    for (const { settings } of this.#stores) {
      settings.monitor?.close();
      if (!settings.engine) continue;
      // The SDK delivers log lines one after the other for the whole process: one that fails would stop all later ones.
      settings.engine.log = (_, done) => done(null);
      settings.engine.close();
    }
    this.#stores.clear();
    // What fails now and is handled by nobody is told once the queue of promises is empty: to this run, not to the next.
    await new Promise(setImmediate);
  }
}
