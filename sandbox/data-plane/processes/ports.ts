/** Ports of this machine, for the processes of services. */
import { connect, createServer } from "node:net";

/** Given out and not yet back: two services that start at once never get the same one. */
const given = new Set<number>();

/** A port that nobody listens on. Somebody outside of the sandbox may still be faster to use it. */
export async function takePort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (given.has(port)) continue;
    given.add(port);
    return port;
  }
}

export function givePortBack(port: number): void {
  given.delete(port);
}

/** True when somebody listens there. */
export function opens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 500 });
    const done = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket
      .once("connect", () => done(true))
      .once("error", () => done(false))
      .once("timeout", () => done(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
