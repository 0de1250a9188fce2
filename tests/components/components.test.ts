import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { CloudRunMesh, CloudRunService, IapAccess, InvokerGrant, type InvokerGrantArgs } from "../../components";
import { parseMesh } from "../../mesh";
import { IMAGE, meshInput, TODAY } from "../mesh/support";
import { inventory, only, register } from "./support";

const SERVICE = "gcp:cloudrunv2/service:Service";
const GRANT = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";
const IAP_GRANT = "gcp:iap/webCloudRunServiceIamMember:WebCloudRunServiceIamMember";
const ACCOUNT = "gcp:serviceaccount/account:Account";
const ACCOUNT_GRANT = "gcp:serviceaccount/iAMMember:IAMMember";
const SECRET_GRANT = "gcp:secretmanager/secretIamMember:SecretIamMember";
const ROLE_GRANT = "gcp:projects/iAMMember:IAMMember";

const place = { project: "acme-dev", location: "europe-west9" };

function mesh(change: Parameters<typeof meshInput>[0] = {}) {
  const { spec, problems } = parseMesh(meshInput(change), TODAY);
  assert.ok(spec, JSON.stringify(problems));
  return register(() => new CloudRunMesh("mesh", { spec }));
}

describe("a service with a database", () => {
  const cloudSql = "acme-db:europe-west9:main";
  const member = "serviceAccount:web-sa@acme-dev.iam.gserviceaccount.com";

  it("connects to its instance alone, and logs in as its account, which owns nothing", async () => {
    const made = await mesh({ web: { calls: [], cloudSql } });
    const condition = {
      title: "only main",
      expression: 'resource.name == "projects/acme-db/instances/main" && resource.service == "sqladmin.googleapis.com"',
    };
    for (const role of ["cloudsql.client", "cloudsql.instanceUser"]) {
      const { inputs } = only(made, ROLE_GRANT, `web-logs-in-${role}`);
      assert.deepEqual(inputs, { project: "acme-db", role: `roles/${role}`, member, condition });
    }
    assert.deepEqual(only(made, "gcp:sql/user:User", "web").inputs, {
      project: "acme-db",
      instance: "main",
      name: "web-sa@acme-dev.iam",
      type: "CLOUD_IAM_SERVICE_ACCOUNT",
    });
  });

  it("finds the socket in a volume and the rest in one variable, and is made after its login", async () => {
    const made = await mesh({ web: { calls: [], cloudSql: { instance: cloudSql, database: "shop" } } });
    const { inputs } = only(made, SERVICE, "web");
    const { volumes, containers } = inputs["template"] as { volumes: unknown; containers: [Record<string, unknown>] };
    assert.deepEqual(volumes, [{ name: "cloudsql", cloudSqlInstance: { instances: [cloudSql] } }]);
    assert.deepEqual(containers[0]["volumeMounts"], [{ name: "cloudsql", mountPath: "/cloudsql" }]);
    assert.deepEqual(containers[0]["envs"], [
      {
        name: "DATABASE_URL",
        value: "postgresql://web-sa%40acme-dev.iam@/shop?host=%2Fcloudsql%2Facme-db%3Aeurope-west9%3Amain",
      },
    ]);
    const order = made.map(({ type, name }) => `${type} ${name}`);
    assert.ok(order.indexOf("gcp:sql/user:User web") < order.indexOf(`${SERVICE} web`), order.join("\n"));
  });
});

