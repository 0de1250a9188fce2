import * as assert from "node:assert/strict";
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { accessGraph, formatProblems, parseMesh } from "../../mesh";
import { readStackConfigFile } from "../../sandbox/engine";
import { announce, findRunning, RunningMesh, type StackOutputs } from "../../sandbox/running";
import { openSandbox, type Sandbox } from "../../sandbox/sandbox";
import { audienceOf, purposeOf } from "../../tools/call/audience";
import { wayInSandbox } from "../../tools/call/in-sandbox";
import { wayOnGoogleCloud } from "../../tools/call/on-google-cloud";
import { explainRefusal } from "../../tools/call/refusal";
import { send } from "../../tools/call/send";
import { missingGrant } from "../../tools/call/way";
import { meshInput } from "../mesh/support";
import { temporaryFolder, withoutCredentials } from "../support/pulumi-cli";
import { TestGoogle } from "../verify/deployed-google";
import { account, cliOf, credentialsOf, person, robot } from "../verify/deployed-support";

const ROOT = path.join(__dirname, "../..");
const MEMBER = "group:developers@acme.example";
const TODAY = "2026-11-23";

describe("npm run token and npm run call, in the sandbox", function () {
  this.timeout(60_000);
  let state: string;
  let sandbox: Sandbox;
  let mesh: RunningMesh;
  let withdraw: () => Promise<void>;
  before(async () => {
    state = temporaryFolder();
    const stackConfig = readStackConfigFile(ROOT, path.join(ROOT, "Pulumi.dev.yaml"));
    sandbox = await openSandbox({
      projectFolder: ROOT,
      stackConfig,
      stateFolder: state,
      engine: "embedded",
      env: withoutCredentials(process.env),
    });
    const result = await sandbox.engine.run("up");
    assert.ok(result.ok, JSON.stringify(result.diagnostics));
    const outputs = result.outputs as unknown as StackOutputs;
    mesh = await RunningMesh.open({ controlPlane: sandbox.controlPlane, stackConfig, outputs });
    ({ withdraw } = await announce(mesh, path.join(state, "dev")));
  });
  after(async () => {
    await withdraw?.();
    await mesh?.close();
    await sandbox?.close();
    rmSync(state, { recursive: true, force: true });
  });

  const way = (service: string, as?: string) => wayInSandbox(state, service, { as });
  const call = async (service: string, request: Partial<Parameters<typeof send>[1]> = {}, as?: string) => {
    const found = await way(service, as);
    try {
      const { response, refusal } = await send(found, { path: "/", timeoutMs: 10_000, ...request });
      return { status: response.status, refusal: refusal?.explanation, text: refusal ? "" : await response.text() };
    } finally {
      await found.close();
    }
  };

  it("call as the first who may, members before services", async () => {
    assert.equal((await way("gateway")).as, MEMBER);
    assert.equal((await way("order")).as, "gateway");
    assert.equal((await call("gateway", { path: "/api/users" })).status, 200);
    assert.equal((await call("order", { path: "orders?status=pending" })).status, 200);
  });

  it("get a person's token for gcloud, and a service's for the service that it calls", async () => {
    const [ofPerson, ofService] = [await way("gateway"), await way("order")];
    const gcloud = "32555940559.apps.googleusercontent.com";
    assert.deepEqual([audienceOf(ofPerson.token), audienceOf(ofService.token)], [gcloud, ofService.url]);
    assert.deepEqual(
      [purposeOf(ofPerson.token, ofPerson.url), purposeOf(ofService.token, ofService.url)],
      [`for ${gcloud}, which Cloud Run takes on every service, ${ofPerson.url} included`, `for ${ofService.url}`],
    );
  });

  it("send a method, a body and headers, and leave the caller's own Authorization to the service", async () => {
    const body = JSON.stringify({ name: "Dora", email: "dora@example.com" });
    assert.equal((await call("user", { path: "/users", body })).status, 201);
    assert.equal((await call("user", { path: "/users", method: "PUT" })).status, 405);
    const own = await call("gateway", { headers: ["Authorization: Basic own"] });
    assert.equal(own.status, 200, "the token went in another header");
    const typed = await call("user", { path: "/users", body, headers: ["Content-Type: text/plain"] });
    assert.equal(typed.status, 415);
  });

  it("tell an answer of the service from a refusal of Cloud Run", async () => {
    const { status, refusal } = await call("gateway", { path: "/nope" });
    assert.deepEqual([status, refusal], [404, undefined]);
  });

  it("say which grant is missing to a service, to a person, and to whom the ingress keeps out", async () => {
    assert.equal(
      (await call("gateway", {}, "user")).refusal,
      '403: user has no roles/run.invoker on "gateway"\n' +
        `  granted: ${MEMBER}\n` +
        "  to grant it, in the stack config, beside what is there: services.user.calls: [gateway]",
    );
    assert.equal(
      (await call("gateway", {}, "bob@elsewhere.example")).refusal,
      '403: user:bob@elsewhere.example has no roles/run.invoker on "gateway"\n' +
        `  granted: ${MEMBER}\n` +
        '  to grant it, in the stack config, beside what is there: services.gateway.access: [{ member: "user:bob@elsewhere.example", until: YYYY-MM-DD }]',
    );
    assert.equal(
      (await call("user", {}, "order")).refusal,
      "404: ingress of user is internal_only; the request came from the internet\n" +
        "  whoever asks from there gets this answer; call it as what reaches it through the VPC network: --as gateway",
    );
  });

  it("say of a path that Cloud Run keeps that it does, to whoever asks", async () => {
    const kept = (path: string) =>
      `404: Cloud Run keeps ${path} to itself\n  no request for it reaches any service: serve another one, such as /health`;
    for (const path of ["/healthz", "/eventlog", "/_ah/x"]) {
      for (const [service, as] of [
        ["gateway"],
        ["gateway", "user"],
        ["order", "gateway"],
        ["user", "order"],
      ] as const) {
        assert.equal((await call(service, { path }, as)).refusal, kept(path), `${path} of ${service}`);
      }
    }
  });

  it("say what the proxy says where a request gets no further than that", async () => {
    const found = await way("gateway");
    const elsewhere = { ...found, url: "https://nowhere.example" };
    await assert.rejects(send(elsewhere, { path: "/", timeoutMs: 10_000 }), {
      message: "502: the sandbox does not play nowhere.example:443 and dials nobody",
    });
    await found.close();
  });

  it("tell what they can where the caller goes on with a trace of its own", async () => {
    const headers = [`traceparent: 00-${"1".repeat(32)}-${"2".repeat(16)}-01`];
    const { refusal } = await call("user", { headers }, "order");
    assert.match(refusal!, /^404: Google answered in the place of "user", for one of these reasons:\n {2}its ingress /);
  });

  it("know before the call that a token will be refused, where nobody but Google could say otherwise", async () => {
    const asked = async (service: string, as?: string) => await missingGrant(await way(service, as), TODAY);
    assert.equal(await asked("gateway"), undefined);
    assert.match((await asked("gateway", "user"))!, /^403: user has no roles\/run\.invoker on "gateway"/);
    assert.equal(await asked("gateway", "bob@elsewhere.example"), undefined, "he may be in the group");
    assert.match((await asked("order", "bob@elsewhere.example"))!, /granted: gateway, user/);
  });

  it("send the token to nobody else, whatever the path says", async () => {
    for (const path of ["//evil.example/", "http://evil.example/"]) {
      const sent = call("gateway", { path });
      if (path.startsWith("//")) await assert.rejects(sent, /leads to evil\.example; the token is for gateway-\d+/);
      else assert.equal((await sent).status, 404, "it is a path of the gateway");
    }
  });

  it("stop at what they cannot do, with what there is", async () => {
    await assert.rejects(way("nope"), {
      message: 'no service "nope" in the stack "dev"; there are: gateway, user, order',
    });
    await assert.rejects(way("gateway", "nobody"), {
      message: `no caller "nobody" in this stack; there are: gateway, user, order, ${MEMBER}, or any e-mail address`,
    });
    await assert.rejects(call("gateway", { headers: ["no colon"] }), {
      message: '--header "no colon": not of the form "Name: value"',
    });
    await assert.rejects(wayInSandbox(path.join(state, "empty"), "gateway", {}), {
      message: "no mesh is running here; start one: npm start",
    });
    await assert.rejects(wayInSandbox(state, "gateway", { mesh: "prod" }), {
      message: 'no mesh of the stack "prod" is running here; start one: npm start',
    });
  });

  it("find the mesh by a file that only its owner reads, and nobody gets in without its secret", async () => {
    const file = path.join(state, "dev/running.json");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const { url } = JSON.parse(require("node:fs").readFileSync(file, "utf8")) as { url: string };
    for (const authorization of ["", "Bearer guess"]) {
      const response = await fetch(`${url}/services`, { headers: { authorization } });
      assert.deepEqual([response.status, await response.json()], [401, { error: "not the owner of this mesh" }]);
    }
  });

  it("ask which mesh where several run, and pass over one whose process has ended", async () => {
    const other = await announce(mesh, path.join(state, "other"));
    mkdirSync(path.join(state, "dead"));
    // Above the largest process id that Linux gives.
    writeFileSync(path.join(state, "dead/running.json"), JSON.stringify({ stack: "dead", pid: 2 ** 22 + 1 }));
    const file = path.join(ROOT, "Pulumi.dev.yaml");
    const which = `name one:\n  --mesh dev    # ${file}\n  --mesh other    # ${file}`;
    await assert.rejects(findRunning(state), { message: `several meshes are running; ${which}` });
    assert.equal((await findRunning(state, "other")).stack, "dev");
    await other.withdraw();
    assert.ok(!existsSync(path.join(state, "other/running.json")));
    assert.equal((await findRunning(state)).stack, "dev");
    await assert.rejects(findRunning(state, "dead"), {
      message: `the mesh "dead" is not running any more: process ${2 ** 22 + 1} is gone; start it again: npm start`,
    });
  });
});

