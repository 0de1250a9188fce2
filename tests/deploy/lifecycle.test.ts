import * as assert from "node:assert/strict";
import type { EngineResult } from "../../sandbox/engine";
import { usesPulumi } from "../support/pulumi-cli";
import {
  ACCOUNT,
  changes,
  errors,
  existing,
  GRANT,
  IMAGE,
  mesh,
  openStack,
  SERVICE,
  type Stack,
  succeeded,
} from "./support";

const PROJECT = "projects/acme-dev";
const SERVICES = `${PROJECT}/locations/europe-west9/services`;

describe("a mesh on the real engine", function () {
  this.timeout(120_000);
  const cli = usesPulumi();
  let stack: Stack;
  beforeEach(async () => {
    stack = await openStack(cli());
  });
  afterEach(() => stack.close());

  it("previews, deploys, stays as it is, refreshes clean and is destroyed without a trace", async () => {
    const expected = [
      "create cloudrunv2/service api",
      "create cloudrunv2/service web",
      "create cloudrunv2/serviceIamMember web-calls-api",
      "create serviceaccount/account api",
      "create serviceaccount/account web",
    ];
    const preview = succeeded(await stack.run("preview", mesh(), { policy: true }));
    assert.deepEqual(changes(preview), expected);
    assert.deepEqual(existing(stack.controlPlane), []);

    const up = succeeded(await stack.run("up", mesh(), { policy: true }));
    assert.deepEqual(changes(up), expected);
    assert.deepEqual(existing(stack.controlPlane), [
      `${SERVICES}/api`,
      `${SERVICES}/api/roles/run.invoker/serviceAccount:web-sa@acme-dev.iam.gserviceaccount.com`,
      `${SERVICES}/web`,
      `${PROJECT}/serviceAccounts/api-sa@acme-dev.iam.gserviceaccount.com`,
      `${PROJECT}/serviceAccounts/web-sa@acme-dev.iam.gserviceaccount.com`,
    ]);
    const number = stack.controlPlane.invoke({
      token: "gcp:organizations/getProject:getProject",
      args: { projectId: "acme-dev" },
    })["number"];
    assert.deepEqual(up.outputs, {
      urls: { api: `https://api-${number}.europe-west9.run.app`, web: `https://web-${number}.europe-west9.run.app` },
      serviceAccounts: {
        api: "api-sa@acme-dev.iam.gserviceaccount.com",
        web: "web-sa@acme-dev.iam.gserviceaccount.com",
      },
      accessMatrix: [{ caller: "web", callee: "api", role: "roles/run.invoker", reason: "services.web.calls[0]" }],
      accessDiagram: 'flowchart LR\n  s0["web<br/>ingress: internal"]\n  s1["api<br/>ingress: internal"]\n  s0 --> s1',
    });
    const urls = stack.controlPlane.get(SERVICE, `${SERVICES}/web`)?.state["urls"] as string[];
    assert.ok(
      urls.includes((up.outputs["urls"] as Record<string, string>)["web"]!),
      "Google gives the URL that the config predicted",
    );

    assert.deepEqual(changes(succeeded(await stack.run("up", mesh()))), []);
    assert.deepEqual(changes(succeeded(await stack.run("refresh", mesh()))), []);
    succeeded(await stack.run("destroy", mesh()));
    assert.deepEqual(existing(stack.controlPlane), []);
  });

  it("adds a call by one grant and one updated service: its variable and its way into the network", async () => {
    succeeded(await stack.run("up", mesh()));
    const result = succeeded(await stack.run("up", mesh({ api: { image: IMAGE, calls: ["web"] } })));
    assert.deepEqual(changes(result), [
      "create cloudrunv2/serviceIamMember api-calls-web",
      "update cloudrunv2/service api",
    ]);
    const updated = result.steps.find(({ op, type }) => op === "update" && type === SERVICE);
    assert.deepEqual([...new Set(updated?.changed.map((path) => path.replace(/\[.*/, "")))].sort(), [
      "template.containers",
      "template.vpcAccess",
    ]);
    assert.deepEqual(changes(succeeded(await stack.run("up", mesh({ api: { image: IMAGE, calls: ["web"] } })))), []);
  });

  it("deploys services that call each other in a circle in one update", async () => {
    const circle = mesh({ api: { image: IMAGE, calls: ["db"] }, db: { image: IMAGE, calls: ["web"] } });
    succeeded(await stack.run("up", circle));
    assert.equal(stack.controlPlane.list({ type: GRANT }).length, 3);
    assert.deepEqual(changes(succeeded(await stack.run("up", circle))), []);
  });

  it("removes a call by removing its grant, and a service by removing what is its own", async () => {
    succeeded(await stack.run("up", mesh()));
    assert.deepEqual(changes(succeeded(await stack.run("up", mesh({ web: { image: IMAGE } })))), [
      "delete cloudrunv2/serviceIamMember web-calls-api",
      "update cloudrunv2/service web",
    ]);
    assert.deepEqual(changes(succeeded(await stack.run("up", mesh({ web: undefined })))), [
      "delete cloudrunv2/service web",
      "delete serviceaccount/account web",
    ]);
  });

  const renamed = { api: { image: IMAGE, name: "api-v2", accountId: "api-sa" } };
  const order = (result: EngineResult, type: string) =>
    result.steps.filter((step) => step.type === type).map(({ op, name }) => `${op} ${name}`);

  it("replaces a renamed service, tells its callers the new URL and gives it its grants again", async () => {
    succeeded(await stack.run("up", mesh()));
    const result = succeeded(await stack.run("up", mesh(renamed)));
    assert.deepEqual(order(result, SERVICE).sort(), [
      "create-replacement api",
      "delete-replaced api",
      "replace api",
      "update web",
    ]);
    assert.deepEqual(
      stack.controlPlane.list({ type: GRANT }).map(({ id }) => id),
      [`${SERVICES}/api-v2/roles/run.invoker/serviceAccount:web-sa@acme-dev.iam.gserviceaccount.com`],
    );
    assert.deepEqual(changes(succeeded(await stack.run("up", mesh(renamed)))), []);
  });

  it("deletes a service first where its replacement has the same name, and grants every call again", async () => {
    succeeded(await stack.run("up", mesh()));
    const moved = mesh({}, { "gcp:region": "europe-west1" });
    const result = succeeded(await stack.run("up", moved));
    for (const name of ["web", "api"]) {
      const steps = order(result, SERVICE);
      assert.ok(
        steps.indexOf(`delete-replaced ${name}`) < steps.indexOf(`create-replacement ${name}`),
        steps.join(", "),
      );
    }
    assert.deepEqual(order(result, GRANT).sort(), [
      "create-replacement web-calls-api",
      "delete-replaced web-calls-api",
      "replace web-calls-api",
    ]);
    assert.deepEqual(changes(succeeded(await stack.run("up", moved))), []);
  });

  it("keeps a protected service from being destroyed and replaced, and lets it go in two steps", async () => {
    const guarded = (change: object = {}) => mesh({}, { deletionProtection: true, ...change });
    succeeded(await stack.run("up", guarded()));
    const before = stack.controlPlane.list({ type: SERVICE });
    for (const refused of [
      await stack.run("destroy", guarded()),
      await stack.run("up", guarded({ "gcp:region": "europe-west1" })),
    ]) {
      assert.equal(refused.ok, false);
      assert.match(
        errors(refused).join("\n"),
        /cannot destroy service without setting deletion_?protection=false and running `pulumi up`/,
      );
      assert.deepEqual(stack.controlPlane.list({ type: SERVICE }), before);
    }
    succeeded(await stack.run("up", mesh()));
    succeeded(await stack.run("destroy", mesh()));
    assert.deepEqual(existing(stack.controlPlane), []);
  });

  it("puts back what somebody changed by hand, after a refresh told of it", async () => {
    succeeded(await stack.run("up", mesh()));
    const grant = stack.controlPlane.list({ type: GRANT })[0]!;
    stack.controlPlane.delete({ type: GRANT, id: grant.id });
    succeeded(await stack.run("refresh", mesh()));
    assert.deepEqual(changes(succeeded(await stack.run("up", mesh()))), [
      "create cloudrunv2/serviceIamMember web-calls-api",
    ]);
    assert.equal(stack.controlPlane.list({ type: ACCOUNT }).length, 2);
  });

  it("tells every problem of a config in one report, without a stack trace, and changes nothing", async () => {
    const result = await stack.run("up", mesh({ web: { image: IMAGE, calls: ["apo"], ingres: "all" } }));
    assert.equal(result.ok, false);
    assert.deepEqual(errors(result), [
      '2 problems in the stack config:\n  services.web.ingres: unknown key "ingres"; did you mean "ingress"?\n  services.web.calls[0]: unknown service "apo"; did you mean "api"?',
    ]);
    assert.deepEqual(existing(stack.controlPlane), []);
  });

  it("makes a secret readable before the service that reads it starts", async () => {
    stack.controlPlane.seed("gcp:secretmanager/secret:Secret", {
      secretId: "db-password",
      project: "acme-dev",
      replication: { auto: {} },
    });
    stack.controlPlane.seed("gcp:secretmanager/secretVersion:SecretVersion", {
      secret: `${PROJECT}/secrets/db-password`,
      secretData: "x",
    });
    const reading = mesh({
      api: {
        image: IMAGE,
        env: { PASSWORD: { secret: "db-password", version: "1" } },
        roles: ["roles/cloudsql.client"],
      },
    });
    const up = succeeded(await stack.run("up", reading, { policy: true }));
    assert.ok(changes(up).includes("create secretmanager/secretIamMember api-reads-db-password"));
    assert.ok(changes(up).includes("create projects/iAMMember api-has-cloudsql.client"));
    assert.deepEqual(changes(succeeded(await stack.run("up", reading))), []);
  });

  it("refuses traffic to a revision before the service is there, and leads it there once it is", async () => {
    const pinned = mesh({ web: { image: IMAGE, traffic: [{ percent: 100, revision: "web-00001-abc" }] } });
    assert.deepEqual(errors(await stack.fail("preview", pinned)), [
      '1 problem in the stack config:\n  services.web.traffic[0].revision: "web-00001-abc" does not exist: the stack holds no service "web" yet; deploy it first, without "traffic"',
    ]);
    succeeded(await stack.run("up", mesh()));
    const service = () => stack.controlPlane.get(SERVICE, `${SERVICES}/web`)?.state ?? {};
    const revision = service()["latestReadyRevision"];
    succeeded(await stack.run("up", mesh({ web: { image: IMAGE, traffic: [{ percent: 100, revision }] } })));
    assert.deepEqual(service()["traffics"], [
      { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", revision, percent: 100 },
    ]);
  });
});