describe("people with roles on named resources", () => {
  it("hold each on one of them alone, until their day", async () => {
    const member = "principalSet://iam.googleapis.com/locations/global/workforcePools/acme-staff/group/1";
    const roles = [
      { role: "roles/storage.objectViewer", bucket: "acme-reports" },
      { role: "roles/secretmanager.secretVersionAdder", secret: "projects/acme-vault/secrets/key" },
      { role: "roles/secretmanager.viewer", secret: "key" },
      { role: "roles/logging.viewer", project: "acme-dev" },
    ];
    const made = await mesh({ config: { operators: { analysts: { member, roles, until: "2027-03-31" } } } });
    const condition = { title: "until 2027-03-31", expression: 'request.time < timestamp("2027-04-01T00:00:00Z")' };
    const inputs = (type: string, name: string) => only(made, type, `analysts-has-${name}`).inputs;
    const bucket = inputs("gcp:storage/bucketIAMMember:BucketIAMMember", "storage.objectViewer-on-acme-reports");
    assert.deepEqual(bucket, { bucket: "acme-reports", role: "roles/storage.objectViewer", member, condition });
    const vault = "secretmanager.secretVersionAdder-on-projects/acme-vault/secrets/key";
    assert.deepEqual(inputs(SECRET_GRANT, vault), {
      project: "acme-vault",
      secretId: "key",
      role: "roles/secretmanager.secretVersionAdder",
      member,
      condition,
    });
    assert.equal(inputs(SECRET_GRANT, "secretmanager.viewer-on-key")["project"], "acme-dev");
    const project = inputs(ROLE_GRANT, "logging.viewer-on-acme-dev");
    assert.deepEqual(project, { project: "acme-dev", role: "roles/logging.viewer", member, condition });
  });
});

