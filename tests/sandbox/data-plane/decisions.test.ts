import * as assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { type Decision, decisionLine, explain, openDecisionFile } from "../../../sandbox/data-plane";
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
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "decisions-"));
  });
  after(() => rmSync(folder, { recursive: true }));

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
  });

  it("tells when it is closed that something could not be written", async () => {
    const log = openDecisionFile(folder);
    log.write(DECISION);
    await assert.rejects(log.close(), { code: "EISDIR" });
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
      secrets.push(new URL(access.url).password);
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
