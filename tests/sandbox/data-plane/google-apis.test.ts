import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createPublicKey, verify, X509Certificate } from "node:crypto";
import * as path from "node:path";
import { promisify } from "node:util";
import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import type { ProxyAccess } from "../../../sandbox/data-plane";
import { ACCOUNT, account, make, PROJECT } from "../control-plane/cloud";
import { type Answer, ask, deploy, email, grant, type Mesh, openMesh, url } from "./mesh";

const ACCOUNT_GRANT = "gcp:serviceaccount/iAMMember:IAMMember";
const CUSTOM_ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole";
const ACCOUNTS = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts";
const PERSON = "dev@acme.example";
const ROBOT = email("robot");

describe("Google's APIs", () => {
  const ORDER = url("order");
  let mesh: Mesh;
  let access: ProxyAccess;
  let now = new Date("2026-06-01T12:00:00Z");

  before(async () => {
    mesh = await openMesh(
      (controlPlane) => {
        for (const name of ["order", "caller"]) deploy(controlPlane, name);
        for (const name of ["robot-sa", "middle-sa"]) account(controlPlane, name);
        grant(controlPlane, "order", `serviceAccount:${ROBOT}`);
        const signer = { project: PROJECT, roleId: "signer", title: "signer" };
        make(controlPlane, CUSTOM_ROLE, "signer", { ...signer, permissions: ["iam.serviceAccounts.signBlob"] });
        const may = (member: string, role: string, on = "robot", more: object = {}) =>
          make(controlPlane, ACCOUNT_GRANT, `${member} ${role} ${on}`, {
            serviceAccountId: `projects/${PROJECT}/serviceAccounts/${email(on)}`,
            ...{ role, member, ...more },
          });
        may(`user:${PERSON}`, "roles/iam.serviceAccountTokenCreator");
        may("user:reader@acme.example", "roles/iam.serviceAccountOpenIdTokenCreator");
        may("user:user@acme.example", "roles/iam.serviceAccountUser");
        may("user:federated@acme.example", "roles/iam.workloadIdentityUser");
        may("user:signer@acme.example", `projects/${PROJECT}/roles/signer`);
        may(`serviceAccount:${email("caller")}`, "roles/iam.serviceAccountTokenCreator");
        may(`serviceAccount:${email("middle")}`, "roles/iam.serviceAccountTokenCreator");
        may("user:chain@acme.example", "roles/iam.serviceAccountTokenCreator", "middle");
        const condition = { title: "until May", expression: 'request.time < timestamp("2026-05-01T00:00:00Z")' };
        may("user:late@acme.example", "roles/iam.serviceAccountTokenCreator", "robot", { condition });
      },
      { standIns: true, clock: () => now },
    );
    access = await mesh.plane.proxyFor({ email: PERSON });
  });
  after(() => mesh.plane.close());

  /** A call of the Service Account Credentials API. */
  function use(who: string, call: string, body: unknown, on = ROBOT): Promise<Answer> {
    return ask(access, `${ACCOUNTS}/${on}:${call}`, {
      method: "POST",
      token: mesh.plane.accessToken(who),
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const uniqueId = () => {
    const found = mesh.controlPlane.list({ type: ACCOUNT }).find(({ state }) => state["email"] === ROBOT);
    return String(found?.state["uniqueId"]);
  };

  it("publish the keys with which anybody can verify a token", async () => {
    const discovery = await ask(access, "https://accounts.google.com/.well-known/openid-configuration");
    const keys = await ask(access, discovery.json().jwks_uri);
    const token = await mesh.plane.idToken(ROBOT, ORDER);
    const expected = { issuer: discovery.json().issuer, audience: ORDER, algorithms: ["RS256"], currentDate: now };
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys.json()), expected);
    assert.equal(payload["email"], ROBOT);
    const certificates = (await ask(access, "https://www.googleapis.com/oauth2/v1/certs")).json();
    const [[kid, pem]] = Object.entries<string>(certificates) as [[string, string]];
    assert.equal(kid, keys.json().keys[0].kid);
    const { publicKey } = new X509Certificate(pem);
    assert.equal((await jwtVerify(token, publicKey, expected)).payload["email"], ROBOT);
  });

  it("publish the keys of Identity-Aware Proxy as a set and as PEM", async () => {
    const set = (await ask(access, "https://www.gstatic.com/iap/verify/public_key-jwk")).json();
    const pems = (await ask(access, "https://www.gstatic.com/iap/verify/public_key")).json();
    const [jwk] = set.keys;
    const { x, y } = createPublicKey(pems[jwk.kid]).export({ format: "jwk" });
    assert.deepEqual([x, y], [jwk.x, jwk.y]);
  });

  describe("for service accounts", () => {
    it("mint an ID token for whoever may, and the front end takes it", async () => {
      for (const who of [PERSON, "reader@acme.example", "federated@acme.example"]) {
        const answer = await use(who, "generateIdToken", { audience: ORDER, includeEmail: "true" });
        assert.equal(answer.code, 200, answer.body);
        assert.equal(mesh.said(), "200 iamcredentials.googleapis.com: played here");
        const { token } = answer.json();
        assert.deepEqual([decodeJwt(token)["email"], decodeJwt(token)["azp"]], [ROBOT, uniqueId()]);
        assert.equal((await ask(access, ORDER, { token })).code, 200);
      }
      const anonymous = (await use(PERSON, "generateIdToken", { audience: ORDER, includeEmail: false })).json().token;
      assert.equal(decodeJwt(anonymous)["email"], undefined);
      const named = (await use(PERSON, "generateIdToken", { audience: ORDER, useEmailAzp: true })).json().token;
      assert.equal(decodeJwt(named)["azp"], ROBOT);
    });

    it("mint an access token, which mints in its turn", async () => {
      const answer = await use(PERSON, "generateAccessToken", {
        scope: ["https://www.googleapis.com/auth/cloud-platform"],
      });
      assert.match(answer.json().accessToken, /^ya29\./);
      assert.equal((await use("federated@acme.example", "generateAccessToken", {})).code, 200);
      assert.equal((await use("reader@acme.example", "generateAccessToken", {})).code, 403);
    });

    it("sign for whoever may, and publish the key that verifies it", async () => {
      const keySet = (await ask(access, `https://www.googleapis.com/service_accounts/v1/metadata/jwk/${ROBOT}`)).json();
      const robot = encodeURIComponent(ROBOT);
      const pems = (await ask(access, `https://www.googleapis.com/robot/v1/metadata/x509/${robot}`)).json();
      for (const who of [PERSON, "signer@acme.example"]) {
        const { keyId, signedBlob } = (await use(who, "signBlob", { payload: base64("to sign") })).json();
        const { publicKey } = new X509Certificate(pems[keyId]);
        assert.ok(verify("RSA-SHA256", Buffer.from("to sign"), publicKey, Buffer.from(signedBlob, "base64")));
      }
      const claims = { iss: ROBOT, exp: now.getTime() / 1000 + 60 };
      const { keyId, signedJwt } = (await use(PERSON, "signJwt", { payload: JSON.stringify(claims) })).json();
      const verified = await jwtVerify(signedJwt, createLocalJWKSet(keySet), { currentDate: now });
      assert.deepEqual([verified.payload, verified.protectedHeader.kid], [claims, keyId]);
      assert.equal((await use("signer@acme.example", "signJwt", { payload: "{}" })).code, 403);
    });

    it("know an account by its unique id too", async () => {
      const { token } = (await use(PERSON, "generateIdToken", { audience: ORDER }, uniqueId())).json();
      assert.equal(decodeJwt(token).sub, uniqueId());
    });

    it("refuse whoever has no grant, no token, or names no audience", async () => {
      for (const who of ["user@acme.example", "stranger@elsewhere.example"]) {
        const answer = await use(who, "generateIdToken", { audience: ORDER });
        assert.equal(answer.code, 403);
        assert.deepEqual(answer.json().error, {
          code: 403,
          message: "Permission 'iam.serviceAccounts.getOpenIdToken' denied on resource (or it may not exist).",
          status: "PERMISSION_DENIED",
          details: [
            {
              "@type": "type.googleapis.com/google.rpc.ErrorInfo",
              reason: "IAM_PERMISSION_DENIED",
              domain: "iam.googleapis.com",
              metadata: { permission: "iam.serviceAccounts.getOpenIdToken" },
            },
          ],
        });
      }
      const granted = `granted: ${PERSON}, reader@acme.example, federated@acme.example, caller-sa, middle-sa, late@acme.example`;
      assert.equal(
        mesh.said(),
        `403 iamcredentials.googleapis.com: stranger@elsewhere.example has no iam.serviceAccounts.getOpenIdToken on robot-sa (${granted}); ` +
          "it is in roles/iam.serviceAccountTokenCreator, roles/iam.serviceAccountOpenIdTokenCreator, roles/iam.workloadIdentityUser",
      );
      assert.equal((await use(PERSON, "generateIdToken", {})).json().error.message, "audience is required");
      const idToken = await mesh.plane.idToken(PERSON, ORDER);
      for (const token of [undefined, "ya29.unknown", idToken]) {
        const target = `${ACCOUNTS}/${ROBOT}:generateIdToken`;
        assert.equal((await ask(access, target, { method: "POST", ...(token && { token }), body: "{}" })).code, 401);
      }
    });

    it("refuse after a grant's end, and for an account that is gone", async () => {
      assert.equal((await use("late@acme.example", "signBlob", { payload: "AAAA" })).code, 403);
      assert.equal(
        mesh.said(),
        '403 iamcredentials.googleapis.com: late@acme.example has roles/iam.serviceAccountTokenCreator on robot-sa only while "until May" holds',
      );
      assert.equal((await use(PERSON, "signBlob", { payload: "AAAA" }, email("none"))).code, 403);
      assert.equal(
        mesh.said(),
        `403 iamcredentials.googleapis.com: the account ${email("none")} is deleted or disabled`,
      );
    });

    it("follow a chain of delegates, each with the role on the next", async () => {
      const through = (name: string) => ({ delegates: [`projects/-/serviceAccounts/${email(name)}`] });
      const body = { audience: ORDER, includeEmail: true };
      assert.equal((await use("chain@acme.example", "generateIdToken", body)).code, 403);
      const answer = await use("chain@acme.example", "generateIdToken", { ...body, ...through("middle") });
      assert.equal(decodeJwt(answer.json().token)["email"], ROBOT);
      assert.equal((await use(PERSON, "generateIdToken", { ...body, ...through("middle") })).code, 403);
      assert.equal(
        mesh.said(),
        "403 iamcredentials.googleapis.com: dev@acme.example has no iam.serviceAccounts.implicitDelegation on middle-sa " +
          "(granted: chain@acme.example); it is in roles/iam.serviceAccountTokenCreator",
      );
      const wrong = await use(PERSON, "generateIdToken", { ...body, delegates: [ROBOT] });
      assert.equal(wrong.json().error.message, "delegates: each is projects/-/serviceAccounts/ACCOUNT");
    });

    it("answer 400 to what cannot be read", async () => {
      const token = mesh.plane.accessToken(PERSON);
      for (const body of ["{", "[]", "null"]) {
        const { code, json } = await ask(access, `${ACCOUNTS}/${ROBOT}:signBlob`, { method: "POST", token, body });
        assert.deepEqual(
          [code, json().error],
          [400, { code: 400, message: "Invalid JSON payload received.", status: "INVALID_ARGUMENT" }],
        );
      }
      const wrong = async (call: string, body: object) => (await use(PERSON, call, body)).json().error.message;
      const bytes = "payload is required: the bytes to sign, in base64";
      assert.deepEqual([await wrong("signBlob", {}), await wrong("signBlob", { payload: "ü" })], [bytes, bytes]);
      const claims = "payload is required: the claims to sign, as JSON in a string";
      assert.deepEqual([await wrong("signJwt", {}), await wrong("signJwt", { payload: "[" })], [claims, claims]);
      const tooLong = JSON.stringify({ exp: now.getTime() / 1000 + 12 * 3600 + 1 });
      const late = "payload: exp is no integer, or more than 12 hours from now";
      assert.equal(await wrong("signJwt", { payload: tooLong }), late);
      assert.equal((await use(PERSON, "signBlob", {}, "%zz")).json().error.message, "Invalid resource name.");
    });

    it("are all that Google's library for Node needs to act for another account", async () => {
      const before = now;
      // The library looks at the time itself.
      now = new Date();
      try {
        const { env } = await mesh.plane.proxyFor({ service: "caller" });
        const script = path.join(__dirname, "programs/google-impersonated.mjs");
        const { stdout } = await promisify(execFile)(process.execPath, [script, ORDER, ROBOT], {
          env: { PATH: process.env["PATH"], ...env },
          timeout: 15_000,
        });
        const { signedBlob, ...rest } = JSON.parse(stdout);
        assert.deepEqual(rest, { status: 200, caller: ROBOT, own: { error: 403 } });
        const keys = (await ask(access, `https://www.googleapis.com/robot/v1/metadata/x509/${ROBOT}`)).json();
        const { publicKey } = new X509Certificate(Object.values<string>(keys)[0]!);
        assert.ok(verify("RSA-SHA256", Buffer.from("text to sign"), publicKey, Buffer.from(signedBlob, "base64")));
      } finally {
        now = before;
      }
    });
  });
});
