import * as assert from "node:assert/strict";
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

  it("replaces a renamed service by deleting it first, and gives it its grants again", async () => {
    succeeded(await stack.run("up", mesh()));
    const renamed = mesh({ api: { image: IMAGE, name: "api-v2", accountId: "api-sa" } });
    const result = succeeded(await stack.run("up", renamed));
    const order = result.steps
      .filter(({ type }) => type === SERVICE || type === GRANT)
      .map(({ op, name }) => `${op} ${name}`);
    assert.ok(order.indexOf("delete-replaced api") < order.indexOf("create-replacement api"), order.join(", "));
    assert.ok(order.includes("create-replacement web-calls-api"), order.join(", "));
    assert.ok(!order.includes("replace web"), "a caller is told the new URL, and not replaced");
    const grants = stack.controlPlane.list({ type: GRANT }).map(({ id }) => id);
    assert.deepEqual(grants, [
      `${SERVICES}/api-v2/roles/run.invoker/serviceAccount:web-sa@acme-dev.iam.gserviceaccount.com`,
    ]);
    assert.deepEqual(changes(succeeded(await stack.run("up", renamed))), []);
  });

  it("keeps a protected service from being replaced, removed and destroyed, and lets it go in two steps", async () => {
    const guarded = mesh({}, { deletionProtection: true });
    succeeded(await stack.run("up", guarded));
    const before = existing(stack.controlPlane);
    for (const attempt of [
      () => stack.run("destroy", guarded),
      () =>
        stack.run(
          "up",
          mesh({ api: { image: IMAGE, name: "api-v2", accountId: "api-sa" } }, { deletionProtection: true }),
        ),
    ]) {
      const refused = await attempt();
      assert.equal(refused.ok, false);
      assert.match(errors(refused).join("\n"), /cannot destroy service without setting deletion_?protection/i);
      assert.deepEqual(
        stack.controlPlane
          .list({ type: SERVICE })
          .map(({ id }) => id)
          .sort(),
        before.filter((id) => /services\/[^/]+$/.test(id)),
      );
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
});