describe("CloudRunService", () => {
  it("makes an account of its own and a service that nobody may call", async () => {
    const made = await register(() => new CloudRunService("api", { ...place, containers: [{ image: IMAGE }] }));
    assert.deepEqual(inventory(made), ["cloud-run-mesh:index:CloudRunService api", `${SERVICE} api`, `${ACCOUNT} api`]);
    const service = only(made, SERVICE);
    assert.equal(service.parent, "api");
    assert.deepEqual(service.inputs, {
      name: "api",
      project: "acme-dev",
      location: "europe-west9",
      ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY",
      deletionProtection: true,
      template: { serviceAccount: "api-sa@acme-dev.iam.gserviceaccount.com", containers: [{ image: IMAGE, envs: [] }] },
    });
    assert.deepEqual(only(made, ACCOUNT).inputs, {
      accountId: "api-sa",
      displayName: "Cloud Run service api",
      project: "acme-dev",
    });
  });

  it("grants secrets and roles before the service, a secret once however often it is read", async () => {
    const made = await register(
      () =>
        new CloudRunService("api", {
          ...place,
          projectNumber: "123456789012",
          containers: [{ image: IMAGE }],
          roles: ["roles/cloudsql.client"],
          secretEnv: { PASSWORD: { secret: "db", version: "3" }, OLD_PASSWORD: { secret: "db", version: "2" } },
          secrets: [
            "projects/vault/secrets/db",
            "projects/acme-dev/secrets/db",
            "projects/123456789012/secrets/db",
            "vault-db",
          ],
        }),
    );
    const grants = ["api-has-cloudsql.client", "api-reads-db", "api-reads-vault-db", "api-reads-vault/db"];
    assert.deepEqual(
      made
        .filter(({ type }) => type === SECRET_GRANT || type === ROLE_GRANT)
        .map(({ name }) => name)
        .sort(),
      grants,
    );
    const member = "serviceAccount:api-sa@acme-dev.iam.gserviceaccount.com";
    assert.deepEqual(only(made, SECRET_GRANT, "api-reads-db").inputs, {
      secretId: "db",
      project: "acme-dev",
      role: "roles/secretmanager.secretAccessor",
      member,
    });
    assert.deepEqual(only(made, SECRET_GRANT, "api-reads-vault/db").inputs, {
      secretId: "db",
      project: "vault",
      role: "roles/secretmanager.secretAccessor",
      member,
    });
    assert.deepEqual(only(made, ROLE_GRANT).inputs, { project: "acme-dev", role: "roles/cloudsql.client", member });
    assert.deepEqual(only(made, SERVICE).waitsFor, ["api", ...grants]);
  });

  it("grants a secret that is known later in the project that it turns out to be in", async () => {
    const secrets = ["projects/vault/secrets/db", "key"].map((id) => pulumi.output(id));
    const made = await register(
      () => new CloudRunService("api", { ...place, containers: [{ image: IMAGE }], secrets }),
    );
    const places = made
      .filter(({ type }) => type === SECRET_GRANT)
      .map(({ name, inputs }) => [name, inputs["project"], inputs["secretId"]]);
    assert.deepEqual(places.sort(), [
      ["api-reads-secret-0", "vault", "db"],
      ["api-reads-secret-1", "acme-dev", "key"],
    ]);
  });

  it("sends a minimum of no instances with a maximum, without which Google gives nothing back", async () => {
    const scalingOf = async (web: Record<string, unknown>) => {
      const { template } = only(await mesh({ web }), SERVICE, "web").inputs as { template: { scaling: unknown } };
      return template.scaling;
    };
    assert.deepEqual(await scalingOf({ scaling: { minInstances: 0 } }), { minInstanceCount: 0, maxInstanceCount: 100 });
    assert.deepEqual(await scalingOf({ scaling: { minInstances: 0, maxInstances: 3 } }), {
      minInstanceCount: 0,
      maxInstanceCount: 3,
    });
    assert.deepEqual(await scalingOf({ scaling: { minInstances: 1 } }), { minInstanceCount: 1 });
    assert.equal(await scalingOf({ scaling: { manualInstances: 0 } }), undefined);
  });

  it("runs as an account that exists and makes none", async () => {
    const made = await register(
      () =>
        new CloudRunService("api", {
          ...place,
          containers: [{ image: IMAGE }],
          serviceAccount: "run@acme-dev.iam.gserviceaccount.com",
        }),
    );
    assert.deepEqual(inventory(made), ["cloud-run-mesh:index:CloudRunService api", `${SERVICE} api`]);
    assert.equal(
      (only(made, SERVICE).inputs["template"] as { serviceAccount: string }).serviceAccount,
      "run@acme-dev.iam.gserviceaccount.com",
    );
  });

  it("carries the reason for ingress all as an annotation, beside those of its owner", async () => {
    const made = await register(
      () =>
        new CloudRunService("api", {
          ...place,
          containers: [{ image: IMAGE }],
          ingress: { all: "partners call it" },
          service: { annotations: { team: "shop" } },
        }),
    );
    const { ingress, annotations } = only(made, SERVICE).inputs;
    assert.deepEqual(
      { ingress, annotations },
      {
        ingress: "INGRESS_TRAFFIC_ALL",
        annotations: { team: "shop", "cloud-run-mesh/ingress-all-reason": "partners call it" },
      },
    );
  });

  it("passes everything else of a service and a revision on, typed", async () => {
    const made = await register(
      () =>
        new CloudRunService("api", {
          ...place,
          containers: [
            { image: IMAGE, ports: { containerPort: 9000 } },
            { image: IMAGE, name: "sidecar" },
          ],
          service: { customAudiences: ["https://api.acme.example"] },
          template: { timeout: "10s" },
        }),
    );
    const { customAudiences, template } = only(made, SERVICE).inputs as {
      customAudiences: string[];
      template: { timeout: string; containers: object[] };
    };
    assert.deepEqual(customAudiences, ["https://api.acme.example"]);
    assert.deepEqual(
      [template.timeout, template.containers],
      [
        "10s",
        [
          { image: IMAGE, ports: { containerPort: 9000 }, envs: [] },
          { image: IMAGE, name: "sidecar" },
        ],
      ],
    );
  });
});

