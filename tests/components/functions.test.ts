import * as assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { CloudRunFunction, CloudRunMesh, DeveloperAccess } from "../../components";
import { parseMesh } from "../../mesh";
import { meshInput, TODAY } from "../mesh/support";
import { only, type Registered, register } from "./support";

const FUNCTION = "gcp:cloudfunctionsv2/function:Function";
const OBJECT = "gcp:storage/bucketObject:BucketObject";
const BUCKET = "gcp:storage/bucket:Bucket";
const GRANT = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";
const ACCOUNT = "gcp:serviceaccount/account:Account";
const ROLE_GRANT = "gcp:projects/iAMMember:IAMMember";
const ACCOUNT_GRANT = "gcp:serviceaccount/iAMMember:IAMMember";

const email = (id: string) => `${id}@acme-dev.iam.gserviceaccount.com`;

describe("CloudRunFunction", () => {
  let source: string;
  beforeEach(() => {
    source = mkdtempSync(path.join(tmpdir(), "function-"));
    writeFileSync(path.join(source, "index.js"), "exports.score = () => {};");
  });
  afterEach(() => rmSync(source, { recursive: true }));

  const make = (more: Partial<ConstructorParameters<typeof CloudRunFunction>[1]> = {}) =>
    register(
      () =>
        new CloudRunFunction("score", {
          project: "acme-dev",
          location: "europe-west9",
          source,
          bucket: "code",
          runtime: "nodejs22",
          entryPoint: "score",
          ...more,
        }),
    );
  const object = async () => String(only(await make(), OBJECT).inputs["name"]);

  it("uploads the code, builds it with one account and runs it as another, internal and protected", async () => {
    const made = await make();
    const { name, bucket } = only(made, OBJECT).inputs;
    assert.match(String(name), /^score-[0-9a-f]{16}\.zip$/);
    assert.equal(bucket, "code");
    const { buildConfig, ...rest } = only(made, FUNCTION).inputs as { buildConfig: Record<string, unknown> };
    assert.deepEqual(rest, {
      name: "score",
      project: "acme-dev",
      location: "europe-west9",
      deletionPolicy: "PREVENT",
      serviceConfig: { serviceAccountEmail: email("score-sa"), ingressSettings: "ALLOW_INTERNAL_ONLY" },
    });
    assert.deepEqual([buildConfig["runtime"], buildConfig["entryPoint"]], ["nodejs22", "score"]);
    assert.deepEqual(buildConfig["source"], { storageSource: { bucket: "code", object: name } });
    const roles = made.filter(({ type }) => type === ROLE_GRANT).map(({ inputs }) => inputs["role"]);
    assert.deepEqual(roles.sort(), [
      "roles/artifactregistry.writer",
      "roles/logging.logWriter",
      "roles/storage.objectViewer",
    ]);
    assert.deepEqual(
      made.filter(({ type }) => type === ACCOUNT).map(({ inputs }) => inputs["accountId"]),
      ["score-sa", "score-build-sa"],
    );
  });

  it("names the object by what is in it, and leaves out what no build needs", async () => {
    const first = await object();
    mkdirSync(path.join(source, "node_modules"));
    writeFileSync(path.join(source, "node_modules", "left-out.js"), "1");
    for (const name of [".env", ".env.local", ".gitignore", ".gcloudignore"])
      writeFileSync(path.join(source, name), "SECRET=1");
    assert.equal(await object(), first);
    writeFileSync(path.join(source, "index.js"), "exports.score = () => 1;");
    const changed = await object();
    assert.notEqual(changed, first);
    writeFileSync(path.join(source, ".npmrc"), "registry=https://npm.acme.example");
    const second = await object();
    assert.notEqual(second, changed);
    mkdirSync(path.join(source, "lib"));
    writeFileSync(path.join(source, "lib", "weights.json"), "{}");
    assert.notEqual(await object(), second);
  });

  it("says so where the folder has no code", async () => {
    rmSync(path.join(source, "index.js"));
    assert.throws(
      () =>
        new CloudRunFunction("score", {
          project: "acme-dev",
          location: "europe-west9",
          source,
          bucket: "code",
          runtime: "nodejs22",
          entryPoint: "score",
        }),
      { message: `"score": there is no code in "${source}"; name the folder that has it` },
    );
  });

  it("has events brought by an account of their own, which may receive them", async () => {
    const made = await make({ trigger: { eventType: "google.cloud.audit.log.v1.written" } });
    assert.deepEqual(only(made, FUNCTION).inputs["eventTrigger"], {
      eventType: "google.cloud.audit.log.v1.written",
      serviceAccountEmail: email("score-trigger-sa"),
    });
    only(made, ROLE_GRANT, "score-trigger-has-eventarc.eventReceiver");
  });

  it("tells why the internet may reach it in a label, as functions have no annotations", async () => {
    const made = await make({ ingress: { all: "A laptop calls it, with a token!" }, labels: { team: "sales" } });
    const { labels, serviceConfig } = only(made, FUNCTION).inputs as {
      labels: object;
      serviceConfig: { ingressSettings: string };
    };
    assert.deepEqual(labels, { team: "sales", "ingress-all-reason": "a-laptop-calls-it-with-a-token-" });
    assert.equal(serviceConfig.ingressSettings, "ALLOW_ALL");
  });

  it("takes secrets from its own project and from others, readable before it starts", async () => {
    const made = await make({
      secretEnv: {
        KEY: { secret: "key", version: "3" },
        ALSO: { secret: "projects/vault/secrets/also", version: "1" },
      },
    });
    const { serviceConfig } = only(made, FUNCTION).inputs as { serviceConfig: Record<string, unknown> };
    assert.deepEqual(serviceConfig["secretEnvironmentVariables"], [
      { key: "ALSO", projectId: "vault", secret: "also", version: "1" },
      { key: "KEY", projectId: "acme-dev", secret: "key", version: "3" },
    ]);
    const { waitsFor } = only(made, FUNCTION);
    assert.ok(waitsFor.includes("score-reads-key") && waitsFor.includes("score-reads-vault/also"), waitsFor.join());
  });
});

