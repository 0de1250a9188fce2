/** What Google tells of a token to whoever shows it, and what its library for Node makes of that. */
import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as path from "node:path";
import { promisify } from "node:util";
import { decodeJwt } from "jose";
import type { ProxyAccess } from "../../../sandbox/data-plane";
import { ask, deploy, email, type Mesh, openMesh, url } from "./mesh";

const ADDRESSES = [
  "https://oauth2.googleapis.com/tokeninfo",
  ...["v1", "v2", "v3"].map((version) => `https://www.googleapis.com/oauth2/${version}/tokeninfo`),
];

describe("what Google tells of a token", () => {
  const who = email("caller");
  let mesh: Mesh;
  let access: ProxyAccess;
  before(async () => {
    mesh = await openMesh((controlPlane) => deploy(controlPlane, "caller"), { standIns: true });
    access = await mesh.plane.proxyFor({ email: who });
  });
  after(() => mesh.plane.close());

  it("tells the claims of an ID token as text, at each address", async () => {
    const token = await mesh.plane.idToken(who, url("caller"));
    const { exp, iat, sub } = decodeJwt(token);
    for (const address of ADDRESSES) {
      const { code, json } = await ask(access, `${address}?id_token=${token}`);
      const told = json();
      assert.equal(code, 200);
      assert.deepEqual(
        [told.aud, told.email, told.email_verified, told.sub, told.exp, told.iat, told.alg],
        [url("caller"), who, "true", sub, String(exp), String(iat), "RS256"],
      );
    }
  });

  it("tells whose an access token is, from the query, a form or the header", async () => {
    const token = mesh.plane.accessToken(who);
    const form = { "Content-Type": "application/x-www-form-urlencoded" };
    const [address = ""] = ADDRESSES;
    for (const answer of [
      await ask(access, `${address}?access_token=${token}`),
      await ask(access, address, { method: "POST", headers: form, body: `access_token=${token}` }),
      await ask(access, address, { method: "POST", token }),
    ]) {
      const { email, expires_in } = answer.json();
      assert.deepEqual([answer.code, email], [200, who]);
      assert.ok(Number(expires_in) > 3500 && Number(expires_in) <= 3600, expires_in);
    }
    for (const address of [
      "https://www.googleapis.com/oauth2/v3/userinfo",
      "https://openidconnect.googleapis.com/v1/userinfo",
    ]) {
      assert.equal((await ask(access, address, { token })).json().email, who);
      assert.equal((await ask(access, address, { token: "ya29.nobodys" })).code, 401);
    }
  });

  it("says in Google's form of each address that a token does not hold", async () => {
    const altered = await mesh.plane.idToken(who, url("caller"), { signature: "altered" });
    const expired = await mesh.plane.idToken(who, url("caller"), { expiresInSeconds: -1 });
    for (const query of [`id_token=${altered}`, `id_token=${expired}`, "access_token=ya29.nobodys", ""]) {
      for (const [i, address] of ADDRESSES.entries()) {
        const { code, json } = await ask(access, `${address}?${query}`);
        const described = { error_description: "Invalid Value" };
        assert.deepEqual([code, json()], [400, i < 2 ? { error: "invalid_token", ...described } : described]);
      }
    }
  });

  it("is what Google's library for Node verifies with, unchanged", async () => {
    const { env } = access;
    const script = path.join(__dirname, "programs/verify-id-token.mjs");
    const [token, key] = [await mesh.plane.idToken(who, url("caller")), mesh.plane.accessToken(who)];
    const { stdout } = await promisify(execFile)(process.execPath, [script, token, url("caller"), key], {
      env: { PATH: process.env["PATH"], ...env },
      timeout: 15_000,
    });
    assert.deepEqual(JSON.parse(stdout), { email: who, other: "Wrong recipient", holder: who });
  });
});
