import { readFileSync } from "node:fs";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { type Contender, type Servers, type Started, start } from "./contenders";
import { median, spread, wrk } from "./load";
import type { Verdict } from "./speed";

const MIB = 1_048_576;
const GIB = 1024 * MIB;

/** Resident memory of a process, in MiB. */
function residentMib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;
}

export async function memory(ours: Contender, servers: Servers, clients: number, tell: (line: string) => void) {
  return [
    await firstByte(ours, servers),
    ...(await streams(ours, servers, tell)),
    await idleClients(ours, servers, clients, tell),
  ];
}

async function firstByte(ours: Contender, servers: Servers): Promise<Verdict> {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const started = await start(ours, servers);
    times.push(started.firstByteMs);
    await started.stop();
  }
  return {
    promise: "first byte within 300 ms of start",
    measured: spread(times, "ms", 0),
    kept: median(times) <= 300,
  };
}

/** 1 GiB each way; the most that the process held on top of what it held when warm. */
async function streams(ours: Contender, servers: Servers, tell: (line: string) => void): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const [promise, transfer] of [
    ["1 GiB down: at most 32 MiB over the warmed baseline", download],
    ["1 GiB up: at most 32 MiB over the warmed baseline", upload],
  ] as const) {
    const started = await start(ours, servers);
    const pid = started.process.pid!;
    try {
      await warm(started, transfer);
      const base = residentMib(pid);
      let most = base;
      const watch = setInterval(() => {
        most = Math.max(most, residentMib(pid));
      }, 10);
      const began = performance.now();
      await transfer(started.url, GIB);
      clearInterval(watch);
      const speed = 1024 / ((performance.now() - began) / 1000);
      verdicts.push({
        promise,
        measured: `${(most - base).toFixed(1)} MiB over ${base.toFixed(0)} MiB, at ${Math.round(speed)} MiB/s`,
        kept: most - base <= 32,
      });
      tell(promise);
    } finally {
      await started.stop();
    }
  }
  return verdicts;
}

async function warm(started: Started, transfer: typeof download): Promise<void> {
  await wrk(`${started.url}/`, started.process.pid!, 64, 3);
  await transfer(started.url, 512 * MIB);
}

function download(url: string, bytes: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}/bytes/${bytes}`, { agent: false }, (incoming) => {
      let got = 0;
      incoming.on("data", (chunk: Buffer) => {
        got += chunk.length;
      });
      incoming.on("end", () => (got === bytes ? resolve() : reject(new Error(`${got} of ${bytes} bytes came`))));
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

function upload(url: string, bytes: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}/`, { agent: false, method: "POST" }, (incoming) => {
      let got = "";
      incoming.setEncoding("utf8").on("data", (text) => {
        got += text;
      });
      incoming.on("end", () =>
        got === String(bytes) ? resolve() : reject(new Error(`${got} of ${bytes} bytes went`)),
      );
    });
    outgoing.on("error", reject);
    const chunk = Buffer.alloc(65_536);
    let left = bytes;
    const more = () => {
      while (left > 0) {
        left -= chunk.length;
        if (!outgoing.write(chunk)) {
          outgoing.once("drain", more);
          return;
        }
      }
      outgoing.end();
    };
    more();
  });
}

async function idleClients(
  ours: Contender,
  servers: Servers,
  clients: number,
  tell: (line: string) => void,
): Promise<Verdict> {
  const started = await start(ours, servers);
  const sockets: Socket[] = [];
  let open = 0;
  try {
    const { port } = new URL(started.url);
    for (let at = 0; at < clients; at++) {
      const socket = connect(Number(port), "127.0.0.1");
      socket.on("error", () => {});
      socket.once("data", () => {
        open += 1;
      });
      socket.write("GET /events HTTP/1.1\r\nHost: bench\r\n\r\n");
      sockets.push(socket);
      if (at % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const until = performance.now() + 30_000;
    while (open < clients && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const resident = residentMib(started.process.pid!);
    tell(`${open} idle clients`);
    return {
      promise: `${clients} idle SSE clients under 512 MiB`,
      measured: `${open} open, ${Math.round(resident)} MiB`,
      kept: open === clients && resident < 512,
    };
  } finally {
    for (const socket of sockets) socket.destroy();
    await started.stop();
  }
}
