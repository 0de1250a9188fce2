import * as assert from "node:assert/strict";
import { decodeJwt } from "jose";
import type { SignedIn } from "../../../sandbox/data-plane/sign-in/sign-in";
import { make, NUMBER, PROJECT } from "../control-plane/cloud";
import { accessor, Browser, backend, frontend, HOST, settings } from "./balanced";
import { ChosenPerson } from "./chosen-person";
import { ask, deploy, email, grant, type Mesh, openMesh, url } from "./mesh";

const AGENT = `serviceAccount:service-${NUMBER}@gcp-sa-iap.iam.gserviceaccount.com`;
const POOL = "locations/global/workforcePools/acme-staff";
const CLIENT = "a1b2c3d4-iam-client";
const STAFF = `principalSet://iam.googleapis.com/${POOL}/group/staff-object-id`;
const GOOGLE_CLIENT = "123-custom.apps.googleusercontent.com";

function staff(name: string, more: Partial<SignedIn> = {}): SignedIn {
  const principal = `principal://iam.googleapis.com/${POOL}/subject/${name}-object-id`;
  return {
    ...{ email: `${name}@acme.example`, principal, source: "workforce", pool: POOL },
    ...{ members: new Set([principal, STAFF]), verifiedEmail: `${name}@acme.example` },
    ...more,
  };
}

const ADA = staff("ada");
const EVE = staff("eve", { members: new Set([staff("eve").principal]) });

