/** The second URL of a function of the 2nd generation: `https://REGION-PROJECT.cloudfunctions.net/NAME`. */
import * as assert from "node:assert/strict";
import { account, make, PROJECT, REGION } from "../control-plane/cloud";
import { askAs, deploy, email, grant, type Mesh, openMesh, url } from "./mesh";

const HOST = `https://${REGION}-${PROJECT}.cloudfunctions.net`;
const SCORE = `${HOST}/score`;

describe("a function at its own URL", () => {
  const caller = email("caller");
  let mesh: Mesh;
  before(async () => {
    mesh = await openMesh(
      (controlPlane) => {
        deploy(controlPlane, "caller");
        for (const [name, ingressSettings] of Object.entries({
          score: "ALLOW_ALL",
          "score-in": "ALLOW_INTERNAL_ONLY",
        })) {
          make(controlPlane, "gcp:cloudfunctionsv2/function:Function", name, {
            name,
            location: REGION,
            buildConfig: { runtime: "nodejs22", entryPoint: "score" },
            serviceConfig: { ingressSettings, serviceAccountEmail: account(controlPlane, `${name}-sa`) },
          });
          grant(controlPlane, name, `serviceAccount:${caller}`);
        }
      },
      { standIns: true },
    );
  });
  after(() => mesh.plane.close());
  const token = (audience: string) => mesh.plane.idToken(caller, audience);

  it("is answered by the function, which hears what is behind its name", async () => {
    for (const [target, heard] of [
      ["", "/"],
      ["/", "/"],
      ["/a/b?c=d", "/a/b?c=d"],
      ["?c=d", "/?c=d"],
    ] as const) {
      const answer = await askAs(mesh, caller, `${SCORE}${target}`, { token: await token(SCORE) });
      assert.equal(answer.code, 200, mesh.said());
      const { service, path } = answer.json();
      assert.deepEqual([service, path], ["score", heard], target);
    }
    const { callee, path, reason } = mesh.decisions.at(-1)!;
    assert.deepEqual([callee, path, reason], ["score", "/score", "invoker"]);
  });

  it("is an audience of the function at each of its URLs, as each of them is here", async () => {
    for (const audience of [SCORE, `${SCORE}/`, url("score"), `${url("score")}/a`]) {
      for (const target of [SCORE, url("score")]) {
        assert.equal((await askAs(mesh, caller, target, { token: await token(audience) })).code, 200, audience);
      }
    }
    for (const audience of [HOST, `${HOST}/score-in`, `${HOST}/scor`, `${SCORE}/a`, `${SCORE}?a`, url("score-in")]) {
      assert.equal((await askAs(mesh, caller, SCORE, { token: await token(audience) })).code, 401, audience);
    }
  });

  it("is nobody's for a name that there is not, and without a name", async () => {
    for (const path of ["/scor", "/score-other/score", "/", "/SCORE"]) {
      assert.equal((await askAs(mesh, caller, `${HOST}${path}`, { token: await token(SCORE) })).code, 404, path);
      assert.equal(mesh.said(), `404 ${new URL(HOST).hostname}: no function has the URL ${HOST}${path}`);
    }
    const elsewhere = "https://elsewhere-1.cloudfunctions.net/score";
    assert.equal((await askAs(mesh, caller, elsewhere)).code, 404);
  });

  it("is decided about as the service underneath: ingress, kept paths, tokens, grants", async () => {
    const inside = `${HOST}/score-in`;
    const refused = await askAs(mesh, caller, inside, { token: await token(inside) });
    assert.deepEqual(
      [refused.code, mesh.said()],
      [404, "404 score-in: ingress of score-in is internal_only; the request came from the internet"],
    );
    const network = { email: caller, network: "default" };
    assert.equal((await askAs(mesh, caller, inside, { caller: network, token: await token(inside) })).code, 200);
    assert.equal((await askAs(mesh, caller, `${SCORE}/healthz`, { token: await token(SCORE) })).code, 404);
    assert.equal(mesh.decisions.at(-1)!.reason, "path-reserved");
    const stranger = email("stranger");
    const own = await mesh.plane.idToken(stranger, SCORE);
    assert.equal((await askAs(mesh, stranger, SCORE, { token: own })).code, 403);
    assert.equal(mesh.decisions.at(-1)!.reason, "no-invoker");
  });
});
