/** ID tokens of people: as gcloud and the application default credentials get them, for no service in particular. */
import * as assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { decodeJwt } from "jose";
import { loginOf } from "../../../sandbox/data-plane/identity/logins";
import { type Answer, ask, deploy, email, grant, type Mesh, openMesh, url, WORKLOAD } from "./mesh";

const GCLOUD = "32555940559.apps.googleusercontent.com";
const DEFAULT_CREDENTIALS = "764086051850-6qr4p6gpi6hn506pt8ejuq83di341hur.apps.googleusercontent.com";
const PERSON = "dev@acme.example";

describe("tokens of people", () => {
  const ORDER = url("order");
  const now = new Date("2026-06-01T12:00:00Z");
  let mesh: Mesh;

  before(async () => {
    mesh = await openMesh(
      (controlPlane) => {
        for (const name of ["order", "user"]) deploy(controlPlane, name);
        for (const who of [PERSON, "ada@gmail.com"]) grant(controlPlane, "order", `user:${who}`);
      },
      {
        clock: () => now,
        workloads: [{ service: "order", folder: __dirname, command: [process.execPath, WORKLOAD] }],
      },
    );
  });
  after(() => mesh.plane.close());

  it("are for gcloud's own client, whatever the service", async () => {
    for (const service of ["order", "user"]) {
      const { sub, ...claims } = decodeJwt(await mesh.plane.idToken(PERSON, url(service)));
      assert.match(sub ?? "", /^1\d{20}$/);
      assert.deepEqual(claims, {
        aud: GCLOUD,
        azp: GCLOUD,
        email: PERSON,
        email_verified: true,
        exp: now.getTime() / 1000 + 3600,
        hd: "acme.example",
        iat: now.getTime() / 1000,
        iss: "https://accounts.google.com",
      });
    }
  });

  it("name no domain where the account is a consumer's", async () => {
    for (const who of ["ada@gmail.com", "ada@googlemail.com"]) {
      assert.equal(decodeJwt(await mesh.plane.idToken(who, ORDER))["hd"], undefined);
    }
  });

  it("are taken by Cloud Run, and a service that checks the audience sees gcloud's client", async () => {
    const access = await mesh.plane.proxyFor({ email: PERSON });
    const answer = await ask(access, `${ORDER}/echo`, { token: await mesh.plane.idToken(PERSON, ORDER) });
    assert.equal(answer.code, 200, answer.body);
    const { authorization } = answer.json().headers as { authorization: string };
    assert.deepEqual(decodeJwt(authorization.slice("Bearer ".length)).aud, GCLOUD);
    const other = await ask(access, url("user"), { token: await mesh.plane.idToken(PERSON, ORDER) });
    assert.deepEqual([other.code, mesh.decisions.at(-1)!.reason], [403, "no-invoker"], "it is for every service");
  });

  it("are not what a service account has: its own are for the service", async () => {
    const { aud, azp, sub, hd } = decodeJwt(await mesh.plane.idToken("order", ORDER));
    assert.deepEqual([aud, azp, hd], [ORDER, sub, undefined]);
    assert.equal(decodeJwt(await mesh.plane.idToken(email("user"), ORDER)).aud, ORDER);
  });

  it("are wrong where they are made so", async () => {
    const access = await mesh.plane.proxyFor({ email: PERSON });
    const token = await mesh.plane.idToken(PERSON, ORDER, { claims: { aud: url("user") } });
    assert.equal((await ask(access, ORDER, { token })).code, 401);
  });

  describe("of application default credentials", () => {
    async function refresh(more: Record<string, string> = {}): Promise<Answer> {
      const { type, ...login } = loginOf(mesh.plane.accessToken(PERSON));
      assert.equal(type, "authorized_user");
      const form = new URLSearchParams({ grant_type: "refresh_token", ...login, ...more });
      const access = await mesh.plane.proxyFor({ email: PERSON });
      return ask(access, "https://oauth2.googleapis.com/token", { method: "POST", body: form.toString() });
    }

    it("come with each access token, for the client that asked, whatever audience it names", async () => {
      const { access_token, id_token, ...rest } = (await refresh({ target_audience: ORDER })).json();
      assert.deepEqual(rest, {
        expires_in: 3599,
        scope:
          "openid https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/cloud-platform " +
          "https://www.googleapis.com/auth/sqlservice.login",
        token_type: "Bearer",
      });
      const { aud, azp, hd, at_hash, email_verified } = decodeJwt(id_token);
      assert.deepEqual(
        [aud, azp, hd, email_verified],
        [DEFAULT_CREDENTIALS, DEFAULT_CREDENTIALS, "acme.example", true],
      );
      const half = createHash("sha256").update(access_token).digest().subarray(0, 16);
      assert.equal(at_hash, half.toString("base64url"));
      const access = await mesh.plane.proxyFor({ email: PERSON });
      assert.equal((await ask(access, ORDER, { token: id_token })).code, 200);
    });

    it("are not taken where another client asked for them", async () => {
      const { id_token } = (await refresh({ client_id: "own.apps.googleusercontent.com" })).json();
      const access = await mesh.plane.proxyFor({ email: PERSON });
      assert.equal((await ask(access, ORDER, { token: id_token })).code, 401);
      assert.match(mesh.said(), /its audience is own\.apps\.googleusercontent\.com; accepted: /);
    });
  });
});
