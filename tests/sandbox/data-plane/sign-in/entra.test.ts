/** The OpenID provider in Entra ID's place, and Microsoft Graph. */
import * as assert from "node:assert/strict";
import { createRemoteJWKSet, customFetch, jwtVerify } from "jose";
import { ask } from "../mesh";
import { Browser } from "./browser";
import { APP, APP_SECRET, type Company, GINA, ISSUER, MIA, openCompany, STAFF, TENANT, workforce } from "./company";
import { begin, CALLBACK, finish, idToken, LOGIN, post } from "./entra-client";

const GROUPS = Array.from({ length: 205 }, (_, index) => `99999999-0000-4000-8000-${String(index).padStart(12, "0")}`);
const MAX = { email: "max@acme.example", id: "00000000-0000-4000-8000-00000000cccc", groups: GROUPS };

describe("Entra ID", () => {
  let company: Company;
  before(async () => {
    company = await openCompany({ setUp: workforce, people: [MIA, MAX, GINA] });
  });
  after(() => company.plane.close());
  const get = async (url: string, token?: string) => ask(await company.plane.proxyFor({}), url, token ? { token } : {});
  const verified = async (token: string) => {
    const discovery = (await get(`${ISSUER}/.well-known/openid-configuration`)).json();
    const { body } = await get(discovery.jwks_uri);
    const fetched = async () => new Response(body, { headers: { "content-type": "application/json" } });
    const keys = createRemoteJWKSet(new URL(discovery.jwks_uri), { [customFetch]: fetched });
    return (await jwtVerify(token, keys, { issuer: ISSUER, audience: APP, algorithms: ["RS256"] })).payload;
  };

  it("is found below the tenant's issuer, at Entra's own addresses", async () => {
    const { json } = await get(`${ISSUER}/.well-known/openid-configuration`);
    const { issuer, authorization_endpoint, token_endpoint, jwks_uri, code_challenge_methods_supported } = json();
    assert.deepEqual(
      { issuer, authorization_endpoint, token_endpoint, jwks_uri, code_challenge_methods_supported },
      {
        issuer: ISSUER,
        authorization_endpoint: `${LOGIN}/oauth2/v2.0/authorize`,
        token_endpoint: `${LOGIN}/oauth2/v2.0/token`,
        jwks_uri: `${LOGIN}/discovery/v2.0/keys`,
        code_challenge_methods_supported: ["S256"],
      },
    );
  });

  it("answers for an address that begins with two slashes, as all hosts of sign-in do", async () => {
    for (const [host, code] of [
      ["login.microsoftonline.com", 404],
      ["graph.microsoft.com", 501],
      ["auth.cloud.google", 404],
      ["accounts.google.com", 501],
      ["iap.googleapis.com", 501],
    ] as const) {
      const answer = await get(`https://${host}//`);
      assert.equal(answer.code, code, `${host}: ${answer.body}`);
    }
  });

  it("says in its ID token who somebody is: object id, tenant, names, address and groups", async () => {
    const { iat = 0, exp, ...claims } = await verified(await idToken(company));
    assert.equal(exp, iat + 3600);
    const { at_hash: _, ...own } = claims as Record<string, unknown>;
    assert.deepEqual(own, {
      ...{ iss: ISSUER, aud: APP, sub: MIA.id, oid: MIA.id, tid: TENANT, ver: "2.0", nonce: "n" },
      ...{ name: "Mia Moss", preferred_username: MIA.email, email: MIA.email, groups: [STAFF] },
    });
  });

  it("names nobody's address to whom no address was asked for", async () => {
    const begun = await begin(company, { scope: "openid" });
    const claims = await verified((await finish(company, begun)).json().id_token);
    assert.deepEqual([claims["oid"], claims["email"], claims["name"]], [MIA.id, undefined, undefined]);
  });

  it("names no groups of somebody who is in more than 200", async () => {
    assert.equal((await verified(await idToken(company, MAX.id)))["groups"], undefined);
  });

  it("gives a code for the app's own secret, redirect address and verifier, and once", async () => {
    const wrong: readonly [Record<string, string>, number, string][] = [
      [{ client_secret: "wrong" }, 401, "invalid_client"],
      [{ client_id: "another" }, 401, "invalid_client"],
      [{ redirect_uri: `${CALLBACK}x` }, 400, "invalid_grant"],
      [{ code_verifier: "x".repeat(43) }, 400, "invalid_grant"],
    ];
    for (const [more, code, error] of wrong) {
      const answer = await finish(company, await begin(company), more);
      assert.deepEqual([answer.code, answer.json().error], [code, error], JSON.stringify(more));
    }
    const begun = await begin(company);
    assert.equal((await finish(company, begun)).code, 200);
    assert.deepEqual((await finish(company, begun)).json().error, "invalid_grant", "a second time");
  });

  it("shows an error page to whoever asks for another app or another address", async () => {
    for (const more of [{ client_id: "another" }, { redirect_uri: "https://evil.example/" }]) {
      const window = new Browser(await company.plane.proxyFor({}), CALLBACK);
      const asked = { client_id: APP, redirect_uri: CALLBACK, response_type: "code", scope: "openid", ...more };
      const page = await window.open(`${LOGIN}/oauth2/v2.0/authorize?${new URLSearchParams(asked)}`);
      assert.equal(page.code, 400);
      assert.match(page.body, /<h1>You cannot sign in<\/h1>\n<p class="reason">invalid_/);
    }
  });

  describe("and Microsoft Graph", () => {
    const SCOPE = "https://graph.microsoft.com/.default";
    const application = { grant_type: "client_credentials", client_id: "portal", client_secret: "s", scope: SCOPE };
    const token = (more: Record<string, string> = {}) =>
      post(company, `${LOGIN}/oauth2/v2.0/token`, { ...application, ...more });
    const groupsOf = (who: string, query = "") =>
      `https://graph.microsoft.com/v1.0/users/${encodeURIComponent(who)}/transitiveMemberOf${query}`;

    it("gives an application a token in its own name, by its secret where the state has that", async () => {
      const { access_token: _, ...rest } = (await token()).json();
      assert.deepEqual(rest, { token_type: "Bearer", expires_in: 3599, ext_expires_in: 3599 });
      assert.equal(
        company.decisions.at(-1)!.message,
        "token for Microsoft Graph for portal, an app that is taken to be registered",
      );
      assert.equal((await token({ client_id: APP, client_secret: APP_SECRET })).code, 200);
      const wrong = await token({ client_id: APP, client_secret: "wrong" });
      assert.deepEqual([wrong.code, wrong.json().error], [401, "invalid_client"]);
      assert.equal((await token({ client_secret: "" })).code, 401);
      assert.equal((await token({ scope: "openid" })).json().error, "invalid_scope");
    });

    it("tells the groups that somebody is in, by object id or address, page by page", async () => {
      const { access_token } = (await token()).json();
      for (const who of [MIA.id!, MIA.email]) {
        const { value, ...rest } = (await get(groupsOf(who), access_token)).json();
        assert.deepEqual(value, [{ "@odata.type": "#microsoft.graph.group", id: STAFF, displayName: STAFF }]);
        assert.equal(rest["@odata.nextLink"], undefined);
      }
      const found: string[] = [];
      let next: string | undefined = groupsOf(MAX.id, "/microsoft.graph.group?$select=id&$top=99");
      let pages = 0;
      for (; next !== undefined; pages++) {
        const page = (await get(next, access_token)).json();
        found.push(...page.value.map(({ id }: { id: string }) => id));
        next = page["@odata.nextLink"];
      }
      assert.deepEqual([pages, found], [3, GROUPS]);
    });

    it("refuses who has no token of an application, and knows nobody who is not in the directory", async () => {
      const { access_token } = (await token()).json();
      const empty = await get(groupsOf(MIA.id!));
      assert.deepEqual([empty.code, empty.json().error.code], [401, "InvalidAuthenticationToken"]);
      assert.equal((await get(groupsOf(MIA.id!), company.plane.accessToken(GINA.email))).code, 401);
      const gina = await get(groupsOf(GINA.email), access_token);
      assert.deepEqual([gina.code, gina.json().error.code], [404, "Request_ResourceNotFound"]);
      assert.equal((await get(groupsOf(MIA.id!, "?$top=0"), access_token)).code, 400);
      assert.equal((await get("https://graph.microsoft.com/v1.0/me", access_token)).code, 501);
      assert.equal(company.decisions.at(-1)!.reason, "api-not-played");
    });
  });
});