describe("InvokerGrant", () => {
  it("grants run.invoker on one service to one member", async () => {
    const made = await register(
      () => new InvokerGrant("dev", { ...place, serviceName: "api", member: "group:a@acme.com" }),
    );
    assert.deepEqual(inventory(made), [`${GRANT} dev`]);
    assert.deepEqual(only(made, GRANT).inputs, {
      name: "api",
      project: "acme-dev",
      location: "europe-west9",
      role: "roles/run.invoker",
      member: "group:a@acme.com",
    });
  });

  it("refuses an end, which the provider would not read back, and says what holds one", () => {
    const args = { ...place, serviceName: "api", member: "user:a@acme.com", until: "2027-03-31" };
    assert.throws(() => new InvokerGrant("dev", args as unknown as InvokerGrantArgs), {
      message:
        'InvokerGrant "dev" got "until", which takes a condition on the policy of a Cloud Run service: the provider reads such a policy back without it, and every later change of the policy fails; let people mint tokens of a DeveloperAccess until their day, or leave the grant out when its day is over',
    });
  });

  for (const member of ["allUsers", "allAuthenticatedUsers", " ALLUSERS ", "principalSet://goog/public:all"]) {
    it(`lets nobody in as "${member}"`, async () => {
      assert.throws(() => new InvokerGrant("all", { ...place, serviceName: "api", member }), {
        message: `InvokerGrant "${member}" would let anyone in; name who may call, e.g. "group:callers@example.com"`,
      });
    });
  }
});

