import * as assert from "node:assert/strict";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { createRemoteJWKSet, customFetch, decodeProtectedHeader, jwtVerify } from "jose";
import { openBrowserEntrance } from "../../../sandbox/running";
import { make, NUMBER, PROJECT, REGION } from "../control-plane/cloud";
import { ask, askAs, deploy, email, grant, type Mesh, openMesh, url } from "./mesh";

const GRANT = "gcp:iap/webCloudRunServiceIamMember:WebCloudRunServiceIamMember";
const AGENT = "gcp:projects/serviceIdentity:ServiceIdentity";
const ADA = "ada@acme.com";
const BOB = "bob@acme.com";
const POOL = "principalSet://iam.googleapis.com/locations/global/workforcePools/acme";
const WORKFORCE = "principal://iam.googleapis.com/locations/global/workforcePools/acme/subject/eve";

describe("front end: Identity-Aware Proxy on a service", () => {
  let mesh: Mesh;
  let now = new Date();
  const accessor = (service: string, member: string, more: object = {}) => ({
    ...{ project: PROJECT, location: REGION, cloudRunServiceName: service },
    ...{ role: "roles/iap.httpsResourceAccessor", member, ...more },
  });
  before(async () => {
    mesh = await openMesh(
      (controlPlane) => {
        const all = { ingress: "INGRESS_TRAFFIC_ALL", iapEnabled: true };
        make(controlPlane, AGENT, "agent", { project: PROJECT, service: "iap.googleapis.com" });
        for (const name of ["web", "agentless"]) deploy(controlPlane, name, { self: all });
        deploy(controlPlane, "whole", { self: { ...all, invokerIamDisabled: true } });
        deploy(controlPlane, "unchecked", { self: { ...all, invokerIamDisabled: true } });
        deploy(controlPlane, "inside", { self: { ...all, ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY" } });
        deploy(controlPlane, "plain", { self: { ingress: "INGRESS_TRAFFIC_ALL" } });
        grant(controlPlane, "web", `serviceAccount:service-${NUMBER}@gcp-sa-iap.iam.gserviceaccount.com`);
        grant(controlPlane, "web", `serviceAccount:${email("plain")}`);
        grant(controlPlane, "plain", `user:${ADA}`);
        make(controlPlane, GRANT, "ada", accessor("web", `user:${ADA}`));
        make(controlPlane, GRANT, "eve", accessor("web", WORKFORCE));
        make(controlPlane, GRANT, "mia", accessor("web", `${POOL}/group/staff`));
        make(controlPlane, GRANT, "cy", accessor("web", "user:cy@acme.com"));
        make(controlPlane, GRANT, "all", accessor("whole", `${POOL}/*`));
        for (const name of ["agentless", "unchecked"]) make(controlPlane, GRANT, name, accessor(name, `user:${ADA}`));
        const condition = { title: "until", expression: 'request.time < timestamp("2030-01-01T00:00:00Z")' };
        make(controlPlane, GRANT, "staff", accessor("web", "group:staff@acme.com", { condition }));
      },
      {
        clock: () => now,
        people: [
          { email: BOB, groups: ["staff@acme.com"] },
          { email: "eve@workforce.example", principals: [WORKFORCE] },
          { email: "mia@workforce.example", principals: [`${POOL}/group/staff`] },
          { email: "cy@acme.com", principals: [WORKFORCE.replace("eve", "cy")] },
        ],
      },
    );
    await mesh.plane.ready();
  });
  after(() => mesh.plane.close());
  beforeEach(() => {
    now = new Date();
  });

  const open = async (who: string | undefined, target: string, headers: Record<string, string> = {}) =>
    ask(await mesh.plane.proxyFor(who === undefined ? {} : { email: who }), target, { headers });
  const keys = async () => {
    const access = await mesh.plane.proxyFor({});
    const { code, body } = await ask(access, "https://www.gstatic.com/iap/verify/public_key-jwk");
    assert.equal(code, 200);
    const fetched = async () => new Response(body, { headers: { "content-type": "application/json" } });
    return createRemoteJWKSet(new URL("https://www.gstatic.com/iap/verify/public_key-jwk"), { [customFetch]: fetched });
  };
  const assertionIn = (answer: { json(): { headers: Record<string, string> } }) =>
    answer.json().headers["x-goog-iap-jwt-assertion"]!;

  it("tells the container who came through, in an assertion that anybody can verify", async () => {
    const answer = await open(ADA, `${url("web")}/echo`);
    assert.equal(answer.code, 200, answer.body);
    assert.equal(mesh.said(), "200 web: ada@acme.com has roles/iap.httpsResourceAccessor");
    const audience = `/projects/${NUMBER}/locations/${REGION}/services/web`;
    const verifying = { issuer: "https://cloud.google.com/iap", audience, algorithms: ["ES256"], maxTokenAge: 600 };
    const { payload } = await jwtVerify(assertionIn(answer), await keys(), verifying);
    const { sub, iat = 0, exp } = payload;
    assert.match(sub ?? "", /^accounts\.google\.com:\d{21}$/);
    assert.deepEqual(payload, {
      ...{ iss: "https://cloud.google.com/iap", aud: audience, azp: audience, iat, exp: iat + 600 },
      ...{ sub, email: ADA, identity_source: "GOOGLE", hd: "acme.com" },
    });
    assert.ok(exp);
    const { headers } = answer.json() as { headers: Record<string, string> };
    assert.equal(headers["x-goog-authenticated-user-email"], `accounts.google.com:${ADA}`);
    assert.equal(headers["x-goog-authenticated-user-id"], sub);
  });

  it("tells a workforce identity from a Google account, in headers that agree with the assertion", async () => {
    const answer = await open("eve@workforce.example", url("web"));
    const { payload } = await jwtVerify(assertionIn(answer), await keys());
    const { sub, email: address, identity_source, hd, workforce_identity } = payload;
    assert.match(sub ?? "", /^sts\.google\.com:AAFTZ[\w-]{43}$/);
    assert.deepEqual([address, identity_source, hd], ["eve@workforce.example", "WORKFORCE_IDENTITY", undefined]);
    assert.deepEqual(workforce_identity, {
      iam_principal: WORKFORCE,
      workforce_pool_name: "locations/global/workforcePools/acme",
    });
    const { headers } = answer.json() as { headers: Record<string, string> };
    assert.equal(headers["x-goog-authenticated-user-email"], "sts.google.com:eve@workforce.example");
    assert.equal(headers["x-goog-authenticated-user-id"], sub);
  });

  it("knows somebody of a workforce pool by group, and names a principal for them too", async () => {
    const answer = await open("mia@workforce.example", url("web"));
    assert.equal(answer.code, 200, answer.body);
    const { payload } = await jwtVerify(assertionIn(answer), await keys());
    assert.deepEqual(payload["workforce_identity"], {
      iam_principal: `${POOL.replace("principalSet", "principal")}/subject/mia@workforce.example`,
      workforce_pool_name: "locations/global/workforcePools/acme",
    });
  });

  it("takes nobody of a workforce pool for the Google account with the same address", async () => {
    assert.equal((await open("cy@acme.com", url("web"))).code, 403);
    assert.match(mesh.said(), /^403 web: cy@acme\.com has no roles\/iap\.httpsResourceAccessor on web /);
  });

  it("knows everybody of a workforce pool by the pool", async () => {
    assert.equal((await open("cy@acme.com", url("whole"))).code, 200);
    assert.equal((await open(ADA, url("whole"))).code, 403);
  });

  it("lets nobody speak in its name", async () => {
    const forged = {
      "X-Goog-IAP-JWT-Assertion": "forged",
      "X-Goog-Authenticated-User-Email": "accounts.google.com:eve",
    };
    const { headers } = (await open(ADA, url("web"), forged)).json() as { headers: Record<string, string> };
    assert.equal(headers["x-goog-authenticated-user-email"], `accounts.google.com:${ADA}`);
    assert.equal(decodeProtectedHeader(headers["x-goog-iap-jwt-assertion"]!).alg, "ES256");
    const plain = await askAs(mesh, ADA, url("plain"), { headers: forged });
    const seen = (plain.json() as { headers: Record<string, string> }).headers;
    assert.equal(seen["x-goog-iap-jwt-assertion"], "forged", "without the proxy, Cloud Run passes it on");
  });

  it("sends a browser that is not signed in to sign in, and says 401 to a page's own request", async () => {
    const browser = await open(undefined, url("web"));
    assert.equal(browser.code, 302);
    assert.match(
      browser.headers.location ?? "",
      /^https:\/\/accounts\.google\.com\/o\/oauth2\/v2\/auth\?client_id=\d+-/,
    );
    assert.equal(browser.body, "Invalid IAP credentials: empty token");
    assert.equal(browser.headers["x-goog-iap-generated-response"], "true");
    const script = await open(undefined, url("web"), { "X-Requested-With": "XMLHttpRequest" });
    assert.equal(script.code, 401);
    assert.equal(mesh.said(), "401 web: nobody is signed in to the Identity-Aware Proxy on web");
  });

  it("takes no ID token for Cloud Run, not even of an invoker", async () => {
    const token = await mesh.plane.idToken("plain", url("web"));
    const access = await mesh.plane.proxyFor({ service: "plain" });
    const answer = await ask(access, url("web"), { token });
    assert.equal(answer.code, 401);
    assert.equal(answer.body, "Invalid IAP credentials: Invalid bearer token. Invalid JWT audience.");
    assert.match(mesh.said(), /^401 web: web is behind Identity-Aware Proxy: the token is refused: its audience is /);
  });

  it("turns away whoever signs in without a grant", async () => {
    const answer = await open("mallory@elsewhere.com", url("web"));
    assert.equal(answer.code, 403);
    assert.equal(answer.headers["x-goog-iap-generated-response"], "true");
    assert.equal(
      mesh.said(),
      `403 web: mallory@elsewhere.com has no roles/iap.httpsResourceAccessor on web (granted: ada@acme.com, ${WORKFORCE}, ${POOL}/group/staff, cy@acme.com, group:staff@acme.com)`,
    );
  });

  it("lets a grant with an end count until then", async () => {
    now = new Date("2029-12-31T23:59:59Z");
    assert.equal((await open(BOB, url("web"))).code, 200);
    now = new Date("2030-01-01T00:00:00Z");
    assert.equal((await open(BOB, url("web"))).code, 403);
    assert.equal(
      mesh.said(),
      '403 web: bob@acme.com has roles/iap.httpsResourceAccessor on web only while "until" holds',
    );
  });

  it("needs run.invoker for its own agent", async () => {
    assert.equal((await open(ADA, url("agentless"))).code, 403);
    assert.match(mesh.said(), /^403 agentless: the agent of Identity-Aware Proxy may not call: service-\d+@gcp-sa-iap/);
  });

  it("needs no grant for its agent where nobody is asked for one", async () => {
    assert.equal((await open(ADA, url("unchecked"))).code, 200);
    assert.equal((await open(BOB, url("unchecked"))).code, 403);
  });

  it("stands behind the ingress", async () => {
    assert.equal((await open(ADA, url("inside"))).code, 404);
  });

  it("can be opened at an address of this machine, where a browser is one person", async () => {
    const person = { name: `user:${ADA}`, email: ADA };
    const entrance = await openBrowserEntrance(mesh.plane, person, url("web"));
    try {
      const answer = await fetch(`${entrance.url}/echo`, { headers: { origin: entrance.url } });
      const { headers } = (await answer.json()) as { headers: Record<string, string> };
      assert.equal(headers["x-goog-authenticated-user-email"], `accounts.google.com:${ADA}`);
      assert.deepEqual([headers["host"], headers["origin"]], [new URL(url("web")).host, url("web")]);
      const [rebound] = (await once(get(entrance.url, { headers: { host: "evil.example" } }), "response")) as [
        IncomingMessage,
      ];
      assert.equal(rebound.resume().statusCode, 421);
    } finally {
      await entrance.close();
    }
  });
});
