import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { ServiceError } from "../../runtime/index";

/**
 * A request's body on its way to the backend. It counts what arrives, not what is announced, and it can be destroyed
 * without the client's connection, over which the answer still has to go.
 */
export class RequestBody extends Readable {
  #bytes = 0;
  #started = false;
  #flowing = false;

  constructor(
    private readonly incoming: IncomingMessage,
    private readonly limitBytes: number,
    /** Called when the backend takes the body for the first time, and with each part of it. */
    private readonly events: { readonly start: () => void; readonly part: () => void },
  ) {
    super({ highWaterMark: 65_536 });
  }

  /** Whether the next part is the client's to send, not the backend's to take. */
  get awaitsClient(): boolean {
    return this.#flowing && !this.incoming.complete;
  }

  override _read(): void {
    this.#flowing = true;
    if (this.#started) {
      this.incoming.resume();
      return;
    }
    this.#started = true;
    this.events.start();
    this.incoming.on("data", this.#part).on("end", this.#end);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.incoming.off("data", this.#part).off("end", this.#end);
    this.incoming.pause();
    done(error);
  }

  readonly #part = (chunk: Buffer): void => {
    this.#bytes += chunk.length;
    if (this.#bytes > this.limitBytes) {
      this.destroy(tooLarge(this.limitBytes));
      return;
    }
    this.events.part();
    if (!this.push(chunk)) {
      this.#flowing = false;
      this.incoming.pause();
    }
  };

  readonly #end = (): void => {
    this.push(null);
  };
}

export function tooLarge(limitBytes: number): ServiceError {
  return new ServiceError("body-too-large", `the body has more than ${limitBytes} bytes`);
}

/** Whether a body follows a request's header. Source: RFC 9112 section 6.3 */
export function hasBody(incoming: IncomingMessage): boolean {
  const { "transfer-encoding": coding, "content-length": length } = incoming.headers;
  return coding !== undefined || (length !== undefined && length !== "0");
}