describe("CloudRunMesh", () => {
  it("makes two resources a service and one grant an edge, and nothing else", async () => {
    const made = await mesh();
    assert.deepEqual(inventory(made), [
      "cloud-run-mesh:index:CloudRunMesh mesh",
      "cloud-run-mesh:index:CloudRunService api",
      "cloud-run-mesh:index:CloudRunService web",
      `${SERVICE} api`,
      `${SERVICE} web`,
      `${GRANT} web-calls-api`,
      `${ACCOUNT} api`,
      `${ACCOUNT} web`,
    ]);
    assert.deepEqual(only(made, GRANT).inputs, {
      name: "api",
      project: "acme-dev",
      location: "europe-west9",
      role: "roles/run.invoker",
      member: "serviceAccount:web-sa@acme-dev.iam.gserviceaccount.com",
    });
  });

  for (const written of ["web-sa@acme-dev", "Web-SA@Acme-Dev"]) {
    it(`makes a grant to an account of the mesh after the account, also where the config names it ${written}`, async () => {
      const member = `serviceAccount:${written}.iam.gserviceaccount.com`;
      const made = await mesh({ web: { calls: [] }, api: { access: [{ member }] } });
      assert.deepEqual(only(made, GRANT).inputs["member"], member.replace(written, "web-sa@acme-dev"));
      assert.deepEqual(only(made, GRANT).waitsFor, ["api", "web"]);
    });
  }

  it("puts each grant under the service that receives it, and stores no input twice", async () => {
    const made = await mesh();
    assert.equal(only(made, GRANT).parent, "api");
    const components = made.filter(({ type }) => type.startsWith("cloud-run-mesh:"));
    assert.deepEqual(
      components.map(({ name, inputs }) => [name, inputs]),
      [
        ["mesh", {}],
        ["web", {}],
        ["api", {}],
      ],
    );
  });

  it("tells a caller the URL of each callee and gives it a way into the network", async () => {
    const { template } = only(await mesh(), SERVICE, "web").inputs as { template: Record<string, unknown> };
    assert.deepEqual(template, {
      serviceAccount: "web-sa@acme-dev.iam.gserviceaccount.com",
      vpcAccess: { egress: "ALL_TRAFFIC", networkInterfaces: [{ network: "default", subnetwork: "default" }] },
      containers: [
        {
          image: IMAGE,
          ports: { containerPort: 8080 },
          resources: { cpuIdle: true, startupCpuBoost: true, limits: { cpu: "1", memory: "512Mi" } },
          envs: [{ name: "API_URL", value: "https://api-123456789012.europe-west9.run.app" }],
        },
      ],
    });
  });

  it("lets services call each other in a circle without waiting for each other", async () => {
    const made = await mesh({ api: { calls: ["web"] } });
    assert.deepEqual(only(made, SERVICE, "web").waitsFor, ["web"]);
    assert.deepEqual(only(made, SERVICE, "api").waitsFor, ["api"]);
    assert.deepEqual(only(made, GRANT, "web-calls-api").waitsFor, ["api", "web"]);
  });

  it("makes everything that the config of a service can say", async () => {
    const made = await mesh({
      web: {
        ingress: "load-balancer",
        port: 9000,
        command: ["node"],
        args: ["server.js"],
        env: { DEBUG: true, LIMIT: 5, KEY: { secret: "key", version: "latest" } },
        startupProbe: { httpGet: { path: "/ready" }, periodSeconds: 2 },
        livenessProbe: { grpc: {} },
        readinessProbe: { httpGet: { path: "/ready" }, failureThreshold: 2 },
        resources: { cpu: "4", memory: "16Gi", cpuIdle: false, startupCpuBoost: false, gpu: 1 },
        gpuType: "nvidia-l4",
        volumes: {
          tls: { mountPath: "/tls", secret: { secret: "tls", version: "1", path: "cert.pem" } },
          cache: { mountPath: "/cache", emptyDir: { sizeLimit: "64Mi" } },
          files: { mountPath: "/files", gcs: { bucket: "acme-files", readOnly: true } },
          share: { mountPath: "/share", nfs: { server: "10.0.0.2", path: "/export" } },
          cloudsql: { mountPath: "/cloudsql", cloudSql: { instances: ["acme-dev:europe-west9:db"] } },
        },
        sidecars: {
          agent: {
            image: IMAGE,
            mounts: { cache: "/c" },
            dependsOn: ["main"],
            env: { TOKEN: { secret: "agent", version: "4" } },
          },
        },
        scaling: { minInstances: 1, maxInstances: 3 },
        concurrency: 10,
        timeoutSeconds: 30,
        executionEnvironment: "gen2",
        sessionAffinity: true,
        customAudiences: ["https://web.acme.example"],
        traffic: [{ percent: 100, tag: "next" }],
        labels: { team: "shop" },
        annotations: { owner: "shop" },
        description: "The shop window",
        encryptionKey: "projects/p/locations/r/keyRings/k/cryptoKeys/n",
        binaryAuthorization: {},
        launchStage: "BETA",
      },
      api: { scaling: { manualInstances: 2 } },
    });
    const web = only(made, SERVICE, "web").inputs;
    assert.deepEqual(web, {
      name: "web",
      project: "acme-dev",
      location: "europe-west9",
      ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
      deletionProtection: true,
      description: "The shop window",
      labels: { team: "shop" },
      annotations: { owner: "shop" },
      customAudiences: ["https://web.acme.example"],
      launchStage: "BETA",
      binaryAuthorization: { useDefault: true },
      traffics: [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100, tag: "next" }],
      template: {
        serviceAccount: "web-sa@acme-dev.iam.gserviceaccount.com",
        scaling: { minInstanceCount: 1, maxInstanceCount: 3 },
        maxInstanceRequestConcurrency: 10,
        timeout: "30s",
        executionEnvironment: "EXECUTION_ENVIRONMENT_GEN2",
        sessionAffinity: true,
        encryptionKey: "projects/p/locations/r/keyRings/k/cryptoKeys/n",
        nodeSelector: { accelerator: "nvidia-l4" },
        vpcAccess: { egress: "ALL_TRAFFIC", networkInterfaces: [{ network: "default", subnetwork: "default" }] },
        volumes: [
          { name: "tls", secret: { secret: "tls", items: [{ path: "cert.pem", version: "1" }] } },
          { name: "cache", emptyDir: { medium: "MEMORY", sizeLimit: "64Mi" } },
          { name: "files", gcs: { bucket: "acme-files", readOnly: true } },
          { name: "share", nfs: { server: "10.0.0.2", path: "/export" } },
          { name: "cloudsql", cloudSqlInstance: { instances: ["acme-dev:europe-west9:db"] } },
        ],
        containers: [
          {
            name: "main",
            image: IMAGE,
            commands: ["node"],
            args: ["server.js"],
            ports: { containerPort: 9000 },
            startupProbe: { httpGet: { path: "/ready" }, periodSeconds: 2 },
            livenessProbe: { grpc: {} },
            readinessProbe: { httpGet: { path: "/ready" }, failureThreshold: 2 },
            resources: {
              cpuIdle: false,
              startupCpuBoost: false,
              limits: { cpu: "4", memory: "16Gi", "nvidia.com/gpu": "1" },
            },
            volumeMounts: [
              { name: "tls", mountPath: "/tls" },
              { name: "cache", mountPath: "/cache" },
              { name: "files", mountPath: "/files" },
              { name: "share", mountPath: "/share" },
              { name: "cloudsql", mountPath: "/cloudsql" },
            ],
            envs: [
              { name: "API_URL", value: "https://api-123456789012.europe-west9.run.app" },
              { name: "DEBUG", value: "true" },
              { name: "KEY", valueSource: { secretKeyRef: { secret: "key", version: "latest" } } },
              { name: "LIMIT", value: "5" },
            ],
          },
          {
            name: "agent",
            image: IMAGE,
            dependsOns: ["main"],
            volumeMounts: [{ name: "cache", mountPath: "/c" }],
            envs: [{ name: "TOKEN", valueSource: { secretKeyRef: { secret: "agent", version: "4" } } }],
            resources: { cpuIdle: true, startupCpuBoost: true, limits: { cpu: "1", memory: "512Mi" } },
          },
        ],
      },
    });
    assert.deepEqual(
      made
        .filter(({ type }) => type === SECRET_GRANT)
        .map(({ name }) => name)
        .sort(),
      ["web-reads-agent", "web-reads-key", "web-reads-tls"],
    );
    assert.deepEqual(only(made, SERVICE, "api").inputs["scaling"], { scalingMode: "MANUAL", manualInstanceCount: 2 });
  });

  const until = "2027-03-31";
  const condition = { title: "until 2027-03-31", expression: 'request.time < timestamp("2027-04-01T00:00:00Z")' };
  const through = "vpc";

  it("lets people with an end mint ID tokens of one account that calls the service, each until their day", async () => {
    const [ada, team] = ["user:ada@acme.com", "group:team@acme.com"];
    const access = [
      { member: ada, until, through },
      { member: team, until: "2027-04-30", through },
      { member: "group:staff@acme.com", through },
    ];
    const made = await mesh({ api: { access } });
    const people = made.filter(({ type }) => type === ACCOUNT_GRANT);
    assert.deepEqual(
      people.map(({ name, inputs }) => [name, inputs["member"], inputs["role"]]),
      [ada, team].map((member) => [`${member}-calls-api`, member, "roles/iam.serviceAccountOpenIdTokenCreator"]),
    );
    assert.deepEqual(only(made, ACCOUNT_GRANT, `${ada}-calls-api`).inputs["condition"], condition);
    assert.deepEqual(only(made, ACCOUNT_GRANT, `${team}-calls-api`).inputs["condition"], {
      title: "until 2027-04-30",
      expression: 'request.time < timestamp("2027-05-01T00:00:00Z")',
    });
    const account = only(made, ACCOUNT, "api.access").inputs;
    assert.deepEqual(account["displayName"], "Calls api in the place of people until their day");
    const grants = made.filter(({ type }) => type === GRANT).map(({ name, inputs }) => [name, inputs["member"]]);
    assert.deepEqual(grants.sort(), [
      ["api.access-calls-api", "serviceAccount:api-access-sa@acme-dev.iam.gserviceaccount.com"],
      ["group:staff@acme.com-calls-api", "group:staff@acme.com"],
      ["web-calls-api", "serviceAccount:web-sa@acme-dev.iam.gserviceaccount.com"],
    ]);
    assert.ok(only(made, GRANT, "api.access-calls-api").waitsFor.includes("api.access"), "made after the account");
  });

  it("puts no condition on any policy of Cloud Run, whatever has an end", async () => {
    const robot = "serviceAccount:robot@partner.iam.gserviceaccount.com";
    const made = await mesh({
      web: { calls: [{ service: "api", until }], access: [{ member: robot, until }] },
      api: { ingress: { all: "a laptop calls it" }, access: [{ member: "user:ada@acme.com", until }] },
      config: { developers: { laptop: { member: "user:bob@acme.com", calls: ["api"], until } } },
    });
    const grants = made.filter(({ type }) => type === GRANT);
    assert.equal(grants.length, 4);
    for (const { name, inputs } of grants) assert.equal(inputs["condition"], undefined, name);
  });

  it("makes neither grant nor variable for a call that has ended", async () => {
    const made = await mesh({ web: { calls: [{ service: "api", until: "2020-01-31" }] } });
    assert.deepEqual(
      made.filter(({ type }) => type === GRANT),
      [],
    );
    assert.doesNotMatch(JSON.stringify(only(made, SERVICE, "web").inputs), /API_URL/);
  });
});

