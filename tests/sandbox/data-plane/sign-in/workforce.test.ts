/** Sign-in by a workforce pool, as Identity-Aware Proxy has people do it: from its redirect to what it learns of them. */
import * as assert from "node:assert/strict";
import { type SignedIn, SignInError } from "../../../../sandbox/data-plane";
import { Browser, type Page } from "./browser";
import {
  APP,
  type Company,
  MIA,
  NIL,
  openCompany,
  POOL,
  PROVIDER,
  REDIRECT,
  STAFF,
  TENANT,
  workforce,
} from "./company";

const STATE = "state-of-iap";
const NOW = new Date();

describe("sign-in by a workforce pool", () => {
  let company: Company;
  let now = NOW;
  before(async () => {
    company = await openCompany({ setUp: workforce, clock: () => now });
  });
  after(() => company.plane.close());
  beforeEach(() => {
    now = NOW;
  });

  const browser = async () => new Browser(await company.plane.proxyFor({}), REDIRECT);
  const start = (more: Record<string, string> = {}) => {
    const { clientId } = company;
    const url = company.plane.signIn.authorizeUrl({
      clientId,
      redirectUri: REDIRECT,
      state: STATE,
      workforcePool: POOL,
    });
    const target = new URL(url);
    for (const [name, value] of Object.entries(more)) target.searchParams.set(name, value);
    return target.href;
  };
  async function signIn(person = MIA, window?: Browser): Promise<Page> {
    const own = window ?? (await browser());
    const chooser = await own.open(start());
    assert.equal(chooser.code, 200, chooser.body);
    return own.press(chooser, { account: person.id ?? "" });
  }
  const codeIn = ({ url }: Page) => new URL(url).searchParams.get("code") ?? "";
  const redeem = (code: string, more: object = {}): Promise<SignedIn> => {
    const { clientId, clientSecret } = company;
    return company.plane.signIn.redeem({ code, clientId, clientSecret, redirectUri: REDIRECT, ...more });
  };
  const refused = (error: string, message: string) => (thrown: unknown) => {
    assert.ok(thrown instanceof SignInError, String(thrown));
    assert.deepEqual([thrown.error, thrown.message], [error, message]);
    return true;
  };

  it("leads to Entra ID, where the company's people are to choose from, and back with a code and the state", async () => {
    const window = await browser();
    const chooser = await window.open(start());
    assert.match(chooser.url, new RegExp(`^https://login\\.microsoftonline\\.com/${TENANT}/login/`));
    assert.match(chooser.body, /<h1>Choose who you are<\/h1>/);
    assert.match(chooser.body, /<strong>Mia Moss<\/strong> <span>mia@acme\.example<\/span>/);
    assert.match(chooser.body, /<strong>Nil<\/strong>/);
    assert.doesNotMatch(chooser.body, /gina/i, "she has a Google account");
    const back = await window.press(chooser, { account: MIA.id! });
    assert.equal(new URL(back.url).searchParams.get("state"), STATE);
    assert.equal(
      company.said(),
      `302 auth.cloud.google: mia@acme.example is principal://iam.googleapis.com/${POOL}/subject/${MIA.id}`,
    );
  });

  it("tells of people what the provider maps: subject, groups, address, and how long the session is", async () => {
    const { members, ...mia } = await redeem(codeIn(await signIn()));
    assert.deepEqual(mia, {
      email: "mia@acme.example",
      principal: `principal://iam.googleapis.com/${POOL}/subject/${MIA.id}`,
      source: "workforce",
      pool: POOL,
      verifiedEmail: "mia@acme.example",
      until: new Date(NOW.getTime() + 1_800_000),
    });
    const set = (rest: string) => `principalSet://iam.googleapis.com/${POOL}/${rest}`;
    assert.deepEqual([...members].sort(), [mia.principal, set("*"), set(`group/${STAFF}`)].sort());
    const nil = await redeem(codeIn(await signIn(NIL)));
    assert.deepEqual([...nil.members].sort(), [nil.principal, set("*")].sort(), "nil is in no group");
  });

  it("gives a code that is good once, for the client, its secret and the redirect address that it was made for", async () => {
    const code = codeIn(await signIn());
    const wrong = redeem(code, { clientSecret: "another" });
    await assert.rejects(
      wrong,
      refused("invalid_client", `that is no secret of the OAuth client "${company.clientId}"`),
    );
    const elsewhere = redeem(codeIn(await signIn()), { redirectUri: `${REDIRECT}x` });
    await assert.rejects(elsewhere, refused("invalid_grant", "the code is for another redirect address"));
    const app = redeem(code, { clientId: APP });
    await assert.rejects(app, refused("invalid_client", `no OAuth client of IAM has the client id "${APP}"`));
    assert.equal((await redeem(code)).email, MIA.email, "a client that is not known uses nothing up");
    await assert.rejects(redeem(code), refused("invalid_grant", "the code is unknown, or was used before"));
    const late = codeIn(await signIn());
    now = new Date(NOW.getTime() + 600_000);
    await assert.rejects(redeem(late), refused("invalid_grant", "the code has expired"));
  });

  it("sends nobody to an address that is not the client's, not even with an error", async () => {
    const window = await browser();
    const other = await window.open(start({ redirect_uri: "https://evil.example/" }));
    assert.equal(other.code, 400);
    assert.equal(other.headers.location, undefined);
    const allowed = `(allowedRedirectUris: ${REDIRECT})`;
    assert.equal(
      company.said(),
      `400 auth.cloud.google: the OAuth client "${company.clientId}" has no redirect address https://evil.example/ ${allowed}`,
    );
    const app = await window.open(start({ client_id: APP }));
    assert.equal(app.code, 400);
    assert.equal(
      company.said(),
      `400 auth.cloud.google: no OAuth client of IAM has the client id "${APP}"; the id of the app in Entra ID is another`,
    );
  });

  it("goes on in the browser alone in which it was begun, and once", async () => {
    const [own, other] = [await browser(), await browser()];
    const chooser = await own.open(start());
    const theirs = await other.press(chooser, { account: MIA.id! });
    assert.equal(theirs.code, 400);
    assert.match(theirs.body, /This sign-in has ended, or was begun in another browser/);
    const resumed = await own.request(chooser.url, new URLSearchParams({ account: MIA.id! }).toString());
    const toGoogle = await own.request(resumed.headers.location!);
    const callback = toGoogle.headers.location!;
    assert.match(callback, new RegExp(`^https://auth\\.cloud\\.google/signin-callback/${PROVIDER}\\?code=`));
    const why = "no sign-in with this state is going on in this browser, or it was finished before";
    for (const [window, url] of [
      [other, callback],
      [own, callback.replace(/state=[^&]+/, "state=another")],
      [own, callback.replace("providers/entra", "providers/other")],
    ] as const) {
      assert.equal((await window.request(url)).code, 400);
      assert.equal(company.said(), `400 auth.cloud.google: ${why}`);
    }
    const before = own.cookies;
    assert.equal((await own.request(callback)).code, 302);
    own.cookies = before;
    assert.equal((await own.request(callback)).code, 400, "the same callback again, with the same cookie");
    assert.equal(company.said(), `400 auth.cloud.google: ${why}`);
  });

  it("takes no code that Entra ID did not give, and none that it gave for another sign-in", async () => {
    const codes: string[] = [];
    for (const tampered of [() => "made-up", () => codes[0]!]) {
      const window = await browser();
      const chooser = await window.open(start());
      const resumed = await window.request(chooser.url, new URLSearchParams({ account: MIA.id! }).toString());
      const callback = new URL((await window.request(resumed.headers.location!)).headers.location!);
      codes.push(callback.searchParams.get("code")!);
      callback.searchParams.set("code", tampered());
      // The second is good, and belongs to the verifier of the first sign-in.
      assert.equal((await window.request(callback.href)).code, 403);
      const said = company.said();
      assert.match(said, /^403 auth\.cloud\.google: the identity provider gave no token: invalid_grant: /);
    }
  });

  it("runs in two tabs at once", async () => {
    const window = await browser();
    const [first, second] = [await window.open(start()), await window.open(start())];
    const mia = await window.press(first, { account: MIA.id! });
    const nil = await window.press(second, { account: NIL.id! });
    assert.equal((await redeem(codeIn(mia))).email, MIA.email);
    assert.equal((await redeem(codeIn(nil))).email, NIL.email);
  });

  it("asks again who somebody is, so that one browser can be several people", async () => {
    const window = await browser();
    assert.equal((await redeem(codeIn(await signIn(MIA, window)))).email, MIA.email);
    assert.equal((await redeem(codeIn(await signIn(NIL, window)))).email, NIL.email);
  });

  it("tells the application that somebody has cancelled", async () => {
    const window = await browser();
    const back = await window.press(await window.open(start()), { cancel: "yes" });
    const { searchParams } = new URL(back.url);
    assert.deepEqual([searchParams.get("error"), searchParams.get("state")], ["access_denied", STATE]);
    assert.equal(searchParams.get("code"), null);
  });

  it("wants response_type=code, and a challenge that it can check", async () => {
    const window = await browser();
    const error = async (more: Record<string, string>) =>
      new URL((await window.open(start(more))).url).searchParams.get("error");
    assert.equal(await error({ response_type: "token" }), "unsupported_response_type");
    assert.equal(await error({ code_challenge: "x", code_challenge_method: "plain" }), "invalid_request");
  });

  it("says what is not there", async () => {
    const window = await browser();
    assert.equal((await window.open("https://auth.cloud.google/nothing")).code, 404);
    assert.equal((await window.open(start({ provider_name: `${POOL}/providers/other` }))).code, 400);
    assert.equal(company.said(), `400 auth.cloud.google: no workforce provider is ${POOL}/providers/other`);
    assert.equal((await window.open("https://login.microsoftonline.com/common/oauth2/v2.0/authorize")).code, 404);
  });

  it("writes nothing on the console", async () => {
    const written: unknown[] = [];
    const { info, warn, error } = console;
    Object.assign(console, {
      info: (...all: unknown[]) => written.push(all),
      warn: (...all: unknown[]) => written.push(all),
    });
    Object.assign(console, { error: (...all: unknown[]) => written.push(all) });
    try {
      const fresh = await openCompany({ setUp: workforce });
      try {
        const window = new Browser(await fresh.plane.proxyFor({}), REDIRECT);
        const { clientId } = fresh;
        const asked = { clientId, redirectUri: REDIRECT, state: STATE, workforcePool: "acme-staff" };
        const chooser = await window.open(fresh.plane.signIn.authorizeUrl(asked));
        assert.match((await window.press(chooser, { account: MIA.id! })).url, /code=/);
      } finally {
        await fresh.plane.close();
      }
    } finally {
      Object.assign(console, { info, warn, error });
    }
    assert.deepEqual(written, []);
  });
});
