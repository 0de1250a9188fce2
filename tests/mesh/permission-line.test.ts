import * as assert from "node:assert/strict";
import { accountEmail } from "../../google/accounts";
import { accessGraph, formatProblems, parseMesh, permissionFor } from "../../mesh";
import { IMAGE as image, meshInput, TODAY } from "./support";

const all = { all: "people and partners call it" };
const score = { source: "functions/score", runtime: "nodejs22", entryPoint: "score", trigger: { topic: "orders" } };
const { spec, problems } = parseMesh(
  meshInput({
    web: { ingress: all, access: [{ member: "user:eve@acme.com", until: "2027-03-31" }] },
    api: { calls: [{ service: "web", until: "2026-01-31" }] },
    also: { desk: { image, ingress: all, iap: { access: [{ member: "group:staff@acme.com" }] } } },
    config: {
      functions: { score },
      jobs: { "move-orders": { image, calls: ["api"] } },
      workerPools: { taker: { image, serviceAccount: "takes@acme-dev.iam.gserviceaccount.com" } },
      developers: { laptop: { member: "user:ada@acme.com", calls: ["web"], until: "2027-03-31" } },
    },
  }),
  TODAY,
);
assert.ok(spec, formatProblems(problems));
const email = (id: string) => accountEmail(id, "acme-dev");
const serviceAccounts = {
  ...{ web: email("web-sa"), api: email("api-sa"), desk: email("desk-sa"), score: email("score-sa") },
  ...{ "move-orders": email("move-orders-sa"), taker: email("takes"), laptop: email("laptop-dev-sa") },
  "web.access": email("web-access-sa"),
};
const mesh = { graph: accessGraph(spec), serviceAccounts };
const iap = 'Identity-Aware Proxy on "desk" lets people through alone; call what it calls, or take its "iap" away';

/** Who calls what, and the line, or why none grants it. */
const CALLS: readonly (readonly [caller: string, callee: string, told: string])[] = [
  ["web", "score", "services.web.calls: [score]"],
  [`serviceAccount:${email("web-sa")}`, "score", "services.web.calls: [score]"],
  ["score", "api", "functions.score.calls: [api]"],
  ["move-orders", "web", "jobs.move-orders.calls: [web]"],
  [email("move-orders-sa"), "web", "jobs.move-orders.calls: [web]"],
  ["taker", "web", "workerPools.taker.calls: [web]"],
  [email("takes"), "score", "workerPools.taker.calls: [score]"],
  ["laptop", "api", "developers.laptop.calls: [api]"],
  [`serviceAccount:${email("laptop-dev-sa")}`, "api", "developers.laptop.calls: [api]"],
  ["user:ada@acme.com", "api", "developers.laptop.calls: [api]"],
  ["Ada@acme.com", "score", "developers.laptop.calls: [score]"],
  ["bob@acme.com", "api", 'services.api.access: [{ member: "user:bob@acme.com", until: YYYY-MM-DD }]'],
  ["group:staff@acme.com", "score", 'functions.score.access: [{ member: "group:staff@acme.com", until: YYYY-MM-DD }]'],
  [
    "ci@other.iam.gserviceaccount.com",
    "web",
    'services.web.access: [{ member: "serviceAccount:ci@other.iam.gserviceaccount.com", until: YYYY-MM-DD }]',
  ],
  [
    "CI@other.iam.GServiceAccount.com",
    "web",
    'services.web.access: [{ member: "serviceAccount:CI@other.iam.GServiceAccount.com", until: YYYY-MM-DD }]',
  ],
  [
    "bob@x.gserviceaccount.com.example",
    "api",
    'services.api.access: [{ member: "user:bob@x.gserviceaccount.com.example", until: YYYY-MM-DD }]',
  ],
  ["user:ada@acme.com", "desk", 'services.desk.iap.access: [{ member: "user:ada@acme.com", until: YYYY-MM-DD }]'],
  ["move-orders", "desk", iap],
  ["serviceAccount:ci@other.iam.gserviceaccount.com", "desk", iap],
  ["api", "web", "a later `until` at services.api.calls[0]"],
  [email("score-trigger-sa"), "api", "it brings functions.score the events of its trigger, and calls nothing else"],
  [email("score-build-sa"), "api", "it builds functions.score, and calls nothing"],
  [email("web-access-sa"), "api", "it is what people of services.web.access call as, and calls nothing else"],
];

describe("what permits a call through a load balancer", () => {
  const POOL = "locations/global/workforcePools/acme-staff";
  const staff = `principalSet://iam.googleapis.com/${POOL}/group/6f1c0d0a-6f0e-4f6e-9d3e-0c6a3a1c2b10`;
  const lineFor = (iap: object) => {
    const loadBalancer = { domains: ["ailab.example"], routes: { "/": "portal" }, iap };
    const { spec: routed } = parseMesh(meshInput({ config: { services: { portal: { image } }, loadBalancer } }), TODAY);
    assert.ok(routed);
    const found = permissionFor("eve@acme.com", "portal", { graph: accessGraph(routed), serviceAccounts: {} }, TODAY);
    return "line" in found ? found.line : found.none;
  };

  it("names a person as whoever signs in is known: by address, or in a pool by object id", () => {
    const line = (member: string) => `loadBalancer.iap.routes: { "/": [{ member: "${member}", until: YYYY-MM-DD }] }`;
    assert.equal(lineFor({ access: [{ member: "group:staff@acme.com" }] }), line("user:eve@acme.com"));
    assert.equal(
      lineFor({ workforcePool: "acme-staff", access: [{ member: staff }] }),
      line(`principal://iam.googleapis.com/${POOL}/subject/OBJECT_ID`),
    );
  });
});

describe("what permits a call", () => {
  for (const [caller, callee, told] of CALLS) {
    it(`of ${callee} by ${caller}: ${told}`, () => {
      const permission = permissionFor(caller, callee, mesh, TODAY);
      assert.equal("line" in permission ? permission.line : permission.none, told);
    });
  }

  it("is a line that the config takes, and that makes the call an edge", () => {
    const change = { jobs: { "move-orders": { image, calls: ["api", "web"] } } };
    const changed = parseMesh(meshInput({ web: { ingress: all }, config: change }), TODAY);
    assert.ok(changed.spec, formatProblems(changed.problems));
    const edge = accessGraph(changed.spec).edges.find(({ name }) => name === "move-orders-calls-web");
    assert.equal(edge?.reason, "jobs.move-orders.calls[1]");
  });

  it("is a later end, where the last day has passed since the deployment", () => {
    const told = permissionFor("user:ada@acme.com", "web", mesh, "2027-04-01");
    assert.deepEqual(told, { line: "a later `until` at developers.laptop" });
    const member = permissionFor("Eve@acme.com", "web", mesh, "2027-04-01");
    assert.deepEqual(member, { line: "a later `until` at services.web.access[0]" });
  });

  it("is one more call, where the day that has passed ends other calls and never was an end of this one", () => {
    const told = permissionFor("user:ada@acme.com", "api", mesh, "2027-04-01");
    assert.deepEqual(told, { line: "developers.laptop.calls: [api]" });
  });
});
