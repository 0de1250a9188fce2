import * as assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MINIMUM_PULUMI_VERSION } from "../../sandbox/engine";
import { checkDeployment, type DeployOperation, MINIMUM_CLI } from "../../tools/deploy/checks";
import { type Google, googleFromDefaultCredentials } from "../../tools/deploy/google";
import type { Cli } from "../../tools/deploy/pulumi-cli";
import { fromHere, npm } from "../../tools/person";
import { IMAGE, TODAY } from "../mesh/support";

const services = { web: { image: IMAGE, calls: ["api"] }, api: { image: IMAGE } };
const values = {
  "gcp:project": "shop-prod",
  "gcp:region": "europe-west9",
  "cloud-run-mesh:services": JSON.stringify(services),
  "cloud-run-mesh:network": '{"network":"default","subnetwork":"default"}',
};

describe("npm run up, before anything is changed", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "deploy-"));
    writeFileSync(join(folder, "Pulumi.prod.yaml"), "");
  });
  after(() => rmSync(folder, { recursive: true }));

  const cli: Cli = {
    isAtLeast: async () => true,
    isLoggedIn: async () => true,
    selectedStack: async () => "prod",
    hasStack: async () => true,
    config: async () => ({ values, encrypted: new Set() }),
    protectedResources: async () => [],
  };
  const google: Google = {
    credentialsProblem: async () => undefined,
    testPermissions: async (_, permissions) => [...permissions],
    enabledServices: async (_, services) => [...services],
    hasOrganization: async () => true,
  };

  async function obstacles(
    change: { cli?: Partial<Cli> | null; google?: Partial<Google>; operation?: DeployOperation; stack?: string } = {},
  ) {
    const around = {
      projectFolder: folder,
      cli: change.cli === null ? undefined : { ...cli, ...change.cli },
      google: { ...google, ...change.google },
      today: TODAY,
    };
    const { obstacles: found } = await checkDeployment(change.operation ?? "up", change.stack, around);
    return found.map(({ message }) => message);
  }
  const config = (changed: Record<string, string>) => ({
    config: async () => ({ values: { ...values, ...changed }, encrypted: new Set<string>() }),
  });

  it("finds nothing where nothing is missing", async () => assert.deepEqual(await obstacles(), []));

  it("names the CLI and the credentials at once", async () => {
    assert.deepEqual(
      await obstacles({
        cli: null,
        google: { credentialsProblem: async () => "Could not load the default credentials" },
      }),
      [
        "the Pulumi CLI is not on PATH; install it: https://www.pulumi.com/docs/install/",
        'no Google credentials (Could not load the default credentials); run "gcloud auth application-default login"',
      ],
    );
  });

  it("asks for a destroy whether it can be done, and not whether the config makes sense or may be deployed", async () => {
    const wrong = {
      cli: { ...config({ "cloud-run-mesh:services": "{}" }), protectedResources: async () => ["api"] },
      google: { enabledServices: async () => [], testPermissions: async () => [], hasOrganization: async () => false },
    };
    const denied = { ...wrong.google, credentialsProblem: async () => "none" };
    const found = await obstacles({ ...wrong, google: denied, operation: "destroy" });
    assert.deepEqual(
      found.map((message) => message.split(/[:(]/)[0]!.trim()),
      ["protected from being deleted", "no Google credentials"],
    );
    const free = { ...wrong, cli: { ...wrong.cli, protectedResources: async () => [] } };
    assert.deepEqual(await obstacles({ ...free, operation: "destroy" }), []);
    assert.ok((await obstacles(free)).length > 0);
  });

  it("names a CLI that is too old", async () => {
    assert.deepEqual(await obstacles({ cli: { isAtLeast: async () => false } }), [
      "the Pulumi CLI is older than 3.206.0; update it: https://www.pulumi.com/docs/install/",
    ]);
  });

  it("asks for the same CLI as the sandbox", () => assert.equal(MINIMUM_CLI, MINIMUM_PULUMI_VERSION));

  it("names a missing login", async () => {
    assert.match(
      (await obstacles({ cli: { isLoggedIn: async () => false } }))[0]!,
      /^Pulumi is not logged in to a backend; run "pulumi login"/,
    );
  });

  it("names a missing stack", async () => {
    assert.deepEqual(await obstacles({ cli: { hasStack: async () => false } }), [
      'there is no stack "prod" in this backend; create it: pulumi stack init prod',
    ]);
    assert.match(
      (await obstacles({ cli: { selectedStack: async () => undefined } }))[0]!,
      /^no stack is selected; name one/,
    );
  });

  it("names a missing stack config", async () => {
    assert.deepEqual(await obstacles({ stack: "acme/mesh/staging" }), [
      "Pulumi.staging.yaml is missing; copy Pulumi.dev.yaml and set gcp:project and gcp:region to yours",
    ]);
  });

  it("names every problem of the config", async () => {
    assert.deepEqual(
      await obstacles({
        cli: config({ "gcp:region": "", "cloud-run-mesh:services": '{"web":{"image":"i","calls":["apo"]}}' }),
      }),
      [
        '2 problems in the stack config:\n  gcp:region: is missing; run "pulumi config set gcp:region europe-west9", or another region\n  services.web.calls[0]: unknown service "apo"',
      ],
    );
  });

  it("names each encrypted value and no other problem, as the rest was not read", async () => {
    const unread = { ...values, "cloud-run-mesh:services": "{}" };
    const encrypted = { config: async () => ({ values: unread, encrypted: new Set(["cloud-run-mesh:services"]) }) };
    const file = join(folder, "Pulumi.prod.yaml");
    const secure = "{ secure: v1:abc:def }";
    writeFileSync(file, `config:\n  cloud-run-mesh:services: { web: { env: { A: ${secure}, B: b, C: ${secure} } } }\n`);
    try {
      assert.deepEqual(await obstacles({ cli: encrypted }), [
        [
          "2 problems in the stack config:",
          ...["A", "C"].map(
            (name) =>
              `  services.web.env.${name}: holds an encrypted value; put it into Secret Manager and name it: { secret, version }`,
          ),
        ].join("\n"),
      ]);
    } finally {
      writeFileSync(file, "");
    }
  });

  it("names a workforce pool where the project is in no organization, as far as one may see that", async () => {
    const member = "principalSet://iam.googleapis.com/locations/global/workforcePools/acme-staff/group/";
    const access = [{ member: `${member}6f1c0d0a-6f0e-4f6e-9d3e-0c6a3a1c2b10` }];
    const loadBalancer = {
      domains: ["shop.example"],
      routes: { "/": "web" },
      iap: { workforcePool: "acme-staff", access },
    };
    const pool = config({
      "cloud-run-mesh:services": '{"web":{"image":"i"}}',
      "cloud-run-mesh:loadBalancer": JSON.stringify(loadBalancer),
    });
    for (const operation of ["preview", "up"] as const) {
      assert.deepEqual(await obstacles({ operation, cli: pool, google: { hasOrganization: async () => false } }), [
        '1 problem in the stack config:\n  loadBalancer.iap.workforcePool: project "shop-prod" is in no organization, and a workforce pool signs people in to projects of its own organization; move the project into that (https://cloud.google.com/resource-manager/docs/project-migration), or remove it, so that Google accounts sign in',
      ]);
    }
    assert.deepEqual(await obstacles({ cli: pool }), []);
    assert.deepEqual(await obstacles({ cli: pool, google: { hasOrganization: async () => undefined } }), []);
    assert.deepEqual(await obstacles({ google: { hasOrganization: async () => false } }), []);
  });

  it("names a project that is still the example's", async () => {
    assert.deepEqual(await obstacles({ cli: config({ "gcp:project": "acme-dev" }) }), [
      `gcp:project is still the example's "acme-dev"; run "pulumi --cwd ${fromHere(folder)} config set gcp:project PROJECT_ID --stack prod"`,
    ]);
  });

  it("names each missing permission and what it is for", async () => {
    const held = async (_: string, all: readonly string[]) => all.filter((name) => !name.includes("setIamPolicy"));
    assert.deepEqual(await obstacles({ google: { testPermissions: held } }), [
      'you lack permissions on project "shop-prod"; ask an owner for them:\n    run.services.setIamPolicy: to grant run.invoker on each service',
    ]);
  });

  it("asks the host project of a Shared VPC for the permission to use its subnetwork", async () => {
    const asked = new Map<string, readonly string[]>();
    const testPermissions = async (project: string, all: readonly string[]) => {
      asked.set(project, all);
      return all.filter((name) => name !== "compute.subnetworks.use");
    };
    const shared = { network: "projects/acme-host/global/networks/shared" };
    assert.deepEqual(
      await obstacles({
        google: { testPermissions },
        cli: config({ "cloud-run-mesh:network": JSON.stringify(shared) }),
      }),
      [
        'you lack permissions on project "acme-host"; ask an owner for them:\n    compute.subnetworks.use: to give callers of internal services a way into the VPC network',
      ],
    );
    assert.deepEqual([...asked.keys()], ["shop-prod", "acme-host"]);
    assert.deepEqual(asked.get("acme-host"), ["compute.subnetworks.use"]);
  });

  const someOff = async (_: string, services: readonly string[]) =>
    services.filter((name) => !/^(compute|iam)/.test(name));

  it("names each API that is off and what it is for, and how to switch them on", async () => {
    for (const operation of ["preview", "up"] as const) {
      assert.deepEqual(await obstacles({ operation, google: { enabledServices: someOff } }), [
        'APIs are off in project "shop-prod"; set "cloud-run-mesh:projectServices: true", or run "gcloud services enable iam.googleapis.com compute.googleapis.com --project shop-prod":\n    iam.googleapis.com: to make accounts, and the OAuth client that a workforce pool signs in with\n    compute.googleapis.com: to lead calls through the VPC network, and people through a load balancer',
      ]);
    }
  });

  it("minds no API that the update switches on, nor one that the caller may not see", async () => {
    const on = config({ "cloud-run-mesh:projectServices": "true" });
    assert.deepEqual(await obstacles({ cli: on, google: { enabledServices: someOff } }), []);
    assert.deepEqual(await obstacles({ google: { enabledServices: async () => undefined } }), []);
  });

  it("names a project that does not answer", async () => {
    const testPermissions = async () => {
      throw new Error("Cloud Resource Manager API has not been used");
    };
    assert.match(
      (await obstacles({ google: { testPermissions } }))[0]!,
      /^project "shop-prod" could not be asked for your permissions \(Cloud Resource Manager API has not been used\)/,
    );
  });

  const destroy = (protectedOnes: readonly string[] | undefined, more: Record<string, string> = {}) =>
    obstacles({ operation: "destroy", cli: { ...config(more), protectedResources: async () => protectedOnes } });
  const OFF = { "cloud-run-mesh:deletionProtection": "false", "cloud-run-mesh:services": "{}" };
  const steps = () => `"${npm("up", folder)} -- prod", with no deletionProtection of their own, then destroy again`;

  it("says the two steps before what is deployed with protection can be destroyed, whatever the config says now", async () => {
    assert.deepEqual(await destroy(["web", "api"]), [
      `protected from being deleted: web, api; in two steps: "pulumi --cwd ${fromHere(folder)} config set deletionProtection false --stack prod" and ${steps()}`,
    ]);
    assert.deepEqual(await destroy(["api"], OFF), [`protected from being deleted: api; in two steps: ${steps()}`]);
  });

  it("lets a stack go that protects nothing", async () => {
    assert.deepEqual(await destroy([]), []);
    assert.deepEqual(await destroy([], OFF), []);
  });

  it("goes by the config where the state cannot be read", async () => {
    assert.deepEqual(await destroy(undefined), [
      `protected from being deleted: the services of "prod"; in two steps: "pulumi --cwd ${fromHere(folder)} config set deletionProtection false --stack prod" and ${steps()}`,
    ]);
    assert.deepEqual(await destroy(undefined, OFF), []);
  });
});

