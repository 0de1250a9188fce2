import * as assert from "node:assert/strict";
import { formatProblems, type MeshSpec, parseMesh } from "../../mesh";
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