describe("npm run call as what is not called itself", function () {
  this.timeout(60_000);

  it("names the line of a job and of a worker pool, each its own", async () => {
    const state = temporaryFolder();
    const stackConfig = readStackConfigFile(ROOT, path.join(ROOT, "examples/jobs.yaml"));
    const env = withoutCredentials(process.env);
    const sandbox = await openSandbox({
      projectFolder: ROOT,
      stackConfig,
      stateFolder: state,
      engine: "embedded",
      env,
    });
    const { outputs } = await sandbox.engine.run("up");
    const { controlPlane } = sandbox;
    const mesh = await RunningMesh.open({ controlPlane, stackConfig, outputs: outputs as unknown as StackOutputs });
    const { withdraw } = await announce(mesh, path.join(state, "jobs"));
    try {
      for (const [as, line] of [
        ["move-orders", "jobs.move-orders.calls: [status]"],
        ["take-orders", "workerPools.take-orders.calls: [status]"],
      ] as const) {
        const way = await wayInSandbox(state, "status", { as });
        const { refusal } = await send(way, { path: "/", timeoutMs: 10_000 });
        await way.close();
        assert.equal(
          refusal?.explanation,
          `403: ${as} has no roles/run.invoker on "status"\n` +
            "  granted: serviceAccount:monitor@acme-operations.iam.gserviceaccount.com, close-day, tidy-up\n" +
            `  to grant it, in the stack config, beside what is there: ${line}`,
        );
        assert.equal(await missingGrant(way, TODAY), refusal?.explanation);
      }
    } finally {
      await withdraw();
      await mesh.close();
      await sandbox.close();
      rmSync(state, { recursive: true, force: true });
    }
  });
});