describe("which APIs are on", () => {
  const asked: unknown[] = [];
  const google = (request: () => unknown) =>
    googleFromDefaultCredentials(async () => ({
      getAccessToken: async () => "token",
      request: async (options: unknown) => {
        asked.push(options);
        return { data: request() } as never;
      },
    }));

  it("is asked of Service Usage in one request", async () => {
    const services = [
      { name: "projects/123456789012/services/run.googleapis.com", state: "ENABLED" },
      { name: "projects/123456789012/services/dns.googleapis.com", state: "DISABLED" },
    ];
    const on = await google(() => ({ services })).enabledServices("shop-prod", [
      "run.googleapis.com",
      "dns.googleapis.com",
    ]);
    assert.deepEqual(on, ["run.googleapis.com"]);
    assert.deepEqual(asked, [
      {
        url: "https://serviceusage.googleapis.com/v1/projects/shop-prod/services:batchGet?names=projects/shop-prod/services/run.googleapis.com&names=projects/shop-prod/services/dns.googleapis.com",
        timeout: 15_000,
      },
    ]);
  });

  it("is not known to whoever may not see it", async () => {
    const refused = google(() => {
      throw new Error("Permission denied to get service");
    });
    assert.equal(await refused.enabledServices("shop-prod", ["run.googleapis.com"]), undefined);
  });
});

