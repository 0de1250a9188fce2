import * as assert from "node:assert/strict";
import { accessDiagram, accessGraph, accessMatrix, formatProblems, type MeshSpec, parseMesh } from "../../mesh";
import { IMAGE as image, meshInput, TODAY } from "./support";

const POOL = "principalSet://iam.googleapis.com/locations/global/workforcePools/acme-staff";
const STAFF = `${POOL}/group/6f1c0d0a-6f0e-4f6e-9d3e-0c6a3a1c2b10`;
const ADMINS = `${POOL}/group/0d9a5c8e-41d7-4c35-8a37-55d0a3a0be11`;

function parsed({ iap, ...change }: { iap?: object; [key: string]: unknown } = {}): MeshSpec {
  const loadBalancer = {
    domains: ["ailab.example"],
    routes: { "/": "portal", "/desk/": "desk" },
    iap: { workforcePool: "acme-staff", access: [{ member: STAFF }], ...iap },
    ...change,
  };
  const input = meshInput({ config: { services: { portal: { image }, desk: { image } }, loadBalancer } });
  const { spec, problems } = parseMesh(input, TODAY);
  assert.ok(spec, formatProblems(problems));
  return spec;
}

describe("a load balancer", () => {
  it("gets every default", () => {
    assert.deepEqual(parsed().loadBalancer, {
      domains: ["ailab.example"],
      routes: [
        { path: "/desk", service: "desk" },
        { path: "/", service: "portal" },
      ],
      iap: { workforce: { pool: "acme-staff", oauthClient: "iap-gateway" } },
      protection: { rateLimit: { requests: 600, perSeconds: 60 }, preview: false },
      servicesFirst: false,
    });
  });

  it("keeps what is written, in Google's form", () => {
    const spec = parsed({
      domains: ["AILab.example", "www.ailab.example"],
      dnsZone: "projects/acme-dns/managedZones/ailab",
      iap: { reauth: { maxAgeSeconds: 3600 }, oauthClient: "ailab-gateway" },
      protection: { rateLimit: { requests: 50 }, rules: "preview" },
      order: "services-first",
    });
    assert.deepEqual(spec.loadBalancer, {
      domains: ["ailab.example", "www.ailab.example"],
      dnsZone: { project: "acme-dns", name: "ailab" },
      routes: parsed().loadBalancer?.routes,
      iap: {
        workforce: { pool: "acme-staff", oauthClient: "ailab-gateway" },
        reauth: { method: "LOGIN", maxAgeSeconds: 3600 },
      },
      protection: { rateLimit: { requests: 50, perSeconds: 60 }, preview: true },
      servicesFirst: true,
    });
    assert.deepEqual(parsed({ dnsZone: "ailab" }).loadBalancer?.dnsZone, { project: "acme-dev", name: "ailab" });
    const { protection } = parsed({ protection: { off: "the network before it filters" } }).loadBalancer ?? {};
    assert.equal(protection, undefined);
  });

  it("is the same for both spellings of a pool", () => {
    assert.deepEqual(parsed({ iap: { workforcePool: "locations/global/workforcePools/acme-staff" } }), parsed());
  });

  it("tries the longest route first, each service's own and all", () => {
    const routes = { "/": "portal", "/desk/all": "portal", "/desk": "desk", "/help/": "desk" };
    const { loadBalancer, services } = parsed({ routes });
    assert.deepEqual(
      loadBalancer?.routes.map(({ path, service }) => `${path} ${service}`),
      ["/desk/all portal", "/desk desk", "/help desk", "/ portal"],
    );
    assert.deepEqual(services["portal"]?.routed?.paths, ["/desk/all", "/"]);
    assert.deepEqual(services["desk"]?.routed?.paths, ["/desk", "/help"]);
  });

  it("lets nothing but itself and the network reach a service that it leads to", () => {
    assert.equal(parsed().services["desk"]?.ingress, "load-balancer");
  });
});

describe("who comes through a load balancer", () => {
  const mesh = () => parsed({ iap: { routes: { "/desk": [{ member: ADMINS, until: "2027-03-31" }] } } });

  it("is an edge for each service, told with the way and the end", () => {
    const role = "roles/iap.httpsResourceAccessor";
    const through = "load-balancer";
    assert.deepEqual(accessMatrix(accessGraph(mesh())), [
      { caller: STAFF, callee: "portal", role, through, reason: "loadBalancer.iap.access[0]" },
      { caller: STAFF, callee: "desk", role, through, reason: "loadBalancer.iap.access[0]" },
      {
        caller: ADMINS,
        callee: "desk",
        role,
        through,
        until: "2027-03-31",
        reason: "loadBalancer.iap.routes./desk[0]",
      },
    ]);
  });

  it("stands in the diagram, with the routes of each service", () => {
    assert.deepEqual(accessDiagram(accessGraph(mesh())).split("\n").slice(0, 6), [
      "flowchart LR",
      '  s0["portal<br/>ingress: load-balancer<br/>Identity-Aware Proxy: /"]',
      '  s1["desk<br/>ingress: load-balancer<br/>Identity-Aware Proxy: /desk"]',
      `  m0(["${STAFF}"])`,
      `  m1(["${ADMINS}"])`,
      "  m0 --> s0",
    ]);
  });
});
