import * as assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { decodeJwt } from "jose";
import { TYPES } from "../../../sandbox/data-plane/load-balancer/resources";
import { make, NUMBER, PROJECT, REGION } from "../control-plane/cloud";
import { accessor, backend, frontend, HOST } from "./balanced";
import { ask, deploy, grant, type Mesh, openMesh, url } from "./mesh";

const AGENT = `serviceAccount:service-${NUMBER}@gcp-sa-iap.iam.gserviceaccount.com`;
const ADA = "ada@acme.com";
const ROUTED = { ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" };

describe("load balancer", () => {
  let mesh: Mesh;
  let now = new Date();
  before(async () => {
    mesh = await openMesh(
      (controlPlane) => {
        make(controlPlane, "gcp:projects/serviceIdentity:ServiceIdentity", "agent", {
          project: PROJECT,
          service: "iap.googleapis.com",
        });
        for (const name of ["portal", "desk", "agentless"]) deploy(controlPlane, name, { self: ROUTED });
        deploy(controlPlane, "public", { self: { ...ROUTED, invokerIamDisabled: true } });
        const urlless = { ingress: "INGRESS_TRAFFIC_ALL", defaultUriDisabled: true };
        deploy(controlPlane, "urlless", { self: { ...urlless, invokerIamDisabled: true } });
        for (const name of ["portal", "desk"]) {
          grant(controlPlane, name, AGENT);
          accessor(controlPlane, name, `user:${ADA}`);
        }
        accessor(controlPlane, "agentless", `user:${ADA}`);
        for (const name of ["portal", "desk", "agentless", "nowhere"]) backend(controlPlane, name);
        backend(controlPlane, "empty", { backends: [], iap: { enabled: false } });
        backend(controlPlane, "gone", { iap: { enabled: false } });
        controlPlane.seed(TYPES.securityPolicy, {
          project: PROJECT,
          name: "armor",
          rules: [
            { priority: 2147483647, action: "allow", match: { config: { srcIpRanges: ["*"] } } },
            {
              ...{ priority: 1000, action: "deny(403)" },
              match: { expr: { expression: "evaluatePreconfiguredWaf('sqli-v33-stable')" } },
            },
            {
              ...{ priority: 2000, action: "throttle", match: { config: { srcIpRanges: ["*"] } } },
              rateLimitOptions: {
                ...{ conformAction: "allow", exceedAction: "deny(429)", enforceOnKey: "IP" },
                rateLimitThreshold: { count: 3, intervalSec: 60 },
              },
            },
          ],
        });
        controlPlane.seed(TYPES.securityPolicy, {
          project: PROJECT,
          name: "closed",
          rules: [
            { priority: 1, action: "allow", preview: true, match: { config: { srcIpRanges: ["*"] } } },
            { priority: 2, action: "allow", match: { config: { srcIpRanges: ["198.51.100.0/24", "2001:db8::/32"] } } },
            { priority: 3, action: "deny(404)", match: { config: { srcIpRanges: ["203.0.113.0/24"] } } },
          ],
        });
        backend(controlPlane, "public", { iap: { enabled: false }, securityPolicy: "armor" });
        backend(controlPlane, "closed", { securityPolicy: "closed" });
        backend(controlPlane, "urlless", { iap: { enabled: false } });
        frontend(controlPlane, {
          ...{ "/": "portal", "/desk": "desk", "/public": "public", "/closed": "closed", "/agentless": "agentless" },
          ...{ "/nowhere": "nowhere", "/empty": "empty", "/gone": "gone", "/unmade": "unmade", "/urlless": "urlless" },
        });
      },
      { clock: () => now },
    );
    await mesh.plane.ready();
  });
  after(() => mesh.plane.close());

  const as = async (who: string | undefined, target: string, headers: Record<string, string> = {}) =>
    ask(await mesh.plane.proxyFor(who === undefined ? {} : { email: who }), target, { headers });
  const last = () => mesh.decisions.at(-1);

  it("reaches a service whose default URL is switched off: it comes by the network endpoint group, not by the URL", async () => {
    const answer = await as(undefined, `https://${HOST}/urlless`);
    assert.equal(answer.code, 200, answer.body);
    assert.equal((await as(undefined, url("urlless"))).code, 404);
    assert.equal(mesh.said(), "404 urlless: the default URL of urlless is switched off");
  });

  it("leads a host and a path to the service behind their backend, the prefix kept", async () => {
    const desk = await as(ADA, `https://${HOST}/desk/tickets?open=1`);
    assert.equal(desk.code, 200, desk.body);
    const { service, url: path } = desk.json();
    assert.deepEqual([service, path], ["desk", "/desk/tickets?open=1"]);
    assert.equal((await as(ADA, `https://${HOST}/desks`)).json().service, "portal");
  });

  it("tells the log who came, by which route and to which backend", async () => {
    await as(ADA, `https://${HOST}/desk/tickets?secret=1`);
    const { time: _, ...decision } = last()!;
    assert.deepEqual(decision, {
      ...{ caller: ADA, from: "load-balancer", callee: "desk", method: "GET", path: "/desk/tickets" },
      ...{ verdict: "allowed", code: 200, reason: "iap", message: `${ADA} has roles/iap.httpsResourceAccessor` },
      ...{ route: `${HOST}/desk/*`, backend: "desk-backend" },
    });
    await as("mallory@acme.com", `https://${HOST}/desk`);
    const refused = last()!;
    assert.deepEqual(
      [refused.caller, refused.verdict, refused.code, refused.reason, refused.route, refused.backend],
      ["mallory@acme.com", "refused", 403, "iap-no-access", `${HOST}/desk`, "desk-backend"],
    );
    assert.equal(
      refused.message,
      `mallory@acme.com has no roles/iap.httpsResourceAccessor on the backend service desk-backend (granted: ${ADA})`,
    );
  });

  it("tells the container who forwards, for whom, and the host that was asked for", async () => {
    const { headers } = (await as(ADA, `https://${HOST}/`, { "X-Forwarded-For": "192.0.2.1" })).json();
    assert.equal(headers["x-forwarded-for"], "192.0.2.1,203.0.113.10,203.0.113.20");
    assert.equal(headers["x-forwarded-proto"], "https");
    assert.equal(headers["via"], "1.1 google");
    assert.equal(headers["host"], HOST);
    assert.match(headers["x-cloud-trace-context"], /^[0-9a-f]{32}\/\d+;o=0$/);
  });

  it("signs for the backend service, by its generated id", async () => {
    const { headers } = (await as(ADA, `https://${HOST}/desk`)).json();
    const backends = mesh.controlPlane.list({ type: TYPES.backendService });
    const desk = backends.find(({ state }) => state["name"] === "desk-backend")!;
    const { aud, azp, email } = decodeJwt(headers["x-goog-iap-jwt-assertion"]);
    const audience = `/projects/${NUMBER}/global/backendServices/${desk.state["generatedId"]}`;
    assert.deepEqual([aud, azp, email], [audience, audience, ADA]);
  });

  it("lets nobody speak in Identity-Aware Proxy's name, nor to Cloud Run in its place", async () => {
    const { headers } = (
      await as(ADA, `https://${HOST}/`, {
        "X-Goog-IAP-JWT-Assertion": "forged",
        "X-Goog-Authenticated-User-Email": "accounts.google.com:eve@acme.com",
        "X-Goog-Authenticated-User-ID": "accounts.google.com:1",
        "X-Serverless-Authorization": "Bearer forged",
      })
    ).json();
    assert.equal(headers["x-goog-authenticated-user-email"], `accounts.google.com:${ADA}`);
    assert.notEqual(headers["x-goog-authenticated-user-id"], "accounts.google.com:1");
    assert.notEqual(headers["x-goog-iap-jwt-assertion"], "forged");
    const [, payload = "", signature] = headers["x-serverless-authorization"].split(".");
    const { email, aud } = JSON.parse(Buffer.from(payload, "base64url").toString());
    assert.equal(email, `service-${NUMBER}@gcp-sa-iap.iam.gserviceaccount.com`);
    assert.equal(aud, `/projects/${NUMBER}/locations/${REGION}/services/portal`);
    assert.equal(signature, "SIGNATURE_REMOVED_BY_GOOGLE");
  });

  it("is the only way in for a service with its ingress", async () => {
    assert.equal((await as(ADA, url("portal"))).code, 404);
    assert.match(mesh.said(), /^404 portal: ingress of portal is internal_load_balancer/);
  });

  it("needs run.invoker for the agent of Identity-Aware Proxy", async () => {
    assert.equal((await as(ADA, `https://${HOST}/agentless`)).code, 403);
    assert.match(mesh.said(), /^403 agentless: the agent of Identity-Aware Proxy may not call: service-\d+@gcp-sa-iap/);
  });

  it("asks nobody to sign in where Identity-Aware Proxy is off, and then Cloud Run decides", async () => {
    now = new Date("2026-06-01T12:00:00Z");
    const answer = await as(undefined, `https://${HOST}/public`, { "X-Goog-IAP-JWT-Assertion": "forged" });
    assert.equal(answer.json().headers["x-goog-iap-jwt-assertion"], "forged", "without the proxy it passes");
  });

  it("throttles by address, and starts anew when the time is over", async () => {
    now = new Date("2026-06-01T13:00:00Z");
    const codes: number[] = [];
    for (let i = 0; i < 4; i++) codes.push((await as(undefined, `https://${HOST}/public`)).code);
    assert.deepEqual(codes, [200, 200, 200, 429]);
    assert.equal(
      mesh.said(),
      `429 ${HOST}: rule 2000 of the security policy armor lets 3 requests pass in 60 s, and 203.0.113.10 sent more`,
    );
    now = new Date("2026-06-01T13:01:00Z");
    assert.equal((await as(undefined, `https://${HOST}/public`)).code, 200);
  });

  it("refuses by address before anybody is asked to sign in", async () => {
    assert.equal((await as(undefined, `https://${HOST}/closed`)).code, 404);
    assert.equal(mesh.said(), `404 ${HOST}: rule 3 of the security policy closed denies 203.0.113.10`);
  });

  it("asks people to sign in before it looks whether there is a service", async () => {
    assert.equal((await as(undefined, `https://${HOST}/nowhere`)).code, 302);
  });

  it("answers 502 where a backend has no endpoint, and Cloud Run's 404 where its service is not there", async () => {
    assert.equal((await as(undefined, `https://${HOST}/empty`)).code, 502);
    assert.equal(mesh.said(), `502 ${HOST}: the backend service empty-backend has no network endpoint group`);
    const gone = await as(undefined, `https://${HOST}/gone`);
    assert.equal(gone.code, 404);
    assert.match(gone.body, /The requested URL was not found on this server\./);
    assert.equal(
      mesh.said(),
      `404 ${HOST}: the network endpoint group gone-neg names the Cloud Run service gone in europe-west9, and there is none`,
    );
    assert.equal((await as(undefined, `https://${HOST}/unmade`)).code, 502);
    assert.match(mesh.said(), /names a backend service that is not there: https:.*\/unmade-backend$/);
  });

  it("takes the URL map's default for a host that it has a certificate and no rule for", async () => {
    const answer = await as(undefined, `https://www.${HOST}/desk?q=1`);
    assert.deepEqual([answer.code, answer.headers.location], [301, `https://${HOST}/desk?q=1`]);
    assert.equal(mesh.said(), `301 www.${HOST}: the URL map of https redirects to https://${HOST}/desk`);
  });

  it("routes by the host that a request names, whatever host it connected to", async () => {
    const access = await mesh.plane.proxyFor({ email: ADA });
    const answer = await ask(access, `https://${HOST}/`, { headers: { Host: new URL(url("portal")).host } });
    assert.deepEqual([answer.code, answer.headers.location], [301, `https://${HOST}/`]);
  });

  it("is no way to a host without a certificate", async () => {
    await assert.rejects(as(undefined, "https://other.example/"), { message: "CONNECT 502" });
    assert.equal(mesh.said(), "502 other.example: the sandbox does not play other.example:443 and dials nobody");
  });

  it("redirects HTTP to HTTPS, the query kept, where port 80 has a rule", async () => {
    const answer = await plainly(`http://${HOST}/desk?a=1`);
    assert.deepEqual([answer.statusCode, answer.headers.location], [301, `https://${HOST}/desk?a=1`]);
    assert.equal(mesh.said(), `301 ${HOST}: the URL map of http redirects to https://${HOST}/desk`);
  });

  it("says so where nothing listens on port 80", async () => {
    const { id } = mesh.controlPlane
      .list({ type: TYPES.forwardingRule })
      .find(({ state }) => state["name"] === "http")!;
    const { inputs } = mesh.controlPlane.get(TYPES.forwardingRule, id)!;
    mesh.controlPlane.delete({ type: TYPES.forwardingRule, id });
    try {
      assert.equal((await plainly(`http://${HOST}/`)).statusCode, 502);
      assert.equal(mesh.said(), `502 ${HOST}: no forwarding rule listens on port 80 for ${HOST}`);
    } finally {
      mesh.controlPlane.seed(TYPES.forwardingRule, inputs);
    }
  });

  async function plainly(target: string): Promise<IncomingMessage> {
    const proxy = new URL((await mesh.plane.proxyFor({})).url);
    const headers = { Host: new URL(target).host };
    const request = httpRequest({ host: proxy.hostname, port: proxy.port, path: target, headers, agent: false }).end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    return response.resume();
  }
});