describe("npm run token and npm run call, on Google Cloud", () => {
  let google: TestGoogle;
  before(async () => {
    google = await new TestGoogle().start();
  });
  after(() => google.stop());

  const impersonated: (string | undefined)[] = [];
  const way = (service: string, as?: string, stack = "prod") =>
    wayOnGoogleCloud(service, {
      stack,
      as,
      cli: cliOf(google, { hasStack: async (name) => name === "prod" }),
      today: TODAY,
      credentialsOf: (account) => {
        impersonated.push(account);
        return credentialsOf(async () => (account ? robot(account) : person()));
      },
    });

  it("go in one's own name, or impersonate a service of the stack or an account", async () => {
    const own = await way("web");
    assert.deepEqual(
      [own.as, own.url, own.place],
      ["user:ada@acme.com", google.url("web"), 'the stack "prod" on Google Cloud'],
    );
    assert.equal(await missingGrant(own, TODAY), undefined);
    assert.equal((await way("api", "web")).as, "web");
    assert.equal(await missingGrant(await way("api", "web"), TODAY), undefined);
    assert.equal(
      (await way("api", "ci@acme.iam.gserviceaccount.com")).as,
      "serviceAccount:ci@acme.iam.gserviceaccount.com",
    );
    assert.deepEqual(impersonated, [undefined, account("web"), account("web"), "ci@acme.iam.gserviceaccount.com"]);
  });

  it("say which grant is missing", async () => {
    assert.equal(
      await missingGrant(await way("api"), TODAY),
      '403: user:ada@acme.com has no roles/run.invoker on "api"\n' +
        "  granted: web\n" +
        '  to grant it, in the stack config, beside what is there: services.api.access: [{ member: "user:ada@acme.com", until: YYYY-MM-DD }]',
    );
  });

  it("stop at a stack, a service and a caller that there are not", async () => {
    await assert.rejects(way("web", undefined, "nope"), /^Error: there is no stack "nope" in this backend/);
    await assert.rejects(way("nope"), { message: 'no service "nope" in the stack "prod"; there are: web, api, cron' });
    await assert.rejects(way("web", "nobody"), {
      message: '--as nobody: neither a caller of the stack "prod" (web, api, cron) nor an e-mail address',
    });
  });
});

