import * as assert from "node:assert/strict";
import {
  accessDiagram,
  accessGraph,
  accessMatrix,
  callEnvironment,
  decodeStackConfig,
  formatProblems,
  type MeshSpec,
  parseMesh,
} from "../../mesh";
import { IMAGE, meshInput, TODAY } from "./support";
import { wrongConfigs } from "./wrong";

function parsed(change: Parameters<typeof meshInput>[0] = {}): MeshSpec {
  const { spec, problems } = parseMesh(meshInput(change), TODAY);
  assert.ok(spec, formatProblems(problems));
  return spec;
}

describe("a wrong config", () => {
  for (const wrong of wrongConfigs) {
    it(`is refused: ${wrong.fact}`, () => {
      const { spec, problems } = parseMesh(meshInput(wrong), TODAY);
      assert.deepEqual(
        problems.map(({ path, message }) => `${path}: ${message}`),
        wrong.problems,
      );
      assert.equal(spec, undefined);
    });
  }

  it("is told whole, a line a problem", () => {
    const { problems } = parseMesh(meshInput({ web: { calls: ["apo"] }, api: { image: undefined } }), TODAY);
    assert.equal(
      formatProblems(problems),
      [
        "2 problems in the stack config:",
        '  services.web.calls[0]: unknown service "apo"; did you mean "api"?',
        "  services.api.image: is missing; set it to what you built and pushed, best pinned by digest (@sha256:…)",
      ].join("\n"),
    );
  });
});

describe("a sound config", () => {
  it("gets every default and every derived name", () => {
    const { services, ...place } = parsed();
    assert.deepEqual(place, { project: "acme-dev", projectNumber: "123456789012", region: "europe-west9" });
    assert.deepEqual(services["api"], {
      image: IMAGE,
      key: "api",
      name: "api",
      accountId: "api-sa",
      url: "https://api-123456789012.europe-west9.run.app",
      ingress: "internal",
      calls: [],
      access: [],
      labels: {},
      deletionProtection: true,
    });
  });

  it("gives the mesh's network to callers of internal services, and to nobody else", () => {
    const { services } = parsed({
      also: {
        cron: { image: IMAGE, calls: ["open"] },
        open: { image: IMAGE, ingress: { all: "partners call it directly" } },
      },
    });
    const routes = Object.entries(services).filter(([, { vpc }]) => vpc !== undefined);
    assert.deepEqual(
      routes.map(([key]) => key),
      ["web"],
    );
    assert.deepEqual(services["web"]?.vpc, {
      network: "default",
      subnetwork: "default",
      egress: "all-traffic",
      privateDnsZone: false,
    });
  });

  it("gives a network to a service that asks for it, though no call needs one", () => {
    const { services } = parsed({ api: { network: { connector: "c" } } });
    assert.deepEqual(services["api"]?.vpc, { connector: "c", egress: "all-traffic", privateDnsZone: false });
  });

  it("accepts calls in a circle", () => {
    const spec = parsed({ api: { calls: ["web"] } });
    assert.deepEqual(callEnvironment(spec.services["web"]!, spec), {
      API_URL: "https://api-123456789012.europe-west9.run.app",
    });
    assert.deepEqual(callEnvironment(spec.services["api"]!, spec), {
      WEB_URL: "https://web-123456789012.europe-west9.run.app",
    });
  });

  it("reads an end date in both spellings, today included", () => {
    for (const until of [TODAY, `${TODAY} 00:00:00 +0000 UTC`]) {
      assert.deepEqual(parsed({ web: { calls: [{ service: "api", until }] } }).services["web"]?.calls, [
        { service: "api", until: TODAY },
      ]);
    }
  });

  it("prefers the number in the config to the one looked up", () => {
    assert.equal(parsed({ config: { projectNumber: 999999999999 } }).projectNumber, "999999999999");
  });

  it("switches deletion protection off for the mesh, and on again for one service", () => {
    const { services } = parsed({ config: { deletionProtection: "false" }, api: { deletionProtection: true } });
    assert.deepEqual([services["web"]?.deletionProtection, services["api"]?.deletionProtection], [false, true]);
  });

  it("adds the labels of a service to those of the mesh", () => {
    assert.deepEqual(
      parsed({ config: { labels: { system: "shop", tier: "a" } }, web: { labels: { tier: "b" } } }).services["web"]
        ?.labels,
      {
        system: "shop",
        tier: "b",
      },
    );
  });
});

