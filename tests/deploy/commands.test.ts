import * as assert from "node:assert/strict";
import { usesPulumi } from "../support/pulumi-cli";
import { openProject, type Project } from "./project";
import { existing, IMAGE, mesh, SERVICE } from "./support";

const DEPLOY = "tools/deploy/main.ts";

describe("npm run preview, up and destroy", function () {
  this.timeout(180_000);
  const cli = usesPulumi();
  let project: Project;
  beforeEach(async () => {
    project = await openProject(cli());
    project.configure(mesh());
    await project.pulumi("stack", "init", "prod");
  });
  afterEach(() => project.close());

  it("deploy a stack with the policy pack, by the CLI and the project's own settings, and remove it again", async () => {
    const preview = await project.tool(DEPLOY, "preview", "prod", "--no-google");
    assert.equal(preview.code, 0, preview.stderr);
    assert.match(preview.stdout, /gcp:cloudrunv2:Service +web +create/);
    assert.match(preview.stdout, /cloud-run-mesh@v\S+ \(local: /, "the pack was loaded");
    assert.deepEqual(existing(project.controlPlane), []);

    const up = await project.tool(DEPLOY, "up", "prod", "--no-google", "--yes");
    assert.equal(up.code, 0, up.stderr);
    assert.equal(project.controlPlane.list({ type: SERVICE }).length, 2);

    const destroy = await project.tool(DEPLOY, "destroy", "prod", "--no-google", "--yes");
    assert.equal(destroy.code, 0, destroy.stderr);
    assert.deepEqual(existing(project.controlPlane), []);
  });

  it("destroy nothing while one service is deployed with protection, though the config has switched it off", async () => {
    project.configure(mesh({ api: { image: IMAGE, deletionProtection: true } }));
    const up = await project.tool(DEPLOY, "up", "prod", "--no-google", "--yes");
    assert.equal(up.code, 0, up.stderr);
    project.configure(mesh());
    const before = existing(project.controlPlane);
    const refused = await project.tool(DEPLOY, "destroy", "prod", "--no-google", "--yes");
    assert.equal(refused.code, 1);
    assert.equal(
      refused.stderr,
      'destroy: nothing was changed; first\n  - protected from being deleted: api; in two steps: "npm run up -- prod", with no deletionProtection of their own, then destroy again\n',
    );
    assert.deepEqual(existing(project.controlPlane), before);
  });

  it("change nothing while something is missing, and say all of it", async () => {
    project.configure(mesh({ web: { image: IMAGE, calls: ["apo"] } }));
    const refused = await project.tool(DEPLOY, "up", "prod", "--no-google", "--yes");
    assert.deepEqual(refused, {
      code: 1,
      stdout: "",
      stderr:
        'up: nothing was changed; first\n  - 1 problem in the stack config:\n  services.web.calls[0]: unknown service "apo"; did you mean "api"?\n',
    });
    const stranger = await project.tool(DEPLOY, "up", "staging", "--no-google");
    assert.match(stranger.stderr, /there is no stack "staging" in this backend; create it: pulumi stack init staging/);
    assert.match(stranger.stderr, /Pulumi\.staging\.yaml is missing; copy Pulumi\.dev\.yaml/);
  });

  it("name missing Google credentials", async () => {
    const refused = await project.tool(DEPLOY, "preview", "prod");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /no Google credentials \(.+\); run "gcloud auth application-default login"/);
  });
});

describe("a service that runs already", function () {
  this.timeout(180_000);
  const cli = usesPulumi();
  let project: Project;
  beforeEach(async () => {
    project = await openProject(cli());
    const account = { accountId: "legacy-runner", project: "shop-prod", displayName: "made by hand" };
    project.controlPlane.seed("gcp:serviceaccount/account:Account", account);
    project.controlPlane.seed(SERVICE, {
      name: "legacy-api",
      project: "shop-prod",
      location: "europe-west9",
      ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY",
      deletionProtection: true,
      template: {
        serviceAccount: "legacy-runner@shop-prod.iam.gserviceaccount.com",
        containers: [{ image: "gcr.io/shop/api:v1" }],
      },
    });
  });
  afterEach(() => project.close());

  const steps = (stdout: string) => {
    const { steps: planned } = JSON.parse(stdout) as { steps: { op: string; urn: string }[] };
    return planned
      .filter(({ op, urn }) => op !== "same" && urn.includes("gcp:"))
      .map(({ op, urn }) => `${op} ${urn.split("::").slice(2).join(" ").replace(/^.*\$/, "")}`)
      .sort();
  };

  for (const [how, identity, imported] of [
    ["with its account", { accountId: "legacy-runner" }, 2],
    [
      "beside an account that stays somebody else's",
      { serviceAccount: "legacy-runner@shop-prod.iam.gserviceaccount.com" },
      1,
    ],
  ] as const) {
    it(`is taken under management ${how}, with zero replacements`, async () => {
      project.configure(
        mesh({ api: { image: "gcr.io/shop/api:v1", name: "legacy-api", ...identity } }, { deletionProtection: true }),
      );
      await project.pulumi("stack", "init", "prod");
      const before = project.controlPlane.list({ type: SERVICE });

      const adopt = await project.tool("tools/adopt/main.ts", "prod", "api");
      assert.equal(adopt.code, 0, adopt.stderr);
      const command = /^ {2}pulumi (import .*)$/m.exec(adopt.stdout)![1]!;
      const done = await project.pulumi(...command.split(" "));
      assert.equal(done.code, 0, done.stdout + done.stderr);
      assert.deepEqual(project.controlPlane.list({ type: SERVICE }), before, "an import changes nothing");

      const planned = steps((await project.pulumi("preview", "--stack", "prod", "--json")).stdout);
      assert.deepEqual(planned, [
        "create gcp:cloudrunv2/service:Service web",
        "create gcp:cloudrunv2/serviceIamMember:ServiceIamMember web-calls-api",
        "create gcp:serviceaccount/account:Account web",
        "update gcp:cloudrunv2/service:Service api",
        ...(imported === 2 ? ["update gcp:serviceaccount/account:Account api"] : []),
      ]);
      const up = await project.pulumi("up", "--stack", "prod", "--yes", "--skip-preview");
      assert.equal(up.code, 0, up.stdout);
      assert.equal(project.controlPlane.list({ type: SERVICE }).length, 2);
      assert.deepEqual(steps((await project.pulumi("preview", "--stack", "prod", "--json")).stdout), []);
    });
  }
});
