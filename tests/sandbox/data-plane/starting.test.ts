/** How long a process may take until it listens, and what is told of one that does not. */
import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { performance } from "node:perf_hooks";
import type { Properties } from "../../../sandbox/control-plane";
import type { ServiceLog } from "../../../sandbox/data-plane";
import { Runner } from "../../../sandbox/data-plane/processes/runner";
import { parseListeners } from "../../../sandbox/data-plane/processes/starting/listeners";
import { activityOf } from "../../../sandbox/data-plane/processes/starting/process-group";
import { startLimits } from "../../../sandbox/data-plane/processes/starting/start-limits";
import type { StartLimits } from "../../../sandbox/data-plane/processes/starting/start-watch";
import { StartWatch } from "../../../sandbox/data-plane/processes/starting/start-watch";
import { doingInWords } from "../../../sandbox/data-plane/processes/starting/words";
import { needs } from "../../support/needs";
import { until } from "./mesh";

const NODE = process.execPath;
const BURN = "const end = Date.now() + Number(process.argv[1]); while (Date.now() < end);";
const LISTEN = "require('node:net').createServer().listen(process.env.PORT, '127.0.0.1')";

describe("a process that does not listen yet", () => {
  let runner: Runner | undefined;
  const logs: ServiceLog[] = [];
  afterEach(() => runner?.stop());

  before(function () {
    needs(this, "Linux, which tells what processes do", process.platform === "linux");
  });

  function start(startLimits: StartLimits, ...command: string[]): Runner {
    runner = new Runner({
      service: "order",
      folder: __dirname,
      command,
      startLimits,
      killAfterMs: 500,
      onLog: (line) => logs.push(line),
      environment: async (port) => ({ PATH: process.env["PATH"], PORT: String(port) }),
    });
    runner.start();
    return runner;
  }

  async function told(...args: Parameters<typeof start>): Promise<string> {
    const error = await start(...args)
      .ready()
      .then(
        () => assert.fail("was ready"),
        ({ message }: Error) => message,
      );
    return error.replace(/port \d+ \(PORT\)/, "port 1 (PORT)").replace(/\d+(\.\d)? s\b/g, "N s");
  }

  it("is waited for while it is at work, which writes nothing, also in a program that it started", async () => {
    const started = performance.now();
    const script = `"${NODE}" -e "${BURN}" 2500; exec "${NODE}" -e "${LISTEN}"`;
    await start({ idleMs: 1000, longestMs: 60_000 }, "/bin/sh", "-c", script).ready();
    assert.ok(performance.now() - started > 2500);
  });

  it("is waited for while it writes", async () => {
    const script = `let n = 0; const timer = setInterval(() => { console.log(n); if (++n === 12) { clearInterval(timer); ${LISTEN} } }, 200)`;
    await start({ idleMs: 1000, longestMs: 60_000 }, NODE, "-e", script).ready();
  });

  it("is given up when it has done nothing for long, and told with what runs and how to give it time", async () => {
    const script = `echo waiting; "${NODE}" -e "setInterval(() => {}, 500)"; true`;
    assert.equal(
      await told({ idleMs: 600, longestMs: 60_000 }, "/bin/sh", "-c", script),
      "order did not listen on port 1 (PORT) within N s: it runs sh, node, and has done nothing for N s; " +
        'a "startupProbe" in the stack config gives it failureThreshold × periodSeconds; its last lines:\n  waiting',
    );
  });

  it("is given up when it has been at work for as long as Cloud Run waits", async () => {
    assert.equal(
      await told({ idleMs: 1000, longestMs: 1500 }, NODE, "-e", BURN, "60000"),
      "order did not listen on port 1 (PORT) within N s: it runs node; " +
        'a "startupProbe" in the stack config gives it failureThreshold × periodSeconds; its last lines:\n  (it wrote nothing)',
    );
  });

  it("is told where it listens instead, whatever it writes there", async () => {
    const free = createServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port } = free.address() as AddressInfo;
    await once(free.close(), "close");
    const script = `require('node:net').createServer().listen(${port}, '127.0.0.1'); setInterval(() => console.log('ok'), 100)`;
    assert.equal(
      (await told({ idleMs: 1000, longestMs: 60_000 }, "/bin/sh", "-c", `"${NODE}" -e "${script}"; true`)).split(
        "\n",
      )[0],
      `order did not listen on port 1 (PORT) within N s: it runs sh, node, and listens on 127.0.0.1:${port}; let it take its port from the variable PORT; its last lines:`,
    );
  });

  it("is told where it listens on its port, and on another address", async () => {
    const message = await told(
      { idleMs: 1000, longestMs: 60_000 },
      ...[NODE, "-e", "require('node:net').createServer().listen(process.env.PORT, '127.0.0.2')"],
    );
    assert.equal(
      message.replace(/0\.2:\d+/, "0.2:1"),
      "order did not listen on port 1 (PORT) within N s: it runs node, and listens on 127.0.0.2:1; let it listen on 0.0.0.0 or on BIND_ADDRESS; its last lines:\n  (it wrote nothing)",
    );
  });

  it("has used what programs used that it has started, and that have ended", async () => {
    const burn = "while (process.cpuUsage().user < 500_000);";
    const child = spawn("/bin/sh", ["-c", `"${NODE}" -e "${burn}"; sleep 60; true`], { detached: true });
    try {
      await until(() => activityOf(child.pid!)?.programs.includes("sleep") === true, "the next program");
      const { programs, cpuMs } = activityOf(child.pid!)!;
      assert.deepEqual(programs, ["sh", "sleep"]);
      assert.ok(cpuMs >= 450, `${cpuMs} ms`);
    } finally {
      process.kill(-child.pid!, "SIGKILL");
    }
  });

  it("is told of while it is waited for", async () => {
    const lines: string[] = [];
    const watch = new StartWatch({
      ...{
        service: "order",
        port: 8080,
        pid: process.pid,
        limits: { idleMs: 60_000, longestMs: 60_000 },
        tellEveryMs: 100,
      },
      lastWroteMs: () => 0,
      lastLines: () => "",
      tell: (line) => lines.push(line),
    });
    try {
      await until(() => lines.length > 0, "a line");
    } finally {
      watch.end();
    }
    assert.match(lines[0]!, /^order does not listen on port 8080 \(PORT\) yet, after [\d.]+ s: it runs \S/);
  });
});

