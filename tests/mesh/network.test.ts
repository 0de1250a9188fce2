import * as assert from "node:assert/strict";
import { formatProblems, type MeshSpec, parseMesh, projectApis } from "../../mesh";
import { PROJECT_APIS } from "../../mesh/project-services";
import { IMAGE, meshInput, TODAY } from "./support";

function parsed(change: Parameters<typeof meshInput>[0] = {}): MeshSpec {
  const { spec, problems } = parseMesh(meshInput(change), TODAY);
  assert.ok(spec, formatProblems(problems));
  return spec;
}

const made = (create: object = {}, more: object = {}, change: object = {}) =>
  parsed({ ...change, config: { network: { create, ...more } } });

describe("a network to be made", () => {
  it("is filled in: all traffic through a range wide enough for a mesh that grows, kept, and nothing that costs", () => {
    const { network, services } = made();
    assert.deepEqual(network, {
      name: "mesh",
      cidr: "10.0.0.0/20",
      connector: false,
      nat: false,
      privateDnsZone: false,
      retainOnDelete: true,
    });
    assert.deepEqual(services["web"]?.vpc, {
      network: "mesh",
      subnetwork: "mesh",
      egress: "all-traffic",
      privateDnsZone: false,
      created: true,
    });
    assert.equal(services["api"]?.vpc, undefined, "no call of it needs the network");
  });

  it("is not there where one that exists is named", () => assert.equal(parsed().network, undefined));

  it("gets the private zone that private-ranges-only needs, and with all-traffic only when asked", () => {
    const zone = (more: object) => {
      const { network, services } = made({}, more);
      return [network?.privateDnsZone, services["web"]?.vpc?.privateDnsZone];
    };
    assert.deepEqual(zone({ egress: "private-ranges-only" }), [true, true]);
    assert.deepEqual(zone({ privateDnsZone: true }), [true, true]);
    assert.deepEqual(zone({ egress: "all-traffic" }), [false, false]);
  });

  it("leads through a connector in a /28 where asked", () => {
    const { network, services } = made({ connector: true, name: "orders" });
    assert.deepEqual([network?.connector, network?.cidr], [true, "10.8.0.0/28"]);
    assert.deepEqual(services["web"]?.vpc, {
      connector: "orders",
      egress: "all-traffic",
      privateDnsZone: false,
      created: true,
    });
  });

  it("has a range for twice the instances of its callers, and four addresses that Google keeps", () => {
    const cidr = (maxInstances: number) => made({}, {}, { web: { scaling: { maxInstances } } }).network?.cidr;
    assert.equal(cidr(1), "10.0.0.0/20");
    assert.equal(cidr(2046), "10.0.0.0/20");
    assert.equal(cidr(2047), "10.0.0.0/19");
    const fits = (range: string, maxInstances: number) =>
      parseMesh(
        meshInput({ config: { network: { create: { cidr: range } } }, web: { scaling: { maxInstances } } }),
        TODAY,
      ).problems.length === 0;
    assert.deepEqual([fits("10.0.0.0/26", 30), fits("10.0.0.0/26", 31)], [true, false]);
  });

  it("says nothing of room while the number of instances is not understood", () => {
    const { problems } = parseMesh(
      meshInput({
        config: { network: { create: { cidr: "10.0.0.0/26" } } },
        web: { scaling: { maxInstances: "5" } },
      }),
      TODAY,
    );
    assert.deepEqual(
      problems.map(({ path }) => path),
      ["services.web.scaling.maxInstances"],
    );
  });

  for (const cidr of ["10.20.0.0/16", "172.16.0.0/20", "192.168.0.0/22", "100.64.0.0/10", "240.0.0.0/8"]) {
    it(`takes the private range ${cidr}`, () => assert.equal(made({ cidr }).network?.cidr, cidr));
  }

  it("is taken by a service that asks for it in a word, though no call leads there, with its tags", () => {
    const { services } = made({}, { tags: ["mesh"] }, { api: { network: "mesh" } });
    assert.deepEqual(services["api"]?.vpc, services["web"]?.vpc);
    assert.deepEqual(services["api"]?.vpc?.tags, ["mesh"]);
  });

  it("that exists in a Shared VPC host is given to internal services that are called through it, too", () => {
    const network = { network: "projects/acme-host/global/networks/shared" };
    const open = { image: IMAGE, ingress: { all: "partners call it directly" } };
    const { services } = parsed({ config: { network }, web: { calls: ["api", "open"] }, also: { open } });
    const attached = Object.entries(services).filter(([, { vpc }]) => vpc !== undefined);
    assert.deepEqual(
      attached.map(([key]) => key),
      ["web", "api"],
    );
    const own = { network: "projects/acme-dev/global/networks/mesh" };
    assert.equal(parsed({ config: { network: own } }).services["api"]?.vpc, undefined, "its own project's");
  });

  it("leaves a service with a network of its own there", () => {
    const network = {
      network: "projects/host/global/networks/shared",
      subnetwork: "projects/host/regions/r/subnetworks/s",
    };
    const { services } = made({}, {}, { web: { network }, api: { network } });
    assert.deepEqual(services["web"]?.vpc, { ...network, egress: "all-traffic", privateDnsZone: false });
  });
});

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
  const cases: readonly [api: string, fact: string, change: Parameters<typeof meshInput>[0]][] = [
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
      { ...alone, web: { calls: [], volumes: { sql: { mountPath: "/sql", cloudSql: { instances: ["a:b:c"] } } } } },
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
        web: { calls: [], encryptionKey: "projects/acme-dev/locations/europe-west9/keyRings/r/cryptoKeys/k" },
      },
    ],
    ["binaryauthorization", "Binary Authorization", { ...alone, web: { calls: [], binaryAuthorization: {} } }],
  ];

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
