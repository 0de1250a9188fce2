/** The Security Token Service: from an ID token of Entra ID to what a service account may. */
import * as assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { decodeJwt } from "jose";
import { loginOf, refreshTokenFor, workforceLoginOf } from "../../../../sandbox/data-plane/identity/logins";
import { makeSigningKey, signedToken } from "../../../../sandbox/data-plane/identity/signing-key";
import { account, make, PROJECT } from "../../control-plane/cloud";
import { ask, email } from "../mesh";
import { Browser } from "./browser";
import {
  APP,
  type Company,
  GINA,
  ISSUER,
  MIA,
  NIL,
  openCompany,
  POOL,
  PROVIDER,
  REDIRECT,
  STAFF,
  workforce,
} from "./company";
import { idToken, post } from "./entra-client";

const STS = "https://sts.googleapis.com/v1";
const TYPE = "urn:ietf:params:oauth:token-type:";
const GCLOUD = "32555940559.apps.googleusercontent.com";

describe("the Security Token Service", () => {
  let company: Company;
  let now = new Date();
  before(async () => {
    company = await openCompany({
      clock: () => now,
      people: [
        MIA,
        NIL,
        GINA,
        { email: "eve@workforce.example", principals: [`principal://iam.googleapis.com/${POOL}/subject/eve`] },
      ],
      setUp: (controlPlane) => {
        workforce(controlPlane);
        account(controlPlane, "robot-sa");
        make(controlPlane, "gcp:serviceaccount/iAMMember:IAMMember", "staff", {
          serviceAccountId: `projects/${PROJECT}/serviceAccounts/${email("robot")}`,
          role: "roles/iam.serviceAccountTokenCreator",
          member: `principalSet://iam.googleapis.com/${POOL}/group/${STAFF}`,
        });
      },
    });
  });
  after(() => company.plane.close());
  beforeEach(() => {
    now = new Date();
  });

  const exchange = (subjectToken: string, more: Record<string, string> = {}) =>
    post(company, `${STS}/token`, {
      ...{ grant_type: "urn:ietf:params:oauth:grant-type:token-exchange", subject_token: subjectToken },
      ...{ audience: `//iam.googleapis.com/${PROVIDER}`, subject_token_type: `${TYPE}id_token` },
      ...{
        requested_token_type: `${TYPE}access_token`,
        scope: "https://www.googleapis.com/auth/cloud-platform",
        ...more,
      },
    });
  const mint = async (token: string, method: string, body: object) => {
    const target = `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${email("robot")}:${method}`;
    return ask(await company.plane.proxyFor({}), target, { method: "POST", token, body: JSON.stringify(body) });
  };
  const said = (answer: { code: number; json(): unknown }) => [answer.code, answer.json()];

  it("gives an access token for an ID token of a pool's provider", async () => {
    const { access_token, ...rest } = (await exchange(await idToken(company))).json();
    assert.deepEqual(rest, { issued_token_type: `${TYPE}access_token`, token_type: "Bearer", expires_in: 1800 });
    assert.match(access_token, /^ya29\.d\./);
    assert.equal(
      company.decisions.at(-1)!.message,
      `token for principal://iam.googleapis.com/${POOL}/subject/${MIA.id}`,
    );
  });

  it("gives tokens that act as a service account for the groups that may, and for nobody else", async () => {
    const { access_token: mia } = (await exchange(await idToken(company))).json();
    const minted = (await mint(mia, "generateIdToken", { audience: "https://a.example", includeEmail: true })).json();
    const { aud, email: address } = decodeJwt(minted.token);
    assert.deepEqual([aud, address], ["https://a.example", email("robot")]);
    const { accessToken } = (
      await mint(mia, "generateAccessToken", { scope: ["https://www.googleapis.com/auth/cloud-platform"] })
    ).json();
    assert.match(accessToken, /^ya29\./);
    const { access_token: nil } = (await exchange(await idToken(company, NIL.id))).json();
    assert.equal((await mint(nil, "generateAccessToken", {})).code, 403);
    const why = `principal://iam.googleapis.com/${POOL}/subject/${NIL.id} has no iam.serviceAccounts.getAccessToken on robot-sa`;
    assert.ok(company.decisions.at(-1)!.message.startsWith(why), company.decisions.at(-1)!.message);
  });

  it("gives tokens that end with the pool's session", async () => {
    const { access_token: mia } = (await exchange(await idToken(company))).json();
    now = new Date(now.getTime() + 1_799_000);
    assert.equal((await mint(mia, "generateAccessToken", {})).code, 200);
    now = new Date(now.getTime() + 2000);
    assert.equal((await mint(mia, "generateAccessToken", {})).code, 401);
  });

  it("refuses what the provider did not sign for its client, in Google's words", async () => {
    const good = await idToken(company);
    const claims = decodeJwt(good);
    const forged = signedToken(claims, await makeSigningKey());
    const [header, body, signature] = good.split(".") as [string, string, string];
    const altered = Buffer.from(JSON.stringify({ ...claims, oid: NIL.id })).toString("base64url");
    const error = "invalid_grant";
    const signatures = { error, error_description: "Invalid signature of the ID Token." };
    assert.deepEqual(said(await exchange(forged)), [400, signatures]);
    assert.deepEqual(said(await exchange(`${header}.${altered}.${signature}`)), [400, signatures]);
    const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${body}.`;
    for (const text of [none, "not a token", ""]) {
      const answer = (await exchange(text)).json();
      assert.equal(answer.error, error);
      assert.match(answer.error_description, /^Unable to parse the ID Token: ERR_J/);
    }
    now = new Date(now.getTime() + 3_601_000);
    const late = { error, error_description: `ID Token expired at ${claims.exp} and is stale to sign-in.` };
    assert.deepEqual(said(await exchange(good)), [400, late]);
  });

  it("refuses a token of another tenant, and of another app of the same", async () => {
    const [tenant, app] = ["33333333-2222-4333-8444-555555555555", "another-app"];
    const seed = (providerId: string, issuerUri: string, clientId: string) =>
      company.controlPlane.seed("gcp:iam/workforcePoolProvider:WorkforcePoolProvider", {
        ...{ name: providerId, workforcePoolId: "acme-staff", providerId, location: "global" },
        ...{ oidc: { clientId, issuerUri }, attributeMapping: { "google.subject": "assertion.oid" } },
      });
    seed("other-tenant", `https://login.microsoftonline.com/${tenant}/v2.0`, APP);
    seed("other-app", ISSUER, app);
    const good = await idToken(company);
    const at = (provider: string) => exchange(good, { audience: `//iam.googleapis.com/${POOL}/providers/${provider}` });
    const description = `The issuer in ID Token ${ISSUER} does not match the expected ones: https://login.microsoftonline.com/${tenant}/v2.0`;
    assert.deepEqual(said(await at("other-tenant")), [400, { error: "invalid_grant", error_description: description }]);
    const audience = `The audience in ID Token [${APP}] does not match the expected audience.`;
    assert.deepEqual(said(await at("other-app")), [400, { error: "invalid_grant", error_description: audience }]);
  });

  it("gives nothing for a token of a provider that is switched off", async () => {
    company.controlPlane.seed("gcp:iam/workforcePoolProvider:WorkforcePoolProvider", {
      ...{ name: "off", workforcePoolId: "acme-staff", providerId: "off", location: "global", disabled: true },
      ...{ oidc: { clientId: APP, issuerUri: ISSUER }, attributeMapping: { "google.subject": "assertion.oid" } },
    });
    const answer = await exchange(await idToken(company), { audience: `//iam.googleapis.com/${POOL}/providers/off` });
    const description = 'the provider "off" is disabled';
    assert.deepEqual(said(answer), [400, { error: "invalid_grant", error_description: description }]);
  });

  it("says which part of a request is wrong", async () => {
    const good = await idToken(company);
    const error = async (more: Record<string, string>) => (await exchange(good, more)).json().error;
    assert.equal(await error({ grant_type: "password" }), "unsupported_grant_type");
    assert.equal(await error({ audience: PROVIDER }), "invalid_request");
    assert.equal(await error({ audience: `//iam.googleapis.com/${POOL}` }), "invalid_request");
    assert.equal(await error({ audience: `//iam.googleapis.com/${POOL}/providers/nothing` }), "invalid_request");
    assert.equal(await error({ requested_token_type: `${TYPE}id_token` }), "invalid_request");
    assert.equal(await error({ subject_token_type: `${TYPE}saml2` }), "invalid_request");
  });

  describe("for OAuth clients of IAM", () => {
    const basic = (id: string, secret: string) => ({
      Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
    });
    async function begin(target: string, stopsAt: string): Promise<string> {
      const window = new Browser(await company.plane.proxyFor({}), stopsAt);
      const back = await window.press(await window.open(target), { account: MIA.id! });
      return new URL(back.url).searchParams.get("code") ?? "";
    }
    const asked = () => ({ clientId: company.clientId, redirectUri: REDIRECT, state: "s", workforcePool: POOL });
    const code = () => begin(`${company.plane.signIn.authorizeUrl(asked())}&provider_name=${PROVIDER}`, REDIRECT);
    const token = (form: Record<string, string>, headers = basic(company.clientId, company.clientSecret)) =>
      post(
        company,
        `${STS}/oauthtoken`,
        { grant_type: "authorization_code", redirect_uri: REDIRECT, ...form },
        headers,
      );

    it("gives tokens for a code, renews them until the session ends, and says whose they are", async () => {
      const { access_token, refresh_token, ...rest } = (await token({ code: await code() })).json();
      assert.deepEqual(rest, {
        token_type: "Bearer",
        expires_in: 1800,
        scope: "https://www.googleapis.com/auth/cloud-platform",
      });
      assert.equal((await mint(access_token, "generateAccessToken", {})).code, 200);
      const renewing = { grant_type: "refresh_token", refresh_token };
      const renewed = (await token(renewing)).json();
      assert.deepEqual(
        Object.keys(renewed).sort(),
        ["access_token", "expires_in", "scope", "token_type"],
        "no ID token",
      );
      const own = basic(company.clientId, company.clientSecret);
      const told = await post(company, `${STS}/introspect`, { token: renewed.access_token }, own);
      assert.equal(told.json().username, `principal://iam.googleapis.com/${POOL}/subject/${MIA.id}`);
      assert.deepEqual((await post(company, `${STS}/introspect`, { token: "x" }, own)).json(), { active: false });
      now = new Date(now.getTime() + 1_801_000);
      assert.equal((await token(renewing)).json().error, "invalid_grant");
    });

    it("wants the client's own secret, and a code of its own that was not used", async () => {
      const first = await code();
      const wrong = await token({ code: first }, basic(company.clientId, "wrong"));
      assert.deepEqual([wrong.code, wrong.json().error], [401, "invalid_client"]);
      assert.equal(
        (await post(company, `${STS}/introspect`, { token: "x" }, basic(company.clientId, "wrong"))).code,
        401,
      );
      assert.equal((await token({ code: first, redirect_uri: `${REDIRECT}x` })).json().error, "invalid_grant");
      const second = await code();
      assert.equal((await token({ code: second })).code, 200);
      assert.equal((await token({ code: second })).json().error, "invalid_grant");
      assert.equal((await token({ grant_type: "password" })).json().error, "unsupported_grant_type");
    });

    it("lets gcloud sign in on this machine, by a proof and without a secret", async () => {
      const redirect = "http://localhost:8085/";
      const verifier = randomBytes(32).toString("base64url");
      const challenge = createHash("sha256").update(verifier).digest("base64url");
      const query = new URLSearchParams({
        ...{ client_id: GCLOUD, redirect_uri: redirect, response_type: "code", state: "s", provider_name: PROVIDER },
        ...{ code_challenge: challenge, code_challenge_method: "S256" },
      });
      const own = () => begin(`https://auth.cloud.google/authorize?${query}`, redirect);
      const gcloud = basic(GCLOUD, "notsosecret");
      const proof = { redirect_uri: redirect, code_verifier: verifier };
      assert.equal(
        (await token({ ...proof, code: await own(), code_verifier: "other" }, gcloud)).json().error,
        "invalid_grant",
      );
      const { access_token } = (await token({ ...proof, code: await own() }, gcloud)).json();
      assert.equal((await mint(access_token, "generateAccessToken", {})).code, 200);
      query.set("redirect_uri", "https://evil.example/");
      const window = new Browser(await company.plane.proxyFor({}), redirect);
      assert.equal((await window.open(`https://auth.cloud.google/authorize?${query}`)).code, 400);
    });
  });

  describe("beside Google's token endpoint", () => {
    const EVE = "eve@workforce.example";
    const refresh = (host: string, login: object) =>
      post(company, host, { grant_type: "refresh_token", ...(login as Record<string, string>) });

    it("renews the login of somebody of a pool, who has no Google account and gets no ID token", async () => {
      const login = workforceLoginOf(company.plane.accessToken(EVE), POOL);
      const { id_token, access_token } = (await refresh(login.token_url, login)).json();
      assert.deepEqual([typeof access_token, id_token], ["string", undefined]);
      const answer = await refresh("https://oauth2.googleapis.com/token", login);
      assert.deepEqual(said(answer), [400, { error: "invalid_grant", error_description: "Bad Request" }]);
    });

    it("renews no login of a Google account, nor that endpoint one of a pool's", async () => {
      const gina = loginOf(company.plane.accessToken(GINA.email));
      const { client_id } = workforceLoginOf("", POOL);
      assert.equal((await refresh(`${STS}/oauthtoken`, { ...gina, client_id })).json().error, "invalid_grant");
      assert.equal(typeof (await refresh("https://oauth2.googleapis.com/token", gina)).json().id_token, "string");
      const { access_token } = (await exchange(await idToken(company))).json();
      const federated = { ...gina, refresh_token: refreshTokenFor(access_token) };
      assert.equal((await refresh("https://oauth2.googleapis.com/token", federated)).json().error, "invalid_grant");
    });
  });
});
