import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:net";
import * as path from "node:path";
import type { Properties } from "../../../sandbox/control-plane";
import type { ServiceLog } from "../../../sandbox/data-plane";
import { Runner } from "../../../sandbox/data-plane/processes/runner";
import { TYPESCRIPT } from "../../support/typescript";
import { account, make, PROJECT, SECRET_GRANT, SERVICE, secretWithValue, service } from "../control-plane/cloud";
import { ask, deploy, isAlive, type Mesh, openMesh, until, url, WORKLOAD } from "./mesh";

const NODE = process.execPath;

/** Numbers of the processes that have said that they start. */
function pids(logs: readonly ServiceLog[]): number[] {
  return logs.flatMap(({ line }) => Number(/^starting (\d+)$/.exec(line)?.[1] ?? []));
}

describe("processes", () => {
  let mesh: Mesh | undefined;
  afterEach(async () => {
    await mesh?.plane.close();
    mesh = undefined;
  });

  const open = async (...[setUp, options]: Parameters<typeof openMesh>): Promise<Mesh> => {
    mesh = await openMesh(setUp, options);
    return mesh;
  };
  const readyMesh = async (...args: Parameters<typeof openMesh>): Promise<Mesh> => {
    const opened = await open(...args);
    await opened.plane.ready();
    return opened;
  };
  const PUBLIC = { self: { invokerIamDisabled: true } };
  const workload = (name: string, ...command: string[]) => ({ service: name, folder: __dirname, command });
  const get = async ({ plane }: Mesh, target: string) => ask(await plane.proxyFor({}), url("order") + target);

  describe("have an environment", () => {
    it("of what the control plane holds, Cloud Run's variables and the local world, and nothing of the developer's", async () => {
      const { plane } = await readyMesh(
        (controlPlane) => {
          const serviceAccount = account(controlPlane, "order-sa");
          secretWithValue(controlPlane, "db-password");
          const member = `serviceAccount:${serviceAccount}`;
          const role = "roles/secretmanager.secretAccessor";
          make(controlPlane, SECRET_GRANT, "order", { secretId: "db-password", role, member });
          const secretKeyRef = { secret: "db-password", version: "latest" };
          const envs: Properties[] = [
            { name: "MODE", value: "test" },
            { name: "DB_PASSWORD", valueSource: { secretKeyRef } },
            { name: "HTTPS_PROXY", value: "http://elsewhere.example:3128" },
            { name: "NODE_OPTIONS", value: "--no-deprecation" },
            { name: "JAVA_TOOL_OPTIONS", value: "-Dhttp.proxyHost=elsewhere.example" },
            { name: "PHP_INI_SCAN_DIR", value: "/app/php" },
          ];
          const inputs = service("order", { container: { envs }, template: { serviceAccount }, ...PUBLIC });
          make(controlPlane, SERVICE, "order", inputs);
        },
        {
          workloads: [{ ...workload("order", NODE, WORKLOAD), env: { MODE: "here", LOCAL: "1" } }],
          env: { PATH: process.env["PATH"], LANG: "C.UTF-8", DEVELOPERS_OWN: "1", NODE_OPTIONS: "", HOME: "/home/dev" },
        },
      );
      const { env: world, url: proxy, caFile } = await plane.proxyFor({ service: "order" });
      const env: Record<string, string> = (await ask(await plane.proxyFor({}), `${url("order")}/env`)).json();
      const home = path.join(path.dirname(caFile), "homes", "order");
      assert.deepEqual(env, {
        PATH: process.env["PATH"],
        LANG: "C.UTF-8",
        HOME: home,
        USERPROFILE: home,
        APPDATA: path.join(home, "appdata"),
        XDG_CONFIG_HOME: path.join(home, ".config"),
        CLOUDSDK_CONFIG: path.join(home, ".config", "gcloud"),
        GOFLAGS: "-modcacherw",
        ...world,
        MODE: "here",
        LOCAL: "1",
        DB_PASSWORD: "hush",
        HTTPS_PROXY: proxy,
        NODE_OPTIONS: `--no-deprecation ${world["NODE_OPTIONS"]}`,
        JAVA_TOOL_OPTIONS: `"-Duser.home=${home}" -Dhttp.proxyHost=elsewhere.example ${world["JAVA_TOOL_OPTIONS"]}`,
        PHP_INI_SCAN_DIR: `/app/php${world["PHP_INI_SCAN_DIR"]}`,
        PORT: String(plane.stats.services[0]?.port),
        K_SERVICE: "order",
        K_CONFIGURATION: "order",
        K_REVISION: env["K_REVISION"],
      });
      assert.match(env["K_REVISION"]!, /^order-00001-/);
    });

    it("that a new process has as it is by then", async () => {
      const opened = await readyMesh((controlPlane) => deploy(controlPlane, "order", PUBLIC));
      const { controlPlane, plane } = opened;
      const before = (await get(opened, "/env")).json();
      const { id, inputs: old } = controlPlane.list({ type: SERVICE })[0]!;
      const serviceAccount = `order-sa@${PROJECT}.iam.gserviceaccount.com`;
      const container = { envs: [{ name: "MODE", value: "new" }] };
      const inputs = { ...old, ...service("order", { container, template: { serviceAccount }, ...PUBLIC }) };
      controlPlane.update({ type: SERVICE, id, inputs });
      assert.equal((await get(opened, "/env")).json()["MODE"], undefined);
      await plane.restart("order");
      const after = (await get(opened, "/env")).json();
      assert.equal(after["MODE"], "new");
      assert.notEqual(after["K_REVISION"], before["K_REVISION"]);
    });
  });

  describe("have a command", () => {
    const words = async (...command: string[]) => {
      const { plane, logs } = await readyMesh((controlPlane) => deploy(controlPlane, "order", PUBLIC), {
        workloads: [{ ...workload("order", ...command), env: { MODE: "a b", EMPTY: "" } }],
      });
      const { port } = plane.stats.services[0]!;
      await plane.close();
      const said = logs.filter(({ stream }) => stream === "sandbox").map(({ line }) => line);
      return { port, said, words: logs.filter(({ stream }) => stream === "stdout").map(({ line }) => line) };
    };
    const SAY =
      "console.log(process.argv.slice(1).join('|')); require('node:net').createServer().listen(process.env.PORT)";

    it("with the variables of their environment in the place of $NAME and ${NAME}, and tell of those that it lacks", async () => {
      const args = ["--port=$PORT", "${PORT}", "$MODE", "[$EMPTY]", "$PROT", "a$", "$1", "$(PORT)", "$$"];
      const { port, said, words: got } = await words(NODE, "-e", SAY, "--", ...args);
      assert.equal(got[0], [`--port=${port}`, port, "a b", "[]", "$PROT", "a$", "$1", "$(PORT)", "$$"].join("|"));
      assert.equal(said[0], "order has no variable PROT: $PROT in its command stays as it is written");
    });

    it("that a shell gets as it is written", async () => {
      const script = `PORT_IS=$PORT; echo "$PORT_IS"; exec "${NODE}" -e "${SAY}" -- '$PORT'`;
      const { port, words: got } = await words("/bin/sh", "-c", script);
      assert.deepEqual(got.slice(0, 2), [String(port), "$PORT"]);
    });
  });

  describe("that die", () => {
    it("are started again, after pauses that grow", async () => {
      const opened = await readyMesh((controlPlane) => deploy(controlPlane, "order", PUBLIC));
      const { plane, logs } = opened;
      for (const times of [1, 2]) {
        const { pid } = plane.stats.services[0]!;
        process.kill(pid!, "SIGKILL");
        await until(
          () => plane.stats.services[0]!.restarts === times && plane.stats.services[0]!.port !== undefined,
          "a new one",
        );
        assert.equal((await get(opened, "/")).code, 200);
      }
      const said = logs
        .filter(({ stream, line }) => stream === "sandbox" && line.includes("again"))
        .map(({ line }) => line);
      assert.deepEqual(said, [
        "order was ended by SIGKILL; starting it again in 100 ms",
        "order was ended by SIGKILL; starting it again in 200 ms",
      ]);
    });

    it("at once, or that cannot start, or that never listen, are told together with their last words", async () => {
      const opened = await open(
        (controlPlane) => {
          for (const name of ["order", "ends", "gone", "lost", "mute"]) deploy(controlPlane, name, PUBLIC);
        },
        {
          startTimeoutMs: 1500,
          workloads: [
            workload("order", NODE, WORKLOAD),
            workload("ends", NODE, "-e", "console.error('no DB_URL'); process.exit(3)"),
            workload("gone", "./no-such-program"),
            { ...workload("lost", NODE, WORKLOAD), folder: path.join(__dirname, "no-such-folder") },
            workload("mute", NODE, "-e", "console.log('listening on 8080'); setInterval(() => {}, 1000)"),
          ],
        },
      );
      const error = await opened.plane.ready().then(
        () => assert.fail("was ready"),
        ({ message }: Error) => message,
      );
      const port = "port \\d+";
      const expected = [
        `ends exited with code 3( before it listened on ${port})?; its last lines:\n  no DB_URL`,
        `gone could not be started in ${__dirname}: "./no-such-program" was not found: there is no such program, or not the one that its first line names; sandbox.command in the stack config says what to run( before it listened on ${port})?; its last lines:\n  \\(it wrote nothing\\)`,
        `lost could not be started in ${__dirname}/no-such-folder: the folder does not exist( before it listened on ${port})?; its last lines:\n  \\(it wrote nothing\\)`,
        `mute did not listen on ${port} \\(PORT\\) within [\\d.]+ s: it (runs node, and has done nothing for [\\d.]+ s|still runs); a "startupProbe" in the stack config gives it failureThreshold × periodSeconds; its last lines:\n  listening on 8080`,
      ];
      assert.match(error, new RegExp(`^${expected.join("\n")}$`));
      const told = opened.logs.filter(({ service, stream }) => service === "ends" && stream === "sandbox");
      assert.deepEqual(
        told.slice(0, 3).map(({ line }) => line),
        [
          "ends exited with code 3; starting it again in 100 ms; its last lines:",
          "  no DB_URL",
          "ends exited with code 3; starting it again in 200 ms",
        ],
      );
      assert.equal((await get(opened, "/")).code, 200);
    });
  });

  it("get another port where theirs was taken meanwhile", async () => {
    const thieves: Server[] = [];
    const ports: number[] = [];
    const runner = new Runner({
      service: "order",
      folder: __dirname,
      command: [NODE, WORKLOAD],
      startLimits: { idleMs: 5000, longestMs: 5000 },
      environment: async (port) => {
        ports.push(port);
        if (ports.length === 1) {
          thieves.push(createServer().listen(port, "127.0.0.1"));
          await once(thieves[0]!, "listening");
        }
        return { PATH: process.env["PATH"], PORT: String(port) };
      },
    });
    try {
      runner.start();
      await runner.ready();
      assert.equal(ports.length, 2);
      assert.equal(runner.listeningPort, ports[1]);
      assert.notEqual(ports[0], ports[1]);
    } finally {
      await runner.stop();
      for (const thief of thieves) thief.close();
    }
  });

  describe("that are replaced", () => {
    it("answer what they have, while the new one answers what comes", async () => {
      const container = { envs: [{ name: "EXIT_ON_SIGTERM", value: "1" }] };
      const opened = await readyMesh((controlPlane) => deploy(controlPlane, "order", { ...PUBLIC, container }));
      const before = opened.plane.stats.services[0]!.pid;
      const held = get(opened, "/hold");
      await until(async () => (await get(opened, "/seen")).json().held === 1, "the old one has it");
      const restarted = opened.plane.restart("order");
      await until(() => opened.plane.stats.services[0]!.pid !== before, "the new one");
      assert.equal((await get(opened, "/")).json().pid, opened.plane.stats.services[0]!.pid);
      assert.ok(isAlive(before!));
      // Only a signal reaches it now: it answers what it holds.
      process.kill(before!, "SIGUSR2");
      assert.equal((await held).code, 200);
      await restarted;
      assert.ok(!isAlive(before!));
    });

    it("stay where the new one does not start", async () => {
      const folder = __dirname;
      const command = [
        "/bin/sh",
        "-c",
        `[ -e "$HOME/second" ] && exit 4; touch "$HOME/second"; exec "${NODE}" "${WORKLOAD}"`,
      ];
      const opened = await readyMesh((controlPlane) => deploy(controlPlane, "order", PUBLIC), {
        workloads: [{ service: "order", folder, command }],
      });
      const { pid } = opened.plane.stats.services[0]!;
      await assert.rejects(
        opened.plane.restart("order"),
        /^Error: order exited with code 4 before it listened on port \d+; /,
      );
      assert.equal((await get(opened, "/")).json().pid, pid);
    });
  });

  describe("that are to end", () => {
    it("are gone after close, with all that they started, and so is their folder", async () => {
      const command = ["/bin/sh", "-c", `"${NODE}" "${WORKLOAD}" & wait`];
      const opened = await readyMesh((controlPlane) => deploy(controlPlane, "order", PUBLIC), {
        workloads: [{ service: "order", folder: __dirname, command }],
      });
      const { caFile } = await opened.plane.proxyFor({});
      const all = [opened.plane.stats.services[0]!.pid!, ...pids(opened.logs)];
      assert.equal(all.length, 2);
      assert.ok(all.every(isAlive) && existsSync(caFile));
      await opened.plane.close();
      await until(() => !all.some(isAlive), "all are gone", 500);
      assert.ok(!existsSync(path.dirname(caFile)));
    });

    it("get SIGTERM, and SIGKILL where that did not help in time", async () => {
      const container = { envs: [{ name: "IGNORE_SIGTERM", value: "1" }] };
      const opened = await readyMesh((controlPlane) => deploy(controlPlane, "order", { ...PUBLIC, container }), {
        killAfterMs: 300,
      });
      const { pid } = opened.plane.stats.services[0]!;
      const started = performance.now();
      await opened.plane.close();
      const tookMs = performance.now() - started;
      assert.ok(tookMs >= 299 && tookMs < 3000, `${tookMs} ms`);
      assert.ok(!isAlive(pid!));
    });

    it("end also while they are being started or replaced", async () => {
      const opened = await open((controlPlane) => deploy(controlPlane, "order", PUBLIC));
      await opened.plane.close();
      const second = await readyMesh((controlPlane) => deploy(controlPlane, "order", PUBLIC));
      const restarts = [second.plane.restart("order"), second.plane.restart("order")];
      const results = Promise.allSettled(restarts);
      await second.plane.close();
      assert.ok((await results).every(({ status }) => status === "rejected"));
      assert.deepEqual([...pids(opened.logs), ...pids(second.logs)].filter(isAlive), []);
      await assert.rejects(second.plane.restart("order"), { message: "the data plane is closed" });
      await assert.rejects(second.plane.proxyFor({}), { message: "the data plane is closed" });
    });

    it("end with their parent, however it ends", async () => {
      const ends = {
        SIGINT: [null, "SIGINT"],
        SIGTERM: [null, "SIGTERM"],
        SIGKILL: [null, "SIGKILL"],
        exit: [3, null],
        throw: [1, null],
      };
      const endOf = async (how: string) => {
        const args = [...TYPESCRIPT, path.join(__dirname, "programs/parent.ts"), how];
        const parent = spawn(NODE, args, { stdio: ["ignore", "pipe", "ignore"] });
        let pid = 0;
        parent.stdout.setEncoding("utf8").on("data", (text: string) => {
          pid = Number(text);
          if (how.startsWith("SIG")) parent.kill(how as NodeJS.Signals);
        });
        const end = await once(parent, "close");
        assert.ok(pid > 0, how);
        await until(() => !isAlive(pid), `the service is gone after ${how}`, 1000);
        return [how, end];
      };
      assert.deepEqual(Object.fromEntries(await Promise.all(Object.keys(ends).map(endOf))), ends);
    });
  });
});