describe("whether a project is in an organization", () => {
  const asked = (answer: () => unknown) =>
    googleFromDefaultCredentials(async () => ({
      getAccessToken: async () => "token",
      request: async () => ({ data: answer() }) as never,
    })).hasOrganization("shop-prod");
  const ancestors = (...types: string[]) => ({ ancestor: types.map((type) => ({ resourceId: { type, id: "1" } })) });

  it("is told by its ancestors, however far away the organization is", async () => {
    assert.equal(await asked(() => ancestors("project", "folder", "organization")), true);
    assert.equal(await asked(() => ancestors("project")), false);
  });

  it("is not known to whoever may not see it", async () => {
    const refusal = () => {
      throw new Error("Permission denied on resource project shop-prod.");
    };
    assert.equal(await asked(refusal), undefined);
    assert.equal(await asked(() => ({})), undefined);
  });
});

describe("which permissions are held", () => {
  const google = (answer: (permissions: readonly string[]) => readonly string[]) => {
    const questions: (readonly string[])[] = [];
    const auth = {
      getAccessToken: async () => "token",
      request: async ({ data }: { data: { permissions: readonly string[] } }) => {
        questions.push(data.permissions);
        return { data: { permissions: answer(data.permissions) } } as never;
      },
    } as Awaited<ReturnType<NonNullable<Parameters<typeof googleFromDefaultCredentials>[0]>>>;
    const asked = googleFromDefaultCredentials(async () => auth);
    return { asked, questions };
  };
  const refused = (status: number) => Object.assign(new Error("refused"), { status });

  it("is one question", async () => {
    const { asked, questions } = google(() => ["run.services.get"]);
    const all = ["run.services.get", "run.services.create"];
    assert.deepEqual(await asked.testPermissions("shop-prod", all), ["run.services.get"]);
    assert.deepEqual(questions, [all]);
  });

  it("is asked of the others where a project cannot be asked about one, which then stops nobody", async () => {
    const { asked } = google((permissions) => {
      if (permissions.includes("odd.things.get")) throw refused(400);
      return permissions.filter((one) => one !== "run.services.create");
    });
    const all = ["run.services.get", "odd.things.get", "run.services.create", "run.services.update", "run.jobs.get"];
    const held = await asked.testPermissions("shop-prod", all);
    assert.deepEqual(held, ["run.services.get", "odd.things.get", "run.services.update", "run.jobs.get"]);
  });

  it("is not known where the project refuses the question", async () => {
    const { asked, questions } = google(() => {
      throw refused(403);
    });
    await assert.rejects(asked.testPermissions("shop-prod", ["run.services.get", "run.jobs.get"]), refused(403));
    assert.equal(questions.length, 1);
  });
});
