import * as assert from "node:assert/strict";
import type { ControlPlaneOptions } from "../../sandbox/control-plane";
import { usesPulumi } from "../support/pulumi-cli";
import { gcloudDeploys, running } from "./foreign-deploy";
import { openProject, type Project } from "./project";
import { changes, IMAGE, mesh, openStack, SERVICE, type Stack, succeeded } from "./support";

const NEWER = "europe-docker.pkg.dev/acme/images/app@sha256:1";
const NEWEST = "europe-docker.pkg.dev/acme/images/app@sha256:2";
const LOOKUP = "gcp:cloudrunv2/getService:getService";
const LATEST = { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100 };

describe("a service whose images another pipeline deploys", function () {
  this.timeout(120_000);
  const cli = usesPulumi();
  let stack: Stack;
  beforeEach(async () => {
    stack = await openStack(cli());
  });
  afterEach(() => stack.close());

  const marked = (change: object = {}) =>
    mesh({ web: { image: IMAGE, calls: ["api"], imageManagedElsewhere: true, ...change } });
  const lookups = () => stack.controlPlane.log().filter(({ type }) => type === LOOKUP).length;

  it("is deployed first with the image of the config, and stays as it is", async () => {
    succeeded(await stack.run("preview", marked()));
    succeeded(await stack.run("up", marked()));
    assert.deepEqual(running(stack.controlPlane, "web").images, [IMAGE]);
    assert.deepEqual(changes(succeeded(await stack.run("up", marked()))), []);
  });

  for (const refreshed of [false, true]) {
    it(`keeps what runs through every later update, ${refreshed ? "after a refresh" : "without a refresh"}`, async () => {
      succeeded(await stack.run("up", marked()));
      gcloudDeploys(stack.controlPlane, "web", NEWER);
      const changed = marked({ concurrency: 10 });
      if (refreshed) succeeded(await stack.run("refresh", changed));
      assert.deepEqual(changes(succeeded(await stack.run("preview", changed))), ["update cloudrunv2/service web"]);
      succeeded(await stack.run("up", changed));
      const { images, template, revision } = running(stack.controlPlane, "web");
      assert.deepEqual(images, [NEWER]);
      assert.equal(template["maxInstanceRequestConcurrency"], 10);
      assert.equal(template["revision"], undefined);
      assert.match(revision, /^web-00003-[a-z]{3}$/, "Google names the revision");
      assert.deepEqual(changes(succeeded(await stack.run("up", changed))), []);

      gcloudDeploys(stack.controlPlane, "web", NEWEST);
      if (refreshed) succeeded(await stack.run("refresh", changed));
      succeeded(await stack.run("up", marked({ concurrency: 20 })));
      assert.deepEqual(running(stack.controlPlane, "web").images, [NEWEST]);
    });
  }

  it("keeps what runs when nothing else changes, and is not updated a second time", async () => {
    succeeded(await stack.run("up", marked()));
    gcloudDeploys(stack.controlPlane, "web", NEWER);
    succeeded(await stack.run("up", marked()));
    assert.deepEqual(running(stack.controlPlane, "web").images, [NEWER]);
    assert.deepEqual(changes(succeeded(await stack.run("up", marked()))), []);
  });

  it("keeps the image of the container that takes requests, wherever it stands, and sets those of sidecars", async () => {
    const sidecars = { proxy: { image: IMAGE } };
    succeeded(await stack.run("up", marked({ sidecars })));
    gcloudDeploys(stack.controlPlane, "web", NEWER);
    const { id, inputs, template } = running(stack.controlPlane, "web");
    const { revision: _, ...again } = template;
    const reversed = { ...again, containers: template.containers.toReversed() };
    stack.controlPlane.update({ type: SERVICE, id, inputs: { ...inputs, template: reversed } });
    succeeded(await stack.run("up", marked({ sidecars: { proxy: { image: NEWEST } } })));
    assert.deepEqual(running(stack.controlPlane, "web").images, [NEWER, NEWEST]);
  });

  it("keeps the traffic where the pipeline led it, unless the config splits it", async () => {
    succeeded(await stack.run("up", marked()));
    const first = running(stack.controlPlane, "web").revision;
    const pinned = [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", percent: 100, revision: first }];
    gcloudDeploys(stack.controlPlane, "web", NEWER, pinned);
    succeeded(await stack.run("up", marked({ concurrency: 10 })));
    assert.deepEqual(running(stack.controlPlane, "web").state["traffics"], pinned);

    succeeded(await stack.run("up", marked({ traffic: [{ percent: 100 }] })));
    assert.deepEqual(running(stack.controlPlane, "web").state["traffics"], [LATEST]);
  });

  it("is looked up once a program, and no other service is", async () => {
    succeeded(await stack.run("up", mesh()));
    assert.equal(lookups(), 0);
    succeeded(await stack.run("up", marked()));
    assert.equal(lookups(), 1);
  });

  it("is looked up once the API is on, where the update switches it on", async () => {
    const fresh = { ...marked(), projectServices: true };
    succeeded(await stack.run("preview", fresh));
    assert.equal(lookups(), 0);
    succeeded(await stack.run("up", fresh));
    const done = stack.controlPlane.log().map(({ operation, type }) => `${operation} ${type}`);
    assert.ok(done.indexOf(`invoke ${LOOKUP}`) > done.lastIndexOf("create gcp:projects/service:Service"));
    assert.deepEqual(changes(succeeded(await stack.run("up", fresh))), []);
    assert.equal(lookups(), 2);
  });

  it("has its image put back where the config does not say that it is managed elsewhere", async () => {
    succeeded(await stack.run("up", marked()));
    gcloudDeploys(stack.controlPlane, "api", NEWER);
    succeeded(await stack.run("refresh", marked()));
    assert.deepEqual(changes(succeeded(await stack.run("up", marked()))), ["update cloudrunv2/service api"]);
    assert.deepEqual(running(stack.controlPlane, "api").images, [IMAGE]);
  });
});

describe("a service that gcloud deploys, on the project's own settings", function () {
  this.timeout(240_000);
  const cli = usesPulumi();
  let project: Project | undefined;
  const opened = async (options?: ControlPlaneOptions) => {
    project = await openProject(cli(), options);
    await project.pulumi("stack", "init", "prod");
    return project;
  };
  const marked = (change: object = {}) =>
    mesh({ web: { image: IMAGE, calls: ["api"], imageManagedElsewhere: true, ...change } });
  const up = ["up", "--stack", "prod", "--yes", "--skip-preview"];
  afterEach(() => project?.close());

  it("is taken under management with the image that it runs, and not with that of the config", async () => {
    const { controlPlane, configure, pulumi, tool } = await opened();
    controlPlane.seed("gcp:serviceaccount/account:Account", { accountId: "web-sa", project: "shop-prod" });
    controlPlane.seed(SERVICE, {
      name: "web",
      project: "shop-prod",
      location: "europe-west9",
      client: "gcloud",
      clientVersion: "550.0.0",
      deletionProtection: true,
      template: {
        revision: "web-00007-gcl",
        serviceAccount: "web-sa@shop-prod.iam.gserviceaccount.com",
        containers: [{ image: NEWER, ports: { containerPort: 8080 } }],
      },
    });
    configure(marked());
    const adopted = await tool("tools/adopt/main.ts", "prod", "web");
    const imported = await pulumi(.../^ {2}pulumi (import .*)$/m.exec(adopted.stdout)![1]!.split(" "));
    assert.equal(imported.code, 0, imported.stdout + imported.stderr);

    const done = await pulumi(...up);
    assert.equal(done.code, 0, done.stdout + done.stderr);
    const { images, template } = running(controlPlane, "web");
    assert.deepEqual(images, [NEWER]);
    assert.equal(template["revision"], undefined);
  });

  it("is not deployed where Google cannot be asked what runs", async () => {
    const { controlPlane, configure, pulumi } = await opened({
      faults: [{ operation: "invoke", type: LOOKUP, nth: 2, kind: "refused" }],
    });
    configure(marked());
    const first = await pulumi(...up);
    assert.equal(first.code, 0, first.stdout + first.stderr);
    gcloudDeploys(controlPlane, "web", NEWER);
    configure(marked({ concurrency: 10 }));
    const failed = await pulumi(...up);
    assert.notEqual(failed.code, 0);
    const told = failed.stdout.split("\n").filter((line) => line.startsWith("    error: "));
    assert.deepEqual(told, [
      '    error: "web": Google could not be asked which image runs (googleapi: Error 503: The service is currently unavailable., backendError), and that of the config may be older: nothing of it is deployed; whoever deploys needs run.services.get',
    ]);
    assert.deepEqual(running(controlPlane, "web").images, [NEWER]);
  });
});
