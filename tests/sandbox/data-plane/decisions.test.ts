import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { type Decision, decisionLine, explain, openDecisionFile } from "../../../sandbox/data-plane";
import { TYPESCRIPT } from "../../support/typescript";
import { until } from "../../support/until";
import { ask, deploy, email, grant, openMesh, url } from "./mesh";

const DECISION: Decision = {
  time: "2026-06-01T12:00:00.123Z",
  caller: "user-sa@acme-dev.iam.gserviceaccount.com",
  from: "vpc",
  callee: "order",
  method: "GET",
  path: "/stats",
  verdict: "refused",
  code: 403,
  reason: "no-invoker",
  message: "user-sa has no roles/run.invoker on order (granted: gateway-sa)",
};

describe("decision log", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "decisions-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const lines = (file: string): Decision[] =>
    readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));

  it("explains a decision in one sentence", () => {
    assert.equal(explain(DECISION), "403 order: user-sa has no roles/run.invoker on order (granted: gateway-sa)");
  });

  it("puts a decision on one aligned line", () => {
    assert.equal(
      decisionLine(DECISION),
      "12:00:00.123 403 user-sa → order            GET     /stats                   user-sa has no roles/run.invoker on order (granted: gateway-sa)",
    );
    const left = decisionLine({ ...DECISION, caller: "dev@acme.example", code: 0 });
    assert.ok(left.startsWith("12:00:00.123   0 dev@acme.example → order   GET "), left);
  });

  it("writes JSON lines that only their owner may read, behind those that are there", async () => {
    const file = path.join(folder, "deeper", "decisions.jsonl");
    for (const code of [403, 404]) {
      const log = openDecisionFile(file);
      log.write({ ...DECISION, code });
      await log.close();
    }
    assert.deepEqual(lines(file), [DECISION, { ...DECISION, code: 404 }]);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    // In a folder that is there already.
    const another = path.join(folder, "another.jsonl");
    const log = openDecisionFile(another);
    log.write(DECISION);
    await log.close();
    assert.equal(statSync(another).mode & 0o777, 0o600);
  });

  it("tells what cannot be written, goes on when it can be, and loses nothing of it", async () => {
    const file = path.join(folder, "decisions.jsonl");
    mkdirSync(file);
    const told: string[] = [];
    const log = openDecisionFile(file, { tell: (line) => told.push(line), retryMs: 10 });
    log.write(DECISION);
    await until(() => told.length > 0, "it is told");
    log.write({ ...DECISION, code: 404 });
    rmdirSync(file);
    await until(() => told.length > 1, "it goes on");
    log.write({ ...DECISION, code: 500 });
    await log.close();
    assert.deepEqual(
      lines(file).map(({ code }) => code),
      [403, 404, 500],
    );
    assert.deepEqual(told, [
      `cannot write "${file}": a folder stands where a file is needed; name another folder (EISDIR); decisions wait for that`,
      `"${file}" goes on`,
    ]);
  });

  it("says when it is closed how many decisions found no place", async () => {
    const told: string[] = [];
    const log = openDecisionFile(folder, { tell: (line) => told.push(line) });
    log.write(DECISION);
    log.write(DECISION);
    await log.close();
    assert.equal(told.at(-1), `2 decisions are not in "${folder}"`);
  });

  it("goes on in a folder that somebody removed meanwhile", async () => {
    const file = path.join(folder, "state", "decisions.jsonl");
    const log = openDecisionFile(file);
    log.write(DECISION);
    await until(() => existsSync(file), "the first is written");
    rmSync(path.dirname(file), { recursive: true });
    log.write({ ...DECISION, code: 404 });
    await log.close();
    assert.deepEqual(
      lines(file).map(({ code }) => code),
      [404],
    );
  });

  it("holds whole lines where its disk is full", async function () {
    if (process.platform === "win32") this.skip();
    const file = path.join(folder, "decisions.jsonl");
    const script = `
      const { openDecisionFile } = require("./sandbox/data-plane/decision-file");
      const told = [];
      const log = openDecisionFile(process.argv[1], { tell: (line) => told.push(line), retryMs: 10 });
      (async () => {
        for (let code = 1; told.length === 0; code++) {
          log.write({ ...${JSON.stringify(DECISION)}, code });
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        await log.close();
        console.log(JSON.stringify(told));
      })();`;
    // A file of more than some thousand bytes finds no room.
    const { stdout } = await promisify(execFile)(
      "/bin/sh",
      ["-c", 'ulimit -f 8; exec "$0" "$@"', process.execPath, ...TYPESCRIPT, "-e", script, file],
      { cwd: path.join(__dirname, "../../..") },
    );
    const [first, ...rest] = JSON.parse(stdout) as string[];
    assert.equal(
      first,
      `cannot write "${file}": a file may not grow so large; raise that limit, or name another folder (EFBIG); decisions wait for that`,
    );
    assert.match(rest.at(-1)!, /^\d+ decisions are not in /);
    const codes = lines(file).map(({ code }) => code);
    assert.ok(codes.length > 3);
    assert.deepEqual(
      codes,
      codes.map((_, i) => i + 1),
    );
  });

  it("holds who, from where, whom, what and why of each request, and neither queries nor tokens", async () => {
    const file = path.join(folder, "mesh.jsonl");
    const log = openDecisionFile(file);
    const [caller, now] = [email("caller"), new Date("2026-06-01T12:00:00Z")];
    const { plane } = await openMesh(
      (controlPlane) => {
        deploy(controlPlane, "caller");
        deploy(controlPlane, "order");
        grant(controlPlane, "order", `serviceAccount:${caller}`);
      },
      { standIns: true, clock: () => now, onDecision: log.write },
    );
    const secrets = ["hush-hush"];
    try {
      const access = await plane.proxyFor({});
      const [good, foreign, opaque] = [
        await plane.idToken(caller, url("order")),
        await plane.idToken(caller, url("caller")),
        plane.accessToken(caller),
      ];
      for (const token of [good, foreign, opaque, "not.a.token"]) {
        secrets.push(token);
        await ask(access, `${url("order")}/a?key=hush-hush`, { token });
      }
      await ask(access, "https://www.googleapis.com/oauth2/v3/certs?key=hush-hush", { token: opaque });
      await assert.rejects(ask(access, "https://elsewhere.example/?key=hush-hush", { token: good }));
      assert.deepEqual(plane.stats.decisions, { 200: 2, 401: 3, 502: 1 });
    } finally {
      await plane.close();
      await log.close();
    }
    assert.deepEqual(lines(file)[0], {
      time: "2026-06-01T12:00:00.000Z",
      caller,
      from: "internet",
      callee: "order",
      method: "GET",
      path: "/a",
      verdict: "allowed",
      code: 200,
      reason: "invoker",
      message: "caller-sa has roles/run.invoker",
    });
    assert.equal(lines(file).length, 6);
    const text = readFileSync(file, "utf8");
    assert.deepEqual(
      secrets.filter((secret) => text.includes(secret)),
      [],
    );
  });
});