describe("the stack config that Pulumi hands over", () => {
  const PLAIN = "is encrypted, and everybody who sees the services sees it; write it as it is";
  const all = {
    "gcp:project": "acme-dev",
    "gcp:region": "europe-west9",
    "other:key": "x",
    "cloud-run-mesh:services": '{"web":{}}',
    "cloud-run-mesh:network": "{}",
    "cloud-run-mesh:projectNumber": "",
  };

  it("is decoded, other namespaces and the empty defaults of Pulumi.yaml left out", () => {
    const { input, problems } = decodeStackConfig(all, () => false);
    assert.deepEqual(input, { project: "acme-dev", region: "europe-west9", config: { services: { web: {} } } });
    assert.deepEqual(problems, []);
  });

  it("is refused where a map is not one", () => {
    const { problems } = decodeStackConfig({ "cloud-run-mesh:services": "web" }, () => false);
    assert.deepEqual(problems, [
      { path: "services", message: "got text, expected a map; write it as YAML below the key" },
    ]);
  });

  it("is refused where a value is encrypted", () => {
    const some = { ...all, "gcp:project": "", "cloud-run-mesh:projectNumber": "" };
    const { input, problems } = decodeStackConfig(
      some,
      (key) => !["gcp:region", "cloud-run-mesh:network"].includes(key),
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(parseMesh(input, "2026-11-23").problems, [
      { path: "gcp:project", message: PLAIN },
      {
        path: "services",
        message: "holds an encrypted value; put it into Secret Manager and name it: { secret, version }",
      },
      { path: "projectNumber", message: PLAIN },
    ]);
  });
});

describe("the access graph", () => {
  const spec = parsed({
    web: {
      ingress: { all: "partners call it directly" },
      access: [{ member: "group:dev@acme.com" }],
    },
    api: { calls: ["web"] },
  });
  const graph = accessGraph(spec);

  it("has one edge per call and per member, each with the place that declares it", () => {
    assert.deepEqual(accessMatrix(graph), [
      { caller: "web", callee: "api", role: "roles/run.invoker", reason: "services.web.calls[0]" },
      {
        caller: "group:dev@acme.com",
        callee: "web",
        role: "roles/run.invoker",
        reason: "services.web.access[0]",
      },
      { caller: "api", callee: "web", role: "roles/run.invoker", reason: "services.api.calls[0]" },
    ]);
  });

  it("lets people through Identity-Aware Proxy by another role, and tells the service what assertions are meant for", () => {
    const iap = { access: [{ member: "group:staff@acme.com", until: "2027-03-31" }] };
    const behind = parsed({ web: { ingress: { all: "people open it" }, iap } });
    const { edges } = accessGraph(behind);
    assert.deepEqual(edges.at(-1), {
      name: "group:staff@acme.com-opens-web",
      from: { member: "group:staff@acme.com" },
      to: "web",
      role: "roles/iap.httpsResourceAccessor",
      until: "2027-03-31",
      reason: "services.web.iap.access[0]",
    });
    assert.equal(
      callEnvironment(behind.services["web"]!, behind)["IAP_AUDIENCE"],
      "/projects/123456789012/locations/europe-west9/services/web",
    );
    assert.match(accessDiagram(accessGraph(behind)), /s0\[\["web<br\/>ingress: all<br\/>Identity-Aware Proxy"\]\]/);
  });

  it("names grants by who and whom, so that reordering a list changes nothing", () => {
    assert.deepEqual(
      graph.edges.map(({ name }) => name),
      ["web-calls-api", "group:dev@acme.com-calls-web", "api-calls-web"],
    );
  });

  it("is drawn with entrances and every edge", () => {
    assert.equal(
      accessDiagram(graph),
      [
        "flowchart LR",
        '  s0[["web<br/>ingress: all"]]',
        '  s1["api<br/>ingress: internal"]',
        '  m0(["group:dev@acme.com"])',
        "  s0 --> s1",
        "  m0 --> s0",
        "  s1 --> s0",
      ].join("\n"),
    );
  });
});
