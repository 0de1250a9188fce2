import * as assert from "node:assert/strict";
import { decodeJwt } from "jose";
import type { ProxyAccess } from "../../../sandbox/data-plane";
import { ACCOUNT, account, make, PROJECT } from "../control-plane/cloud";
import { type Answer, ask, deploy, email, grant, type Mesh, openMesh, url } from "./mesh";

const ACCOUNT_GRANT = "gcp:serviceaccount/iAMMember:IAMMember";
const ACCOUNTS = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts";
const PERSON = "dev@acme.example";
const ROBOT = email("robot");

describe("Google's token endpoint", () => {
  const ORDER = url("order");
  const now = new Date("2026-06-01T12:00:00Z");
  let mesh: Mesh;
  let access: ProxyAccess;

  before(async () => {
    mesh = await openMesh(
      (controlPlane) => {
        for (const name of ["order", "caller"]) deploy(controlPlane, name);
        account(controlPlane, "robot-sa");
        grant(controlPlane, "order", `serviceAccount:${ROBOT}`);
        make(controlPlane, ACCOUNT_GRANT, "person signs", {
          serviceAccountId: `projects/${PROJECT}/serviceAccounts/${ROBOT}`,
          role: "roles/iam.serviceAccountTokenCreator",
          member: `user:${PERSON}`,
        });
      },
      { standIns: true, clock: () => now },
    );
    access = await mesh.plane.proxyFor({ email: PERSON });
  });
  after(() => mesh.plane.close());

  const uniqueId = () => {
    const found = mesh.controlPlane.list({ type: ACCOUNT }).find(({ state }) => state["email"] === ROBOT);
    return String(found?.state["uniqueId"]);
  };

  const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
  const seconds = () => now.getTime() / 1000;

  /** What robot's account signs. */
  async function assertion(claims: object): Promise<string> {
    const payload = JSON.stringify({
      ...{ iss: ROBOT, aud: "https://oauth2.googleapis.com/token", iat: seconds(), exp: seconds() + 3600 },
      ...claims,
    });
    const token = mesh.plane.accessToken(PERSON);
    const body = JSON.stringify({ payload });
    return (await ask(access, `${ACCOUNTS}/${ROBOT}:signJwt`, { method: "POST", token, body })).json().signedJwt;
  }

  function exchange(form: Record<string, string>, endpoint = "https://oauth2.googleapis.com/token"): Promise<Answer> {
    return ask(access, endpoint, { method: "POST", body: new URLSearchParams(form).toString() });
  }

  it("exchanges what an account signed for an ID token, with the account's address as azp", async () => {
    for (const aud of [
      "https://oauth2.googleapis.com/token",
      "https://www.googleapis.com/oauth2/v4/token",
      "https://accounts.google.com/o/oauth2/token",
    ]) {
      const signed = await assertion({ aud, target_audience: ORDER });
      const answer = await exchange({ grant_type: JWT_BEARER, assertion: signed }, aud);
      assert.equal(answer.code, 200, answer.body);
      const { aud: audience, azp, sub, email: name, email_verified } = decodeJwt(answer.json().id_token);
      assert.deepEqual([audience, azp, sub, name, email_verified], [ORDER, ROBOT, uniqueId(), ROBOT, true]);
      assert.equal((await ask(access, ORDER, { token: answer.json().id_token })).code, 200);
    }
  });

  it("exchanges it for an access token where it names scopes", async () => {
    const signed = await assertion({ scope: "https://www.googleapis.com/auth/cloud-platform", sub: ROBOT });
    const answer = (await exchange({ grant_type: JWT_BEARER, assertion: signed })).json();
    assert.deepEqual([answer.expires_in, answer.token_type], [3599, "Bearer"]);
    const minted = await ask(access, `${ACCOUNTS}/${ROBOT}:signBlob`, {
      method: "POST",
      token: answer.access_token,
      body: JSON.stringify({ payload: "AAAA" }),
    });
    assert.equal(minted.code, 403, "robot may not sign for itself");
  });

  it("refuses an assertion with Google's words for what is wrong with it", async () => {
    const unreasonable =
      "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. " +
      "Check your iat and exp values in the JWT claim.";
    const good = { target_audience: ORDER };
    const [head, body, signature] = (await assertion(good)).split(".") as [string, string, string];
    const forged = Buffer.from(JSON.stringify({ ...decodeJwt(`${head}.${body}.`), target_audience: "x" }));
    const cases: [string, string, string][] = [
      [`${head}.${forged.toString("base64url")}.${signature}`, "invalid_grant", "Invalid JWT Signature."],
      [await assertion({ ...good, iss: email("caller") }), "invalid_grant", "Invalid JWT Signature."],
      [await assertion({ ...good, iss: email("none") }), "invalid_grant", "Invalid grant: account not found"],
      [await assertion({ ...good, iss: PERSON }), "invalid_grant", "Invalid grant: account not found"],
      [await assertion({ ...good, exp: seconds() + 3601 }), "invalid_grant", unreasonable],
      [await assertion({ ...good, iat: seconds() - 3600, exp: seconds() }), "invalid_grant", unreasonable],
      [await assertion({ ...good, iat: seconds() + 600 }), "invalid_grant", unreasonable],
      [await assertion({ ...good, iat: undefined }), "invalid_grant", unreasonable],
      [
        await assertion({ ...good, aud: ORDER }),
        "invalid_grant",
        "Invalid JWT: Failed audience check. The right audience is https://oauth2.googleapis.com/token",
      ],
      [
        await assertion({ ...good, sub: PERSON }),
        "unauthorized_client",
        "Client is unauthorized to retrieve access tokens using this method.",
      ],
      [await assertion({}), "invalid_scope", "Invalid OAuth scope or ID token audience provided."],
      ["x", "invalid_grant", "Bad Request"],
      ["", "invalid_grant", "Bad Request"],
    ];
    for (const [signed, error, description] of cases) {
      const answer = await exchange({ grant_type: JWT_BEARER, assertion: signed });
      assert.deepEqual([answer.code, answer.json()], [400, { error, error_description: description }]);
      assert.equal(mesh.said(), `400 oauth2.googleapis.com: ${error}: ${description}`);
    }
    const other = await exchange({ grant_type: "password" });
    assert.equal(other.json().error, "unsupported_grant_type");
  });
});