describe("Identity-Aware Proxy: signing in", () => {
  const signIn = new ChosenPerson();
  let mesh: Mesh;
  let now = new Date();
  let browser: Browser;
  const at = (path: string) => `https://${HOST}${path}`;
  const sessionsOf = (who: Browser) =>
    [...who.jar(HOST)].filter(([name]) => /^__Host-GCP_IAP_AUTH_TOKEN_[0-9A-F]{16}$/.test(name));

  before(async () => {
    mesh = await openMesh(
      (controlPlane) => {
        make(controlPlane, "gcp:projects/serviceIdentity:ServiceIdentity", "agent", {
          project: PROJECT,
          service: "iap.googleapis.com",
        });
        const ingress = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER";
        for (const name of ["portal", "desk", "google"]) {
          deploy(controlPlane, name, { self: { ingress } });
          grant(controlPlane, name, AGENT);
          backend(controlPlane, name);
        }
        deploy(controlPlane, "direct", { self: { ingress: "INGRESS_TRAFFIC_ALL", iapEnabled: true } });
        grant(controlPlane, "direct", AGENT);
        frontend(controlPlane, { "/": "portal", "/desk": "desk", "/google": "google" });
        for (const name of ["portal", "desk"]) accessor(controlPlane, name, STAFF);
        accessor(controlPlane, "portal", `serviceAccount:${email("direct")}`);
        accessor(controlPlane, "google", "user:gil@gmail.com");
        const oauth2 = { clientId: CLIENT, clientSecret: "hush" };
        settings(controlPlane, "iap_web/compute", {
          accessSettings: {
            identitySources: ["WORKFORCE_IDENTITY_FEDERATION"],
            workforceIdentitySettings: { workforcePools: "acme-staff", oauth2 },
          },
        });
        settings(controlPlane, "iap_web/compute/services/desk-backend", {
          accessSettings: {
            reauthSettings: { method: "LOGIN", maxAge: "1800s", policyType: "DEFAULT" },
            corsSettings: { allowHttpOptions: true },
          },
          applicationSettings: { accessDeniedPageSettings: { accessDeniedPageUri: "https://help.example/?app=desk" } },
        });
        // No identity source: Google accounts, by a client of one's own.
        settings(controlPlane, "iap_web/compute/services/google-backend", {
          accessSettings: {
            identitySources: ["IDENTITY_SOURCE_UNSPECIFIED"],
            oauthSettings: { clientId: GOOGLE_CLIENT, programmaticClients: ["cli.apps.googleusercontent.com"] },
          },
        });
      },
      { clock: () => now, signIn },
    );
    await mesh.plane.ready();
  });
  after(() => mesh.plane.close());
  beforeEach(async () => {
    now = new Date("2026-06-01T12:00:00Z");
    signIn.person = ADA;
    signIn.asked.length = 0;
    browser = new Browser(await mesh.plane.proxyFor({}));
  });

  it("sends a browser to the workforce pool's sign-in, with a nonce and the OAuth client of the settings", async () => {
    const answer = await browser.once(at("/desk?a=1"));
    assert.equal(answer.code, 302);
    assert.equal(answer.body, "Invalid IAP credentials: empty token");
    assert.equal(answer.headers["x-goog-iap-generated-response"], "true");
    assert.match(answer.headers.location ?? "", /^https:\/\/auth\.cloud\.google\/authorize\?/);
    const [cookie = ""] = answer.headers["set-cookie"] ?? [];
    assert.match(
      cookie,
      /^GCP_IAP_XSRF_NONCE_[\w-]{22}=1; expires=Mon, 01 Jun 2026 12:10:00 GMT; path=\/; Secure; HttpOnly$/,
    );
    const redirectUri = `https://iap.googleapis.com/v1/oauth/clientIds/${CLIENT}:handleRedirect`;
    const [{ state = "", ...rest } = {}] = signIn.asked;
    assert.deepEqual(rest, { clientId: CLIENT, redirectUri, workforcePool: POOL });
    assert.ok(!state.includes("desk"), "the state tells nothing");
  });

  it("brings people back to the page that they asked for, with its query, and knows them from then on", async () => {
    const { at: page, code, through, json } = await browser.open(at("/desk/tickets?open=1&q=a%20b"));
    assert.deepEqual([page, code], [at("/desk/tickets?open=1&q=a%20b"), 200]);
    assert.equal(json().url, "/desk/tickets?open=1&q=a%20b");
    assert.deepEqual(
      through.map((step) => step.replace(/[?&](state|code|client_id|redirect_token_v2)=.*/, "")),
      [
        "https://auth.cloud.google/authorize",
        `https://iap.googleapis.com/v1/oauth/clientIds/${CLIENT}:handleRedirect`,
        at("/desk/tickets?gcp-iap-mode=AUTHENTICATING"),
        at("/desk/tickets?open=1&q=a%20b"),
      ],
    );
    assert.equal((await browser.once(at("/desk"))).code, 200);
    assert.deepEqual(
      [...browser.jar(HOST).keys()].filter((name) => name.startsWith("GCP_IAP_XSRF")),
      [],
    );
    assert.equal(mesh.said(), "200 desk: ada@acme.example has roles/iap.httpsResourceAccessor");
  });

  it("brings people back to a path that begins with two slashes as well", async () => {
    const { at: page, code, json } = await browser.open(at("//"));
    assert.deepEqual([page, code, json().url], [at("//"), 200, "//"]);
  });

  it("keeps the session in a cookie that is Secure, HttpOnly and of its host alone, and says nothing by itself", async () => {
    await browser.once(at("/"));
    const { through } = await new Browser(await mesh.plane.proxyFor({})).open(at("/"));
    assert.equal(through.length, 4);
    const state = signIn.asked.at(-2)!.state;
    const back = await browser.once(await codeFor(state));
    const answer = await browser.once(back.headers.location!);
    const cookies = answer.headers["set-cookie"] ?? [];
    assert.match(cookies[0]!, /^__Host-GCP_IAP_AUTH_TOKEN_[0-9A-F]{16}=[\w-]{64}; path=\/; Secure; HttpOnly$/);
    assert.match(cookies[1]!, /^GCP_IAP_UID=sts\.google\.com:AAFTZ[\w-]{43}; path=\/; Secure; HttpOnly$/);
    assert.match(cookies[2]!, /^GCP_IAP_XSRF_NONCE_[\w-]{22}=; expires=Thu, 01 Jan 1970 00:00:00 GMT;/);
  });

  it("tells the application of workforce people by their principal, and an address only where the pool has one", async () => {
    const { headers } = (await browser.open(at("/"))).json();
    const claims = decodeJwt(headers["x-goog-iap-jwt-assertion"]);
    assert.deepEqual(
      [claims["email"], claims["identity_source"], claims["workforce_identity"]],
      ["ada@acme.example", "WORKFORCE_IDENTITY", { iam_principal: ADA.principal, workforce_pool_name: POOL }],
    );
    signIn.person = { ...ADA, verifiedEmail: undefined } as SignedIn;
    const nameless = (await new Browser(await mesh.plane.proxyFor({})).open(at("/"))).json();
    assert.equal(decodeJwt(nameless.headers["x-goog-iap-jwt-assertion"])["email"], undefined);
    assert.equal(nameless.headers["x-goog-authenticated-user-email"], "");
  });

  it("gives 403 to whoever signs in without access, and the way to sign in as somebody else", async () => {
    signIn.person = EVE;
    const answer = await browser.open(at("/"));
    assert.equal(answer.code, 403);
    assert.match(answer.body, /You don't have access.*\n.*href="\?gcp-iap-mode=CLEAR_LOGIN_COOKIE"/);
    assert.equal(
      mesh.said(),
      `403 ${HOST}: eve@acme.example has no roles/iap.httpsResourceAccessor on the backend service portal-backend (granted: ${STAFF}, direct-sa@acme-dev.iam.gserviceaccount.com)`,
    );
  });

  it("sends whoever has no access to the page of the settings, where they name one", async () => {
    signIn.person = EVE;
    let answer = await browser.open(at("/")); // The session with the portal, and the way to the desk below.
    answer = Object.assign(answer, await browser.once((await browser.once(at("/desk"))).headers.location!));
    const back = await browser.once((await browser.once(answer.headers.location!)).headers.location!);
    const denied = await browser.once(back.headers.location!);
    assert.deepEqual([denied.code, denied.headers.location], [302, "https://help.example/?app=desk"]);
    assert.equal(mesh.decisions.at(-1)!.verdict, "refused");
  });

  it("has a session for one backend count for no other on the same host", async () => {
    await browser.open(at("/"));
    assert.equal((await browser.once(at("/desk"))).code, 302, "a session of its own");
    const [[, portal] = []] = sessionsOf(browser);
    await browser.open(at("/desk"));
    const desk = sessionsOf(browser).find(([, value]) => value !== portal)![0];
    const swapped = new Browser(await mesh.plane.proxyFor({}));
    swapped.jar(HOST).set(desk, portal!);
    assert.equal((await swapped.once(at("/desk"))).code, 302);
    assert.match(mesh.said(), /: the session is with something else$/);
  });

  it("takes no session that was altered or made up", async () => {
    await browser.open(at("/"));
    const [[name, value] = ["", ""]] = sessionsOf(browser);
    for (const forged of [`${value.slice(0, -1)}${value.endsWith("A") ? "B" : "A"}`, "", "x", `${value}x`]) {
      browser.jar(HOST).set(name, forged);
      assert.equal((await browser.once(at("/"))).code, 302, forged);
    }
    assert.match(mesh.said(), /nobody is signed in to .*: the session is not the proxy's$/);
  });

  it("takes each step once: neither the code's address nor the one that follows holds a second time", async () => {
    const { through } = await browser.open(at("/"));
    const [, redeemed, returned] = through;
    const again = await browser.once(redeemed!);
    assert.equal(again.code, 400);
    assert.equal(again.body, "the state of this sign-in is used already\n");
    const replayed = await browser.once(returned!);
    assert.equal(replayed.code, 400);
    assert.equal(
      replayed.body,
      "There was a problem with your request. Please reference https://cloud.google.com/iap/docs/faq#error_codes. Error code 9",
    );
    assert.match(mesh.said(), /what came back from the sign-in is used already$/);
    assert.equal((await browser.once(at("/"))).code, 200, "the session goes on");
  });

  it("gives a session to no browser but the one that began to sign in", async () => {
    const other = new Browser(await mesh.plane.proxyFor({}));
    const began = await browser.once(at("/"));
    const redeemed = await browser.once((await browser.once(began.headers.location!)).headers.location!);
    const stolen = await other.once(redeemed.headers.location!);
    assert.equal(stolen.code, 400);
    assert.match(mesh.said(), /the sign-in began in another browser$/);
    assert.deepEqual(sessionsOf(other), []);
    assert.equal((await browser.once(redeemed.headers.location!)).code, 302, "and nothing is lost for that one");
  });

  it("takes no state that was altered, that is over, or of another client", async () => {
    await browser.once(at("/"));
    const { state } = signIn.asked.at(-1)!;
    const refused = async (target: string) => {
      const answer = await browser.once(target);
      return [answer.code, answer.body.trim()];
    };
    assert.deepEqual(await refused(await codeFor(`${state}x`)), [400, "the state of this sign-in is not the proxy's"]);
    await browser.once(at("/"));
    const foreign = (await codeFor(signIn.asked.at(-1)!.state)).replace(CLIENT, "another");
    assert.deepEqual(await refused(foreign), [400, "the state of this sign-in is another client's"]);
    await browser.once(at("/"));
    const late = await codeFor(signIn.asked.at(-1)!.state);
    now = new Date(now.getTime() + 600_000);
    assert.deepEqual(await refused(late), [400, "the state of this sign-in is over"]);
  });

  it("takes what comes back for one resource nowhere else", async () => {
    const began = await browser.once(at("/"));
    const redeemed = await browser.once((await browser.once(began.headers.location!)).headers.location!);
    const elsewhere = redeemed.headers.location!.replace(`${HOST}/`, `${HOST}/desk`);
    assert.equal((await browser.once(elsewhere)).code, 400);
    assert.match(mesh.said(), /the sign-in was for something else$/);
  });

  it("answers a path of slashes alone as any other", async () => {
    const own = await browser.once(`${url("direct")}//`);
    assert.equal(own.code, 302);
    const back = await browser.once(at("//?gcp-iap-mode=AUTHENTICATING&redirect_token_v2=none"));
    assert.equal(back.code, 400);
  });

  it("says what a sign-in that was cancelled, or a code that does not hold, ended with", async () => {
    signIn.person = undefined;
    const cancelled = await browser.open(at("/"));
    assert.deepEqual([cancelled.code, cancelled.body], [400, "the sign-in ended with access_denied\n"]);
    signIn.person = ADA;
    await browser.once(at("/"));
    const bad = (await codeFor(signIn.asked.at(-1)!.state)).replace(/code=[^&]+/, "code=made-up");
    assert.equal((await browser.once(bad)).body, "invalid_grant: no such code\n");
  });

  it("lets two tabs sign in side by side, each back on its own page", async () => {
    const first = await browser.once(at("/desk?tab=1"));
    const second = await browser.once(at("/desk?tab=2"));
    for (const [tab, began] of [
      ["2", second],
      ["1", first],
    ] as const) {
      const page = await browser.open(began.headers.location!);
      assert.deepEqual([page.code, page.at], [200, at(`/desk?tab=${tab}`)]);
    }
  });

  it("ends a session when the pool's does", async () => {
    signIn.person = { ...ADA, until: new Date(now.getTime() + 900_000) };
    await browser.open(at("/"));
    now = new Date(now.getTime() + 899_999);
    assert.equal((await browser.once(at("/"))).code, 200);
    now = new Date(now.getTime() + 1);
    assert.equal((await browser.once(at("/"))).code, 302);
    assert.match(mesh.said(), /: the session is over$/);
    assert.equal((await browser.once(at("/"), { headers: { "X-Requested-With": "XMLHttpRequest" } })).code, 401);
  });

  it("has people sign in anew after the time of the settings, of the backend that sets one", async () => {
    await browser.open(at("/"));
    await browser.open(at("/desk"));
    now = new Date(now.getTime() + 1_800_000);
    assert.equal((await browser.once(at("/desk"))).code, 302);
    assert.match(mesh.said(), /: ada@acme\.example signed in too long ago$/);
    assert.equal((await browser.once(at("/"))).code, 200);
  });

  it("judges access at each request: a grant that goes ends nothing but the access", async () => {
    accessor(mesh.controlPlane, "portal", EVE.principal);
    signIn.person = EVE;
    assert.equal((await browser.open(at("/"))).code, 200);
    const { type, id } = mesh.controlPlane.list().find(({ state }) => state["member"] === EVE.principal)!;
    mesh.controlPlane.delete({ type, id });
    assert.equal((await browser.once(at("/"))).code, 403);
  });

  it("takes grants on all backends, on all web resources and on the project", async () => {
    signIn.person = EVE;
    await browser.open(at("/"));
    const role = "roles/iap.httpsResourceAccessor";
    for (const type of [
      "gcp:iap/webTypeComputeIamMember:WebTypeComputeIamMember",
      "gcp:iap/webIamMember:WebIamMember",
      "gcp:projects/iAMMember:IAMMember",
    ]) {
      const { id } = mesh.controlPlane.seed(type, { project: PROJECT, role, member: EVE.principal });
      assert.equal((await browser.once(at("/"))).code, 200, type);
      mesh.controlPlane.delete({ type, id });
      assert.equal((await browser.once(at("/"))).code, 403, type);
    }
  });

  it("takes the accessor's role alone, and a custom one with its permission", async () => {
    signIn.person = EVE;
    await browser.open(at("/"));
    const role = `projects/${PROJECT}/roles/visitor`;
    const permissions = ["iap.webServiceVersions.accessViaIAP"];
    mesh.controlPlane.seed("gcp:projects/iAMCustomRole:IAMCustomRole", {
      project: PROJECT,
      roleId: "visitor",
      permissions,
    });
    for (const [granted, code] of [
      ["roles/iap.admin", 403],
      [role, 200],
    ] as const) {
      accessor(mesh.controlPlane, "portal", EVE.principal, { role: granted });
      assert.equal((await browser.once(at("/"))).code, code, granted);
    }
    const own = mesh.controlPlane.list().filter(({ state }) => state["member"] === EVE.principal);
    for (const { type, id } of own) mesh.controlPlane.delete({ type, id });
  });

  it("takes back every cookie of its own when somebody signs out, and goes to the page itself", async () => {
    for (const [way, back] of [
      ["/desk?gcp-iap-mode=CLEAR_LOGIN_COOKIE", "/desk"],
      ["/desk?a=1&gcp-iap-mode=CLEAR_LOGIN_COOKIE&b=2", "/desk?a=1&b=2"],
      ["/desk?%67cp%2Diap-mode=CLEAR_LOGIN_COOKIE&b=2", "/desk?b=2"],
      ["/_gcp_iap/clear_login_cookie", "/"],
    ] as const) {
      await browser.open(at("/"));
      await browser.open(at("/desk"));
      browser.jar(HOST).set("theme", "dark");
      const answer = await browser.once(at(way));
      assert.deepEqual([answer.code, answer.headers.location], [302, at(back)]);
      assert.deepEqual([...browser.jar(HOST).keys()], ["theme"]);
      assert.equal((await browser.once(at("/desk"))).code, 302);
    }
  });

  it("tells whoever is signed in who they are, with access or without", async () => {
    signIn.person = EVE;
    await browser.open(at("/"));
    for (const way of ["/?gcp-iap-mode=IDENTITY", "/_gcp_iap/identity"]) {
      const { code, body } = await browser.once(at(way));
      assert.equal(code, 200);
      assert.match(
        body,
        /^\{"email":"sts\.google\.com:eve@acme\.example","sub":"sts\.google\.com:AAFTZ[\w-]{43}"\}\n$/,
      );
    }
    assert.equal((await ask(await mesh.plane.proxyFor({}), at("/?gcp-iap-mode=IDENTITY"))).code, 302);
  });

  it("refreshes a session in a page of its own, on the backend that was asked", async () => {
    await browser.open(at("/desk"));
    const [[, before] = []] = sessionsOf(browser);
    for (const [way, back] of [
      ["/desk?gcp-iap-mode=DO_SESSION_REFRESH", "/desk?gcp-iap-mode=SESSION_REFRESHER"],
      ["/_gcp_iap/do_session_refresh", "/_gcp_iap/do_session_refresh?gcp-iap-mode=SESSION_REFRESHER"],
    ] as const) {
      const page = await browser.open(at(way));
      assert.deepEqual([page.code, page.at], [200, at(back)]);
      assert.match(page.body, /content="2700;url=\?gcp-iap-mode=DO_SESSION_REFRESH"/);
    }
    assert.equal((await browser.once(at("/_gcp_iap/session_refresher"))).code, 200);
    assert.notEqual(sessionsOf(browser)[0]![1], before);
  });

  it("hands an application a wrong assertion where a test asks for one", async () => {
    await browser.open(at("/"));
    const claims = async (type: string) => {
      const query = `gcp-iap-mode=SECURE_TOKEN_TEST&iap-secure-token-test-type=${type}`;
      const { headers } = (await browser.once(at(`/?${query}`))).json();
      return {
        ...decodeJwt(headers["x-goog-iap-jwt-assertion"]),
        token: headers["x-goog-iap-jwt-assertion"] as string,
      };
    };
    const seconds = now.getTime() / 1000;
    const good = await claims("NOT_SET");
    assert.deepEqual([good.iss, good.iat, good.exp], ["https://cloud.google.com/iap", seconds, seconds + 600]);
    assert.ok((await claims("FUTURE_ISSUE")).iat! > seconds + 30);
    assert.ok((await claims("PAST_EXPIRATION")).exp! < seconds - 30);
    assert.notEqual((await claims("ISSUER")).iss, good.iss);
    assert.notEqual((await claims("AUDIENCE")).aud, good.aud);
    assert.notEqual(await holds((await claims("SIGNATURE")).token), await holds(good.token));
  });

  it("says 401, and sends nobody away, where a redirect would be lost", async () => {
    const anonymous = await mesh.plane.proxyFor({});
    const code = async (method: string, headers: Record<string, string>) =>
      (await ask(anonymous, at("/"), { method, headers })).code;
    assert.equal(await code("GET", { "X-Requested-With": "XMLHttpRequest" }), 401);
    assert.equal(await code("POST", { Accept: "text/html" }), 401);
    assert.equal(await code("GET", { Accept: "application/json" }), 401);
    assert.equal(await code("GET", { Accept: "text/html,*/*" }), 302);
    assert.equal(await code("GET", {}), 302);
    assert.equal(await code("OPTIONS", {}), 401);
  });

  it("lets OPTIONS pass without an identity where the settings say so, and strips a forged one", async () => {
    const anonymous = await mesh.plane.proxyFor({});
    const headers = { "X-Goog-IAP-JWT-Assertion": "forged" };
    const answer = await ask(anonymous, at("/desk"), { method: "OPTIONS", headers });
    assert.equal(answer.code, 200);
    assert.equal(answer.json().headers["x-goog-iap-jwt-assertion"], undefined);
  });

  it("takes an ID token of an account with access, for its OAuth client, in either header", async () => {
    const token = await mesh.plane.idToken("direct", CLIENT);
    const anonymous = await mesh.plane.proxyFor({});
    const open = (headers: Record<string, string>) => ask(anonymous, at("/"), { headers });
    assert.equal((await open({ Authorization: `Bearer ${token}` })).code, 200);
    const { headers } = (await open({ "Proxy-Authorization": `Bearer ${token}`, Authorization: "Bearer own" })).json();
    assert.equal(headers["authorization"], "Bearer own", "the application's own");
    assert.equal(headers["proxy-authorization"], undefined);
    assert.equal(headers["x-goog-authenticated-user-email"], `accounts.google.com:${email("direct")}`);
    assert.equal((await ask(anonymous, at("/desk"), { token })).code, 302, "no access there: the page of its settings");
  });

  it("says what is wrong with a token, in its words", async () => {
    const anonymous = await mesh.plane.proxyFor({});
    const body = async (token: string, path = "/") => (await ask(anonymous, at(path), { token })).body;
    const bad = (overrides: object) => mesh.plane.idToken("direct", CLIENT, overrides);
    assert.equal(await body("garbage"), "Invalid IAP credentials: Unable to parse JWT");
    assert.equal(await body(mesh.plane.accessToken("direct")), "Invalid IAP credentials: Unable to parse JWT");
    assert.equal(await body(await bad({ signature: "altered" })), "Invalid IAP credentials: JWT signature is invalid");
    const foreign = await mesh.plane.idToken("direct", "https://desk.example");
    assert.equal(await body(foreign), "Invalid IAP credentials: Invalid bearer token. Invalid JWT audience.");
    const gcloud = await mesh.plane.idToken("gil@gmail.com", "unused");
    assert.equal(await body(gcloud, "/google"), "Invalid IAP credentials: Invalid bearer token. Invalid JWT audience.");
    assert.equal(await body(await bad({ expiresInSeconds: -1 })), "Invalid IAP credentials: JWT has expired");
  });

  it("takes tokens for the clients that the settings name for programs", async () => {
    const overrides = { claims: { aud: "cli.apps.googleusercontent.com" } };
    const token = await mesh.plane.idToken("gil@gmail.com", "unused", overrides);
    assert.equal((await ask(await mesh.plane.proxyFor({}), at("/google"), { token })).code, 200);
  });

  it("asks for Google accounts where no pool is named, and lets no workforce people in there", async () => {
    await browser.once(at("/google"));
    const { clientId, workforcePool } = signIn.asked.at(-1)!;
    assert.deepEqual([clientId, workforcePool], [GOOGLE_CLIENT, undefined]);
    const answer = await browser.open(at("/google"));
    assert.deepEqual([answer.code, answer.body], [400, "ada@acme.example signed in somewhere else\n"]);
    const members = new Set(["user:gil@gmail.com"]);
    const gil = { email: "gil@gmail.com", principal: "user:gil@gmail.com", source: "google", members } as const;
    signIn.person = { ...gil, verifiedEmail: gil.email };
    const page = await browser.open(at("/google"));
    assert.equal(page.code, 200, page.body);
    assert.equal(page.json().headers["x-goog-authenticated-user-email"], "accounts.google.com:gil@gmail.com");
    assert.match(browser.jar(HOST).get("GCP_IAP_UID")!, /^\d{21}$/);
  });

  it("signs people in to a service with Identity-Aware Proxy of its own in the same way", async () => {
    settings(mesh.controlPlane, "iap_web/cloud_run-europe-west9/services/direct", {
      accessSettings: {
        workforceIdentitySettings: { workforcePools: POOL, oauth2: { clientId: CLIENT, clientSecret: "hush" } },
      },
    });
    mesh.controlPlane.seed("gcp:iap/webCloudRunServiceIamMember:WebCloudRunServiceIamMember", {
      ...{ project: PROJECT, location: "europe-west9", cloudRunServiceName: "direct" },
      ...{ role: "roles/iap.httpsResourceAccessor", member: STAFF },
    });
    const host = `direct-${NUMBER}.europe-west9.run.app`;
    const page = await browser.open(`https://${host}/a?b=1`);
    assert.deepEqual([page.code, page.at], [200, `https://${host}/a?b=1`]);
    assert.equal(
      decodeJwt(page.json().headers["x-goog-iap-jwt-assertion"]).aud,
      `/projects/${NUMBER}/locations/europe-west9/services/direct`,
    );
  });

  it("needs an OAuth client of IAM for a workforce pool", async () => {
    settings(mesh.controlPlane, "iap_web/compute", {
      accessSettings: { workforceIdentitySettings: { workforcePools: POOL } },
    });
    const answer = await browser.once(at("/"));
    assert.deepEqual([answer.code, answer.body], [400, "Empty Google Account OAuth client ID(s)/secret(s)."]);
  });

  /** The address at which a browser brings a code for a state. */
  async function codeFor(state: string): Promise<string> {
    const query = new URLSearchParams({
      client_id: CLIENT,
      redirect_uri: `https://iap.googleapis.com/v1/oauth/clientIds/${CLIENT}:handleRedirect`,
      state,
    });
    return (await browser.once(`https://auth.cloud.google/authorize?${query}`)).headers.location!;
  }

  async function holds(token: string): Promise<boolean> {
    const { createLocalJWKSet, compactVerify } = await import("jose");
    const keys = await ask(await mesh.plane.proxyFor({}), "https://www.gstatic.com/iap/verify/public_key-jwk");
    return compactVerify(token, createLocalJWKSet(keys.json())).then(
      () => true,
      () => false,
    );
  }
});