describe("functions and developers of a mesh", () => {
  const code = { source: "functions/account-scoring", runtime: "nodejs22", entryPoint: "scoreAccount" };
  function mesh(config: Record<string, unknown>, api: Record<string, unknown> = {}): Promise<Registered[]> {
    const { spec, problems } = parseMesh(meshInput({ config, api }), TODAY);
    assert.ok(spec, JSON.stringify(problems));
    return register(() => new CloudRunMesh("mesh", { spec }));
  }

  it("share one bucket, that only their builders read, or take one that exists", async () => {
    const made = await mesh({ functions: { one: code, two: { ...code, bucket: "acme-code" }, three: code } });
    assert.deepEqual(only(made, BUCKET).inputs, {
      name: "acme-dev-europe-west9-source",
      location: "europe-west9",
      project: "acme-dev",
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      forceDestroy: true,
    });
    const buckets = ["one", "two", "three"].map((key) => only(made, OBJECT, key).inputs["bucket"]);
    assert.deepEqual(buckets, ["acme-dev-europe-west9-source", "acme-code", "acme-dev-europe-west9-source"]);
    const elsewhere = await mesh({ functions: { two: { ...code, bucket: "acme-code" } } });
    assert.equal(elsewhere.filter(({ type }) => type === BUCKET).length, 0);
  });

  it("wait for the agents of Google that bring their events, where events start them", async () => {
    const trigger = { eventType: "google.cloud.storage.object.v1.finalized", filters: { bucket: "acme-mail" } };
    const agents = (made: Registered[]) => made.filter(({ name }) => name.includes("-agent")).map(({ name }) => name);
    const made = await mesh({ functions: { one: code, two: { ...code, trigger } } });
    assert.deepEqual(agents(made), ["eventarc-agent", "storage-agent-has-pubsub.publisher"]);
    for (const agent of agents(made)) {
      assert.ok(only(made, FUNCTION, "two").waitsFor.includes(agent), agent);
      assert.ok(!only(made, FUNCTION, "one").waitsFor.includes(agent), agent);
    }
    assert.deepEqual(agents(await mesh({ functions: { one: { ...code, trigger: { topic: "mail" } } } })), [
      "eventarc-agent",
    ]);
    assert.deepEqual(agents(await mesh({ functions: { one: code } })), []);
  });

  it("hand everything in the config on, in the words of functions", async () => {
    const made = await mesh({
      functions: {
        score: {
          ...code,
          calls: ["api"],
          env: { LEVEL: "info" },
          resources: { cpu: "1", memory: "512Mi" },
          scaling: { minInstances: 1, maxInstances: 5 },
          concurrency: 8,
          timeoutSeconds: 30,
          description: "scores",
          labels: { team: "sales" },
          deletionProtection: false,
          trigger: { eventType: "google.cloud.audit.log.v1.written", filters: { serviceName: "storage" }, retry: true },
        },
        told: {
          ...code,
          trigger: { topic: "accounts" },
          network: { connector: "c", egress: "private-ranges-only", privateDnsZone: true },
        },
      },
    });
    const { buildConfig: _, ...score } = only(made, FUNCTION, "score").inputs;
    assert.deepEqual(score, {
      name: "score",
      project: "acme-dev",
      location: "europe-west9",
      description: "scores",
      labels: { team: "sales" },
      serviceConfig: {
        availableCpu: "1",
        availableMemory: "512Mi",
        minInstanceCount: 1,
        maxInstanceCount: 5,
        maxInstanceRequestConcurrency: 8,
        timeoutSeconds: 30,
        directVpcNetworkInterfaces: [{ network: "default", subnetwork: "default" }],
        directVpcEgress: "VPC_EGRESS_ALL_TRAFFIC",
        serviceAccountEmail: email("score-sa"),
        ingressSettings: "ALLOW_INTERNAL_ONLY",
        environmentVariables: { LEVEL: "info", API_URL: "https://api-123456789012.europe-west9.run.app" },
      },
      eventTrigger: {
        eventType: "google.cloud.audit.log.v1.written",
        triggerRegion: "europe-west9",
        eventFilters: [{ attribute: "serviceName", value: "storage" }],
        retryPolicy: "RETRY_POLICY_RETRY",
        serviceAccountEmail: email("score-trigger-sa"),
      },
    });
    const { eventTrigger, serviceConfig } = only(made, FUNCTION, "told").inputs as Record<string, object>;
    assert.deepEqual(eventTrigger, {
      eventType: "google.cloud.pubsub.topic.v1.messagePublished",
      triggerRegion: "europe-west9",
      pubsubTopic: "projects/acme-dev/topics/accounts",
      retryPolicy: "RETRY_POLICY_DO_NOT_RETRY",
      serviceAccountEmail: email("told-trigger-sa"),
    });
    assert.deepEqual(serviceConfig, {
      availableMemory: "256Mi",
      vpcConnector: "projects/acme-dev/locations/europe-west9/connectors/c",
      vpcConnectorEgressSettings: "PRIVATE_RANGES_ONLY",
      serviceAccountEmail: email("told-sa"),
      ingressSettings: "ALLOW_INTERNAL_ONLY",
    });
  });

  it("are granted on the service underneath, also to the account that brings events", async () => {
    const made = await mesh({ functions: { score: { ...code, calls: ["api"], trigger: { topic: "accounts" } } } });
    const grants = made.filter(({ type }) => type === GRANT).map(({ inputs }) => [inputs["name"], inputs["member"]]);
    assert.deepEqual(grants.sort(), [
      ["api", `serviceAccount:${email("score-sa")}`],
      ["api", `serviceAccount:${email("web-sa")}`],
      ["score", `serviceAccount:${email("score-trigger-sa")}`],
    ]);
  });

  it("let a person mint ID tokens of an account that only calls, until a day, and access tokens if asked for", async () => {
    const api = { ingress: { all: "a laptop calls it with a token" } };
    const ada = { member: "user:ada@acme.com", calls: ["api"], until: "2027-03-31" };
    const condition = { title: "until 2027-03-31", expression: 'request.time < timestamp("2027-04-01T00:00:00Z")' };
    const made = await mesh({ developers: { laptop: ada } }, api);
    const { role, member, condition: ends } = only(made, ACCOUNT_GRANT).inputs;
    assert.deepEqual([role, member, ends], ["roles/iam.serviceAccountOpenIdTokenCreator", ada.member, condition]);
    const call = only(made, GRANT, "laptop-dev-calls-api");
    assert.equal(call.inputs["condition"], undefined, "the provider would not read it back");
    assert.ok(call.waitsFor.includes("laptop"), "made after the account");
    const wide = await mesh({ developers: { laptop: { ...ada, accessTokens: true } } }, api);
    assert.equal(only(wide, ACCOUNT_GRANT).inputs["role"], "roles/iam.serviceAccountTokenCreator");
  });
});

describe("DeveloperAccess", () => {
  it("refuses anyone", () => {
    assert.throws(() => new DeveloperAccess("laptop", { people: { all: { member: "allAuthenticatedUsers" } } }), {
      message:
        'DeveloperAccess "allAuthenticatedUsers" would let anyone in; name who may call, e.g. "group:callers@example.com"',
    });
  });
});
