import * as assert from "node:assert/strict";
import { accessDiagram, accessGraph, parseMesh } from "../../mesh";
import { meshInput, TODAY } from "./support";

function diagram(developers: object): string[] {
  const { spec, problems } = parseMesh(
    meshInput({ config: { developers }, api: { ingress: { all: "called from laptops" } } }),
    TODAY,
  );
  assert.ok(spec, JSON.stringify(problems));
  return accessDiagram(accessGraph(spec)).split("\n").slice(3);
}

describe("the diagram of a mesh with developers", () => {
  it("leads from the person over the account that calls in their place to the service", () =>
    assert.deepEqual(diagram({ desk: { member: "user:a@acme.com", calls: ["api"], until: "2099-12-31" } }), [
      '  m0(["serviceAccount:desk-dev-sa@acme-dev.iam.gserviceaccount.com"])',
      '  m1(["user:a@acme.com"])',
      "  s0 --> s1",
      "  m0 --> s1",
      "  m1 -.->|mints ID tokens until 2099-12-31| m0",
    ]));

  it("tells who mints access tokens too, and that there is no end", () =>
    assert.deepEqual(diagram({ desk: { member: "group:a@acme.com", calls: ["api"], accessTokens: true } }).slice(2), [
      "  s0 --> s1",
      "  m0 --> s1",
      "  m1 -.->|mints any token| m0",
    ]));
});