describe("what is known of a process that does not listen yet", () => {
  it("is as much as the system tells", () => {
    const at = (address: string, port: number) => ({ address, port, inode: "1" });
    const programs = ["go", "compile", "asm", "link", "cc"];
    assert.equal(doingInWords(undefined, 8080), "it still runs");
    assert.equal(doingInWords({ programs, cpuMs: 0, listeners: [] }, 8080), "it runs go, compile, asm, link, …");
    assert.equal(
      doingInWords({ programs: ["node"], cpuMs: 0, listeners: [at("[::1]", 3000), at("[::1]", 3000)] }, 8080),
      "it runs node, and listens on [::1]:3000; let it take its port from the variable PORT",
    );
    assert.equal(doingInWords({ programs: [], cpuMs: 0, listeners: [] }, 8080), "it runs nothing any more");
  });

  it("are the addresses of both families, of what listens alone", () => {
    const rest = "00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0";
    const rest6 = rest.replace("00000000:0000", "00000000000000000000000000000000:0000");
    const table = [
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
      `   0: 0100007F:0BB8 ${rest}`,
      `   1: 0100007F:0BB9 ${rest.replace(" 0A ", " 01 ")}`,
      `   2: 00000000000000000000000001000000:1F90 ${rest6}`,
      `   3: B80D0120000000000000000001000000:1F90 ${rest6}`,
      "",
    ];
    assert.deepEqual(
      parseListeners(table.join("\n")).map(({ address, port, inode }) => `${address}:${port} ${inode}`),
      ["127.0.0.1:3000 4711", "[::1]:8080 4711", "[2001:db8::1]:8080 4711"],
    );
  });
});

describe("how long a service may take until it listens", () => {
  const limits = (startupProbe?: Properties, idleMs?: number) =>
    startLimits(
      { template: { containers: [{ image: "sidecar" }, { ports: {}, ...(startupProbe && { startupProbe }) }] } },
      idleMs,
    );

  it("is Cloud Run's time, and less where it does nothing", () => {
    assert.deepEqual(limits(), { idleMs: 30_000, longestMs: 240_000 });
    assert.deepEqual(limits(undefined, 1500), { idleMs: 1500, longestMs: 240_000 });
  });

  it("is that of its own startup probe, whatever it does, and not less than here", () => {
    const probe = { initialDelaySeconds: 20, periodSeconds: 30, failureThreshold: 10 };
    assert.deepEqual(limits(probe), { idleMs: 320_000, longestMs: 320_000 });
    assert.deepEqual(limits({ failureThreshold: 4 }), { idleMs: 40_000, longestMs: 40_000 });
    assert.deepEqual(limits({ periodSeconds: 1 }), { idleMs: 30_000, longestMs: 30_000 });
  });
});
