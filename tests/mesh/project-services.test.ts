import * as assert from "node:assert/strict";
import { formatProblems, type MeshSpec, parseMesh, projectApis } from "../../mesh";
import { PROJECT_APIS } from "../../mesh/project-services";
import { IMAGE, meshInput, TODAY } from "./support";

function parsed(change: Parameters<typeof meshInput>[0] = {}): MeshSpec {
  const { spec, problems } = parseMesh(meshInput(change), TODAY);
  assert.ok(spec, formatProblems(problems));
  return spec;
}

const KEY = "projects/acme-dev/locations/europe-west9/keyRings/r/cryptoKeys/k";

describe("the APIs that a mesh needs", () => {
  const names = (spec: MeshSpec) => projectApis(spec).map(({ service }) => service.replace(".googleapis.com", ""));
  const base = ["run", "cloudresourcemanager", "iam"];
  const alone = { config: { network: undefined }, web: { calls: [] } };

  it("are three for services that call nobody", () => assert.deepEqual(names(parsed(alone)), base));

  it("are asked for only when the config says so, in both spellings of true", () => {
    for (const projectServices of [true, "true"]) {
      assert.equal(parsed({ config: { projectServices } }).projectServices, true);
    }
    for (const projectServices of [false, "false", undefined]) {
      assert.equal(parsed({ config: { projectServices } }).projectServices, undefined);
    }
  });

  const secret = { secret: "db-password", version: "3" };
  const score = { source: "functions/score", runtime: "nodejs22", entryPoint: "score" };
  const triggered = { ...score, trigger: { topic: "orders" } };
  const ann = { member: "group:developers@acme.com", calls: ["api"] };
  const BUILD = "cloudfunctions cloudbuild logging artifactregistry storage";
  const OPEN = { ingress: { all: "developers come from the internet" } };

  /** What jobs and worker pools need as services do. */
  const jobsAlike = (["jobs", "workerPools"] as const).flatMap((kind) => {
    const one = (more: object) => ({
      config: { network: undefined, [kind]: { nightly: { image: IMAGE, ...more } } },
      web: { calls: [] },
    });
    return [
      ["secretmanager", `a secret of ${kind}`, one({ env: { KEY: secret } })],
      [
        "storage",
        `a Cloud Storage volume of ${kind}`,
        one({ volumes: { d: { mountPath: "/d", gcs: { bucket: "b" } } } }),
      ],
      [
        "artifactregistry",
        `an image of ${kind}`,
        one({ image: "europe-docker.pkg.dev/acme-dev/images/nightly@sha256:0" }),
      ],
      ["vpcaccess", `a connector of ${kind}`, one({ network: { connector: "link" } })],
      ["cloudkms", `a key of ${kind}`, one({ encryptionKey: KEY })],
    ] as const;
  });
  const cases: readonly (readonly [apis: string, fact: string, change: Parameters<typeof meshInput>[0]])[] = [
    ["compute", "Direct VPC egress", {}],
    ["vpcaccess", "a connector", { config: { network: { connector: "link" } } }],
    ["compute dns", "a private zone to be made", toBeMade({}, { egress: "private-ranges-only" })],
    ["compute vpcaccess", "a connector to be made", toBeMade({ connector: true })],
    ["secretmanager", "a secret in a variable", { ...alone, web: { calls: [], env: { KEY: secret } } }],
    [
      "secretmanager",
      "a secret as a file",
      { ...alone, web: { calls: [], volumes: { key: { mountPath: "/key", secret } } } },
    ],
    [
      "secretmanager",
      "a secret of a sidecar",
      { ...alone, web: { calls: [], sidecars: { proxy: { image: "i", env: { KEY: secret } } } } },
    ],
    [
      "iap",
      "Identity-Aware Proxy",
      {
        ...alone,
        web: {
          calls: [],
          ingress: { all: "people sign in there" },
          iap: { access: [{ member: "group:staff@acme.com" }] },
        },
      },
    ],
    [
      "artifactregistry",
      "an image in a repository of the project",
      { ...alone, web: { calls: [], image: "europe-docker.pkg.dev/acme-dev/images/web@sha256:0" } },
    ],
    [
      "artifactregistry",
      "a sidecar's image in a repository of the project",
      {
        ...alone,
        web: { calls: [], sidecars: { proxy: { image: "europe-docker.pkg.dev/acme-dev/images/proxy@sha256:0" } } },
      },
    ],
    [
      "sqladmin",
      "a Cloud SQL volume",
      {
        ...alone,
        web: {
          calls: [],
          volumes: { cloudsql: { mountPath: "/cloudsql", cloudSql: { instances: ["acme-dev:europe-west9:db"] } } },
        },
      },
    ],
    [
      "storage",
      "a Cloud Storage volume",
      { ...alone, web: { calls: [], volumes: { data: { mountPath: "/data", gcs: { bucket: "b" } } } } },
    ],
    [
      "cloudkms",
      "a key of one's own",
      {
        ...alone,
        web: { calls: [], encryptionKey: KEY },
      },
    ],
    ...jobsAlike,
    [BUILD, "a function, which is built", { config: { network: undefined, functions: { score } }, web: { calls: [] } }],
    [
      `${BUILD} eventarc pubsub`,
      "a function that events start",
      { config: { network: undefined, functions: { score: triggered } }, web: { calls: [] } },
    ],
    [
      `${BUILD} secretmanager`,
      "a secret that a function reads",
      { config: { network: undefined, functions: { score: { ...score, env: { KEY: secret } } } }, web: { calls: [] } },
    ],
    [
      `${BUILD} compute`,
      "a function in the VPC network",
      { config: { functions: { score: { ...score, calls: ["api"] } } }, web: { calls: [] } },
    ],
    [
      "iamcredentials",
      "developers",
      { config: { network: undefined, developers: { ann } }, web: { calls: [] }, api: OPEN },
    ],
    [
      "compute iap certificatemanager",
      "a load balancer",
      { config: { network: undefined, loadBalancer: behind() }, web: { calls: [] } },
    ],
    [
      "compute iap certificatemanager dns",
      "a load balancer whose records it makes",
      { config: { network: undefined, loadBalancer: behind({ dnsZone: "ailab" }) }, web: { calls: [] } },
    ],
    ["binaryauthorization", "Binary Authorization", { ...alone, web: { calls: [], binaryAuthorization: {} } }],
  ];

  function behind(more: object = {}) {
    return {
      domains: ["ailab.example"],
      routes: { "/": "web" },
      iap: { access: [{ member: "group:staff@acme.com" }] },
      ...more,
    };
  }

  function toBeMade(create: object, more: object = {}) {
    return { config: { network: { create, ...more } } };
  }

  for (const [apis, fact, change] of cases) {
    it(`are ${apis} besides for ${fact}`, () => {
      const found = names(parsed(change)).filter((name) => !base.includes(name));
      assert.deepEqual(found.sort(), apis.split(" ").sort());
    });
  }

  it("leave out accounts where every service has one that exists", () => {
    const own = (name: string) => ({ serviceAccount: `${name}@acme-dev.iam.gserviceaccount.com` });
    const spec = parsed({ ...alone, web: { calls: [], ...own("web-run") }, api: own("api-run") });
    assert.deepEqual(names(spec), ["run", "cloudresourcemanager"]);
  });

  it("count the accounts of jobs, of worker pools, of builds and of developers", () => {
    const own = (name: string) => ({ serviceAccount: `${name}@acme-dev.iam.gserviceaccount.com` });
    const mesh = (config: object) =>
      names(
        parsed({
          config: { network: undefined, ...config },
          web: { calls: [], ...own("web-run") },
          api: { ...OPEN, ...own("api-run") },
        }),
      ).includes("iam");
    assert.equal(mesh({ jobs: { nightly: { image: IMAGE, ...own("nightly") } } }), false);
    assert.equal(mesh({ jobs: { nightly: { image: IMAGE } } }), true);
    assert.equal(mesh({ workerPools: { take: { image: IMAGE } } }), true);
    assert.equal(mesh({ functions: { score: { ...score, ...own("score-run") } } }), true);
    assert.equal(mesh({ developers: { ann } }), true);
  });

  it("fit into the one request that asks which are on", () => assert.ok(PROJECT_APIS.length <= 30));

  it("are each shown here", () => {
    const shown = new Set([...base, ...cases.flatMap(([apis]) => apis.split(" "))]);
    assert.deepEqual(
      PROJECT_APIS.map(({ service }) => service.replace(".googleapis.com", "")).filter((name) => !shown.has(name)),
      [],
    );
  });

  it("do not hold images of other projects", () =>
    assert.ok(!names(parsed({ web: { image: IMAGE } })).includes("artifactregistry")));
});
