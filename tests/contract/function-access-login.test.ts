import * as assert from "node:assert/strict";
import { decodeJwt } from "jose";
import { loginOf } from "../../sandbox/data-plane/identity/logins";
import { account, make, PROJECT } from "../sandbox/control-plane/cloud";
import { ask, email, type Mesh, openMesh, url } from "../sandbox/data-plane/mesh";

const TOKEN = "https://oauth2.googleapis.com/token";

describe("a person's Application Default Credentials", () => {
  let mesh: Mesh;
  before(async () => {
    mesh = await openMesh(
      (controlPlane) => {
        account(controlPlane, "robot-sa");
        make(controlPlane, "gcp:serviceaccount/iAMMember:IAMMember", "may mint", {
          serviceAccountId: `projects/${PROJECT}/serviceAccounts/${email("robot")}`,
          role: "roles/iam.serviceAccountOpenIdTokenCreator",
          member: "user:dev@acme.example",
        });
      },
      { standIns: true },
    );
  });
  after(() => mesh.plane.close());

  async function exchange(form: Record<string, string>) {
    const access = await mesh.plane.proxyFor({ email: "dev@acme.example" });
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    return ask(access, TOKEN, { method: "POST", headers, body: new URLSearchParams(form).toString() });
  }

  it("give an access token in their own name, which mints what they may", async () => {
    for (const [who, code] of [
      ["dev@acme.example", 200],
      ["other@acme.example", 403],
    ] as const) {
      const { type, ...login } = loginOf(mesh.plane.accessToken(who));
      assert.equal(type, "authorized_user");
      const { json, headers } = await exchange({ ...login, grant_type: "refresh_token" });
      const { access_token: token, id_token, scope, ...rest } = json();
      assert.deepEqual(rest, { expires_in: 3599, token_type: "Bearer" });
      assert.ok(scope.split(" ").includes("https://www.googleapis.com/auth/cloud-platform"));
      assert.equal(decodeJwt(id_token)["email"], who);
      assert.match(String(headers["content-type"]), /^application\/json/);
      const target = `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${email("robot")}:generateIdToken`;
      const access = await mesh.plane.proxyFor({ email: who });
      const minted = await ask(access, target, { method: "POST", token, body: `{"audience":"${url("order")}"}` });
      assert.equal(minted.code, code, who);
    }
  });

  it("are refused where nobody has signed in, or something else is wanted", async () => {
    const { refresh_token } = loginOf(mesh.plane.accessToken("dev@acme.example"));
    const unknown = await exchange({ grant_type: "refresh_token", refresh_token: `${refresh_token}x` });
    assert.deepEqual(
      [unknown.code, unknown.json()],
      [400, { error: "invalid_grant", error_description: "Bad Request" }],
    );
    const other = await exchange({ grant_type: "authorization_code", refresh_token });
    const error_description = "Invalid grant_type: authorization_code";
    assert.deepEqual([other.code, other.json()], [400, { error: "unsupported_grant_type", error_description }]);
  });
});
