import * as assert from "node:assert/strict";
import { accessGraph, accessMatrix, callEnvironment, formatProblems, type MeshSpec, parseMesh } from "../../mesh";
import { meshInput, TODAY } from "./support";

function parsed(change: Parameters<typeof meshInput>[0] = {}): MeshSpec {
  const { spec, problems } = parseMesh(meshInput(change), TODAY);
  assert.ok(spec, formatProblems(problems));
  return spec;
}

const score = { source: "functions/score", runtime: "nodejs22", entryPoint: "score" };
const open = { ingress: { all: "a laptop calls it with a token" } };

describe("functions", () => {
  it("get every default and every derived name, and the URL of the service underneath", () => {
    const { functions } = parsed({ config: { functions: { score: { ...score, trigger: { topic: "accounts" } } } } });
    assert.deepEqual(functions?.["score"], {
      ...score,
      trigger: { topic: "accounts" },
      key: "score",
      name: "score",
      accountId: "score-sa",
      buildAccountId: "score-build-sa",
      triggerAccountId: "score-trigger-sa",
      url: "https://score-123456789012.europe-west9.run.app",
      ingress: "internal",
      calls: [],
      access: [],
      labels: {},
      deletionProtection: true,
    });
  });

  it("call and are called as services are, through the mesh's network where that is inside", () => {
    const spec = parsed({
      web: { calls: ["score"] },
      config: { functions: { score: { ...score, calls: ["api"] } } },
    });
    assert.deepEqual(callEnvironment(spec.services["web"]!, spec), {
      SCORE_URL: "https://score-123456789012.europe-west9.run.app",
    });
    assert.deepEqual(callEnvironment(spec.functions!["score"]!, spec), {
      API_URL: "https://api-123456789012.europe-west9.run.app",
    });
    const networks = [spec.services["web"], spec.functions!["score"]].map((one) => one?.vpc?.network);
    assert.deepEqual(networks, ["default", "default"]);
    const { edges } = accessGraph(spec);
    assert.deepEqual(
      edges.map(({ name, from, to, reason }) => [name, from, to, reason]),
      [
        ["web-calls-score", { service: "web" }, "score", "services.web.calls[0]"],
        ["score-calls-api", { service: "score" }, "api", "functions.score.calls[0]"],
      ],
    );
  });

  it("are called by the account that brings their events", () => {
    const functions = { score: { ...score, trigger: { eventType: "google.cloud.audit.log.v1.written" } } };
    const rows = accessMatrix(accessGraph(parsed({ config: { functions } })));
    assert.deepEqual(rows.at(-1), {
      caller: "serviceAccount:score-trigger-sa@acme-dev.iam.gserviceaccount.com",
      callee: "score",
      role: "roles/run.invoker",
      through: "google",
      reason: "functions.score.trigger",
    });
    const open = { score: { ...functions.score, ingress: { all: "devices anywhere call it" } } };
    assert.equal(accessMatrix(accessGraph(parsed({ config: { functions: open } }))).at(-1)?.through, undefined);
  });
});

describe("developers", () => {
  it("call in the name of an account of their own, which they may mint ID tokens of until their day", () => {
    const developers = { laptop: { member: "user:ada@acme.com", calls: ["api"], until: "2027-03-31" } };
    const rows = (more: object = {}) =>
      accessMatrix(
        accessGraph(parsed({ api: open, config: { developers: { laptop: { ...developers.laptop, ...more } } } })),
      ).slice(1);
    const until = "2027-03-31";
    assert.deepEqual(rows(), [
      {
        caller: "serviceAccount:laptop-dev-sa@acme-dev.iam.gserviceaccount.com",
        callee: "api",
        role: "roles/run.invoker",
        reason: "developers.laptop.calls[0]",
      },
      {
        caller: "user:ada@acme.com",
        callee: "laptop-dev-sa@acme-dev.iam.gserviceaccount.com",
        role: "roles/iam.serviceAccountOpenIdTokenCreator",
        until,
        reason: "developers.laptop",
      },
    ]);
    assert.equal(rows({ accessTokens: true })[1]?.role, "roles/iam.serviceAccountTokenCreator");
    assert.equal(rows({ member: "group:developers@acme.com", until: undefined })[1]?.until, undefined);
  });
});