describe("a refusal", () => {
  it("tells a grant that has ended from one that has not spread yet, and from that of somebody else", () => {
    const access = [{ member: "user:ada@acme.com", until: "2026-11-01" }];
    const { spec, problems } = parseMesh(
      meshInput({ web: { access, ingress: { all: "people call it" } } }),
      "2026-11-01",
    );
    assert.ok(spec, formatProblems(problems));
    const mesh = { graph: accessGraph(spec), serviceAccounts: {} };
    const way = {
      as: "ada@acme.com",
      service: "web",
      invokers: [{ caller: "user:ada@acme.com", until: "2026-11-01" }],
    };
    assert.equal(
      explainRefusal(403, way, mesh, "2026-11-02"),
      '403: ada@acme.com has no roles/run.invoker on "web" any more: it ended on 2026-11-01\n' +
        "  granted: user:ada@acme.com until 2026-11-01\n" +
        "  to grant it, in the stack config, beside what is there: a later `until` at services.web.access[0]",
    );
    assert.equal(
      explainRefusal(403, way, mesh, "2026-11-01"),
      '403: ada@acme.com has roles/run.invoker on "web" by the stack\'s outputs, and Cloud Run does not know of it\n' +
        "  a new grant takes some minutes to count; longer than that, see whether somebody has taken it away: pulumi refresh",
    );
    assert.match(
      explainRefusal(403, { ...way, as: "user:Ada@acme.com" }, mesh, "2026-11-02"),
      / any more: it ended on /,
    );
    const [first] = explainRefusal(403, { ...way, as: "da@acme.com" }, mesh, "2026-11-02").split("\n");
    assert.equal(first, '403: da@acme.com has no roles/run.invoker on "web"');
    assert.equal(
      explainRefusal(401, way, mesh),
      '401: Cloud Run does not accept the token of ada@acme.com for "web": it is expired, or for another audience',
    );
    assert.equal(
      explainRefusal(404, way, mesh),
      '404: Google answered in the place of "web", for one of these reasons:\n' +
        "  its ingress lets nobody in from here, whoever asks: call it as what reaches it through the VPC network\n" +
        "  its run.app URL is switched off: call it through the load balancer\n" +
        "  Cloud Run keeps the path for itself: /healthz, /eventlog, all below /_ah, and some others that end in z\n" +
        "  no service has this URL any more: deploy the stack again",
    );
  });
});
