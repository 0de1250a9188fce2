/** Google's own sign-in, for Identity-Aware Proxy without a workforce pool. */
import * as assert from "node:assert/strict";
import { SignInError } from "../../../../sandbox/data-plane";
import { Browser } from "./browser";
import { type Company, GINA, MIA, openCompany } from "./company";

const CLIENT = "123-iap.apps.googleusercontent.com";
const REDIRECT = `https://iap.googleapis.com/v1/oauth/clientIds/${CLIENT}:handleRedirect`;

describe("sign-in with a Google account", () => {
  let company: Company;
  let window: Browser;
  before(async () => {
    company = await openCompany({});
  });
  after(() => company.plane.close());
  beforeEach(async () => {
    window = new Browser(await company.plane.proxyFor({}), REDIRECT);
  });
  const start = (redirectUri = REDIRECT) =>
    company.plane.signIn.authorizeUrl({ clientId: CLIENT, redirectUri, state: "s" });
  const redeem = (code: string, redirectUri = REDIRECT) =>
    company.plane.signIn.redeem({ code, clientId: CLIENT, clientSecret: "any", redirectUri });

  it("shows who has one, and sends back with a code that is good once", async () => {
    const page = await window.open(start());
    assert.match(page.body, /<strong>Gina<\/strong> <span>gina@acme\.com<\/span>/);
    assert.doesNotMatch(page.body, /mia/i, "she is in the company's directory alone");
    const back = new URL((await window.press(page, { account: GINA.email })).url);
    assert.equal(back.searchParams.get("state"), "s");
    const code = back.searchParams.get("code") ?? "";
    const { members, ...gina } = await redeem(code);
    const principal = `user:${GINA.email}`;
    assert.deepEqual(gina, { email: GINA.email, principal, source: "google", verifiedEmail: GINA.email });
    assert.deepEqual([...members].sort(), ["domain:acme.com", "group:staff@acme.com", principal]);
    await assert.rejects(redeem(code), SignInError);
  });

  it("takes nobody who is not shown, and says that to the application as a cancelled sign-in", async () => {
    const page = await window.open(start());
    const pressed: Record<string, string>[] = [
      { account: MIA.email },
      { account: "nobody@acme.com" },
      { cancel: "yes" },
    ];
    for (const field of pressed) {
      const { searchParams } = new URL((await window.press(page, field)).url);
      assert.deepEqual([searchParams.get("error"), searchParams.get("code")], ["access_denied", null]);
    }
  });

  it("sends nobody to an address that is not Identity-Aware Proxy's for the client", async () => {
    for (const address of ["https://evil.example/", REDIRECT.replace("123", "124"), `${REDIRECT}x`]) {
      const page = await window.open(start(address));
      assert.deepEqual([page.code, page.headers.location], [400, undefined]);
      assert.match(page.body, /redirect_uri_mismatch/);
    }
  });

  it("gives codes for the redirect address alone for which they were asked", async () => {
    const back = new URL((await window.press(await window.open(start()), { account: GINA.email })).url);
    const elsewhere = redeem(back.searchParams.get("code") ?? "", `${REDIRECT}x`);
    await assert.rejects(elsewhere, new SignInError("invalid_grant", "the code is for another redirect address"));
  });

  it("leaves what else the host has to Google's APIs", async () => {
    const answer = await window.request("https://accounts.google.com/.well-known/openid-configuration");
    assert.equal(answer.json().issuer, "https://accounts.google.com");
    assert.equal((await window.request("https://accounts.google.com/signin")).code, 501);
  });
});
