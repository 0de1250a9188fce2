/** Listens to what PostgreSQL sends on one connection, in whatever message. */
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Name of a socket for a client that is told its folder and no port. */
const SOCKET = ".s.PGSQL.5432";

export class Tap {
  readonly folder = mkdtempSync(join(tmpdir(), "tap-"));
  readonly #sockets = new Set<Socket>();
  #heard: Buffer[] | undefined;
  readonly #server;

  private constructor(to: string) {
    this.#server = createServer((client) => {
      const server = connect(join(to, SOCKET));
      server.on("data", (data) => this.#heard?.push(data));
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.on("error", () => {});
        socket.on("close", () => this.#sockets.delete(socket));
      }
      client.pipe(server).pipe(client);
    });
  }

  static async on(folder: string): Promise<Tap> {
    const tap = new Tap(folder);
    await new Promise<void>((resolve) => tap.#server.listen(join(tap.folder, SOCKET), resolve));
    return tap;
  }

  /** All that the server sends while something runs. */
  async during(work: () => Promise<unknown>): Promise<string> {
    this.#heard = [];
    try {
      await work();
      return Buffer.concat(this.#heard).toString("latin1");
    } finally {
      this.#heard = undefined;
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
