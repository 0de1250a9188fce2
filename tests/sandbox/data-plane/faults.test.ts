import * as assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import type { Decision } from "../../../sandbox/data-plane";
import { make } from "../control-plane/cloud";
import { type Answer, ask, deploy, email, grant, type Mesh, open, openMesh, reach, until, url } from "./mesh";

const PUBLIC = { self: { invokerIamDisabled: true } };

describe("faults", () => {
  const ORDER = url("order");
  const caller = email("caller");
  let mesh: Mesh;
  let now: Date;

  beforeEach(async () => {
    now = new Date();
    mesh = await openMesh(
      (controlPlane) => {
        deploy(controlPlane, "caller");
        deploy(controlPlane, "order");
        deploy(controlPlane, "public", PUBLIC);
        grant(controlPlane, "order", `serviceAccount:${caller}`);
      },
      { clock: () => now },
    );
    await mesh.plane.ready();
  });
  afterEach(() => mesh.plane.close());

  const last = (): [number, Decision["verdict"], Decision["reason"]] => {
    const { code, verdict, reason } = mesh.decisions.at(-1)!;
    return [code, verdict, reason];
  };

  it("a callee that dies before it answers is 503, and the next request finds a new one", async () => {
    const access = await mesh.plane.proxyFor({});
    for (const method of ["POST", "GET"]) {
      const answer = await ask(access, `${url("public")}/die`, { method });
      assert.equal(answer.code, 503);
      assert.equal(
        answer.body,
        "upstream connect error or disconnect/reset before headers. reset reason: connection termination",
      );
      assert.deepEqual(last(), [503, "failed", "callee-died"]);
      assert.match(mesh.said(), /^503 public: the container closed the connection before it answered \(\w+\)$/);
      assert.equal((await ask(access, url("public"))).code, 200);
    }
  });

  it("a callee that dies in the middle of its answer breaks it off, and a second decision tells why", async () => {
    const response = await open(await mesh.plane.proxyFor({}), `${url("public")}/die-midway`);
    assert.equal(response.statusCode, 200);
    let text = "";
    const read = (async () => {
      for await (const chunk of response) text += chunk;
    })();
    await assert.rejects(read, { message: "aborted" });
    assert.equal(text, "the first half");
    assert.deepEqual(
      mesh.decisions.filter(({ callee }) => callee === "public").map(({ code, reason }) => [code, reason]),
      [
        [200, "invoker-check-off"],
        [503, "callee-died"],
      ],
    );
    assert.equal(mesh.said(), "503 public: the container's process went away in the middle of its answer");
  });

  it("a token that expires during a long answer does not cut it, and is refused the next time", async () => {
    const access = await mesh.plane.proxyFor({});
    const token = await mesh.plane.idToken(caller, ORDER);
    const response = await open(access, `${ORDER}/events`, { token });
    const events = response.setEncoding("utf8")[Symbol.asyncIterator]();
    assert.equal((await events.next()).value, "data: one\n\n");
    now = new Date(now.getTime() + 3600_000);
    const fresh = await mesh.plane.idToken(caller, ORDER);
    await ask(access, `${ORDER}/release`, { token: fresh });
    assert.equal((await events.next()).value, "data: two\n\n");
    assert.equal((await events.next()).done, true);
    assert.equal((await ask(access, ORDER, { token })).code, 401);
    assert.equal(mesh.decisions.at(-1)!.reason, "token-expired");
  });

  it("a service whose clock is wrong is refused with both times in the decision", async () => {
    const access = await mesh.plane.proxyFor({});
    const token = await mesh.plane.idToken(caller, ORDER);
    const minted = Math.floor(now.getTime() / 1000) * 1000;
    now = new Date(minted - 300_000);
    assert.equal((await ask(access, ORDER, { token })).code, 401);
    const [from, until] = [new Date(minted), now].map((time) => time.toISOString());
    assert.equal(mesh.said(), `401 order: the token is refused: it is valid from ${from} on, now is ${until}`);
  });

  it("1,000 connections at once are all answered", async () => {
    const access = await mesh.plane.proxyFor({});
    const held = async () => (await ask(access, `${url("public")}/seen`)).json().held as number;
    const answers: Promise<Answer>[] = [];
    for (let batch = 1; batch <= 10; batch++) {
      for (let i = 0; i < 100; i++) answers.push(ask(access, `${url("public")}/hold`));
      await until(async () => (await held()) === batch * 100, `${batch * 100} requests are with the container`, 10_000);
    }
    assert.ok(mesh.plane.stats.connections >= 1000);
    await ask(access, `${url("public")}/release`);
    const codes = new Set((await Promise.all(answers)).map(({ code }) => code));
    assert.deepEqual([...codes], [200]);
  }).timeout(60_000);

  describe("SIGTERM under load", () => {
    /** Callers that ask one request after the other, each over a connection of its own, until told to stop. */
    async function load(count: number) {
      const access = await mesh.plane.proxyFor({});
      const { host } = new URL(url("public"));
      const codes: number[] = [];
      let stopped = false;
      const one = async (method: string) => {
        const socket = await reach(access, host);
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        agent.createConnection = () => socket;
        while (!stopped) {
          const headers = { Host: host };
          const request = httpRequest({ agent, method, path: "/", headers }).end(method === "POST" ? "body" : "");
          const [response] = (await once(request, "response")) as [IncomingMessage];
          await once(response.resume(), "end");
          codes.push(response.statusCode!);
        }
        agent.destroy();
      };
      const all = Promise.all(Array.from({ length: count }, (_, i) => one(i % 2 === 0 ? "GET" : "POST")));
      const stop = () => {
        stopped = true;
        return all;
      };
      return { codes, stop, all };
    }

    it("loses no request where a process is replaced", async () => {
      const { codes, stop } = await load(8);
      for (let i = 0; i < 3; i++) {
        await until(() => codes.length > i * 100 + 50, "requests flow");
        await mesh.plane.restart("public");
      }
      await stop();
      assert.deepEqual([...new Set(codes)], [200]);
      assert.equal(mesh.decisions.filter(({ verdict }) => verdict !== "allowed").length, 0);
    });

    it("answers what was taken in when everything ends, and the rest with 503", async () => {
      const { codes, all } = await load(8);
      // Their connections are closed in the end.
      const ended = all.catch((error: Error) => error);
      await until(() => codes.length >= 8, "every caller has had an answer");
      const slow = ask(await mesh.plane.proxyFor({}), `${url("public")}/slow?ms=400`);
      const access = await mesh.plane.proxyFor({});
      await until(async () => (await ask(access, `${url("public")}/seen`)).json().slow === 1, "the container has it");
      const started = performance.now();
      const closed = mesh.plane.close();
      assert.deepEqual([(await slow).code, (await slow).body], [200, "late"]);
      await closed;
      const tookMs = performance.now() - started;
      assert.ok(tookMs < 3000, `it took ${tookMs} ms although nothing was left to answer`);
      await ended;
      assert.ok(
        codes.every((code) => code === 200 || code === 503),
        codes.join(),
      );
    });
  });

  it("every failure is an answer with a code, and a decision with a reason", async () => {
    const broken = await openMesh(
      (controlPlane) => {
        deploy(controlPlane, "ends", PUBLIC);
        deploy(controlPlane, "order");
        deploy(controlPlane, "inner", { self: { ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY" } });
      },
      { workloads: [{ service: "ends", folder: __dirname, command: [process.execPath, "-e", "process.exit(3)"] }] },
    );
    try {
      await assert.rejects(broken.plane.ready());
      const access = await broken.plane.proxyFor({});
      const answer = async (target: string, token?: string) => {
        broken.decisions.length = 0;
        const { code } = await ask(access, target, { ...(token && { token }) });
        assert.equal(broken.decisions.length, 1);
        const [{ code: decided, reason, message }] = broken.decisions as [Decision];
        assert.equal(decided, code);
        assert.ok(message.length > 10);
        return [code, reason];
      };
      const started = performance.now();
      assert.deepEqual(await answer(url("ends")), [503, "not-started"]);
      assert.ok(performance.now() - started < 5000, "nobody waits for what has failed to start");
      assert.match(
        broken.said(),
        /^503 ends: no instance of ends: ends exited with code 3( before it listened on port \d+)?; its last lines:$/,
      );
      assert.deepEqual(await answer(url("nobody")), [404, "host-unknown"]);
      assert.deepEqual(await answer(url("inner")), [404, "ingress"]);
      assert.deepEqual(await answer(url("order")), [403, "no-token"]);
      assert.deepEqual(await answer(url("order"), "x"), [401, "token-malformed"]);
      assert.deepEqual(await answer(url("order"), await broken.plane.idToken(caller, ORDER)), [403, "no-invoker"]);
      assert.deepEqual(await answer("https://www.googleapis.com/nothing"), [501, "api-not-played"]);
      const { get } = broken.controlPlane;
      broken.controlPlane.get = () => assert.fail("torn state");
      assert.deepEqual(await answer(url("order")), [500, "sandbox-failed"]);
      broken.controlPlane.get = get;
      assert.equal(broken.said(), `500 ${new URL(ORDER).host}: the sandbox failed: torn state`);
    } finally {
      await broken.plane.close();
    }
  });

  it("a route that goes away under an open connection is 502", async () => {
    const egress = "PRIVATE_RANGES_ONLY";
    const vpcAccess = { egress, networkInterfaces: [{ network: "default", subnetwork: "default" }] };
    deploy(mesh.controlPlane, "attached", { template: { vpcAccess } });
    await mesh.plane.restart("attached");
    const { host } = new URL(url("public"));
    const socket = await reach(await mesh.plane.proxyFor({ service: "attached" }), host);
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
    socket.write(`GET /refuse HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await until(() => text.includes(" 418 "), "the first answer");
    make(mesh.controlPlane, "gcp:dns/managedZone:ManagedZone", "run-app", {
      name: "run-app",
      dnsName: "run.app.",
      visibility: "private",
      privateVisibilityConfig: { networks: [{ networkUrl: "projects/acme-dev/global/networks/default" }] },
    });
    socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await until(() => text.includes(" 502 "), "the second answer");
    assert.deepEqual(last(), [502, "refused", "no-route"]);
    socket.destroy();
  });
});