describe("the components' outputs", () => {
  it("tell URLs, accounts and the access matrix", async () => {
    const { spec } = parseMesh(meshInput(), TODAY);
    let told: unknown;
    await register(() => {
      const made = new CloudRunMesh("mesh", { spec: spec! });
      pulumi.output({ urls: made.urls, accounts: made.serviceAccounts, matrix: made.accessMatrix }).apply((value) => {
        told = value;
      });
    });
    assert.deepEqual(told, {
      urls: {
        web: "https://web-123456789012.europe-west9.run.app",
        api: "https://api-123456789012.europe-west9.run.app",
      },
      accounts: { web: "web-sa@acme-dev.iam.gserviceaccount.com", api: "api-sa@acme-dev.iam.gserviceaccount.com" },
      matrix: [{ caller: "web", callee: "api", role: "roles/run.invoker", reason: "services.web.calls[0]" }],
    });
  });
});

describe("IapAccess", () => {
  const behind = {
    web: {
      image: IMAGE,
      ingress: { all: "people open it" },
      iap: { access: [{ member: "group:staff@acme.com", until: "2027-03-31" }] },
    },
  };

  it("asks once for the proxy's agent, which alone may call, and lets in whom the config names", async () => {
    const made = await mesh({ web: { ...behind.web }, also: { shop: { ...behind.web } } });
    assert.deepEqual(only(made, "gcp:projects/serviceIdentity:ServiceIdentity").inputs, {
      project: "acme-dev",
      service: "iap.googleapis.com",
    });
    assert.deepEqual(
      made
        .filter(({ type, inputs }) => type === GRANT && inputs["name"] !== "api")
        .map(({ name }) => name)
        .sort(),
      ["iap-calls-shop", "iap-calls-web"],
    );
    const { inputs } = only(made, IAP_GRANT, "group:staff@acme.com-opens-web");
    assert.deepEqual(
      { ...inputs, condition: (inputs["condition"] as { expression: string }).expression },
      {
        project: "acme-dev",
        location: "europe-west9",
        cloudRunServiceName: "web",
        role: "roles/iap.httpsResourceAccessor",
        member: "group:staff@acme.com",
        condition: 'request.time < timestamp("2027-04-01T00:00:00Z")',
      },
    );
    assert.equal(only(made, SERVICE, "web").inputs["iapEnabled"], true);
    assert.ok(!("iapEnabled" in only(made, SERVICE, "api").inputs));
  });

  it("refuses the public, in any spelling", async () => {
    const args = { ...place, serviceName: "web", agent: "serviceAccount:a@b.iam.gserviceaccount.com" };
    const build = () => new IapAccess("web", { ...args, access: { all: { member: " ALLUSERS" } } });
    await assert.rejects(register(build), /IapAccess " ALLUSERS" would let anyone in/);
  });
});
