import * as assert from "node:assert/strict";
import { Response } from "undici";
import { accessGraph, formatProblems, parseMesh } from "../../mesh";
import { FromHere } from "../../verify/deployed/from-here";
import { type Probe, probes } from "../../verify/probes";
import { expected, outcomeOf } from "../../verify/result";
import { IMAGE as image, meshInput, TODAY } from "../mesh/support";

const STAFF = "group:staff@acme.example";
const ADMINS = "group:admins@acme.example";

function probesOf(service: string): Probe[] {
  const loadBalancer = {
    domains: ["ailab.example"],
    routes: { "/": "portal", "/desk": "desk" },
    iap: { access: [{ member: STAFF }], routes: { "/desk": [{ member: ADMINS, until: "2027-03-31" }] } },
  };
  const input = meshInput({ config: { services: { portal: { image }, desk: { image } }, loadBalancer } });
  const { spec, problems } = parseMesh(input, TODAY);
  assert.ok(spec, formatProblems(problems));
  return probes(accessGraph(spec)).filter(({ to }) => to === service);
}

const told = ({ caller = "nobody", at, to, token, expect, until }: Probe) =>
  `${caller}, ${token} -> ${at ?? to}: ${expected(expect)}${until === undefined ? "" : ` until ${until}`}`;

describe("the probes of a load balancer", () => {
  it("try each route as everybody who may use it, as who may use another, as a stranger, as nobody and with forgeries", () => {
    const at = "https://ailab.example/";
    const refused = "refused with 401 (not signed in)";
    assert.deepEqual(
      probesOf("portal")
        .filter((probe) => probe.at !== undefined)
        .map(told),
      [
        `${STAFF}, signed in -> ${at}: reaches the container`,
        `${ADMINS}, signed in -> ${at}: refused with 403 (no grant)`,
        `nobody, signed in -> ${at}: refused with 403 (no grant)`,
        `nobody, none -> ${at}: ${refused}`,
        `nobody, forged headers -> ${at}: ${refused}`,
        `nobody, forged assertion -> ${at}: ${refused}`,
        "nobody, none -> http://ailab.example/: sent on to https with 301",
      ],
    );
    assert.deepEqual(probesOf("desk").slice(0, 3).map(told), [
      `${STAFF}, signed in -> https://ailab.example/desk: reaches the container`,
      `${ADMINS}, signed in -> https://ailab.example/desk: reaches the container until 2027-03-31`,
      "nobody, signed in -> https://ailab.example/desk: refused with 403 (no grant)",
    ]);
  });

  it("knock at the service's own URL as at any other's, where nobody who signs in may call", () => {
    const own = probesOf("desk").filter((probe) => probe.at === undefined);
    assert.deepEqual(own.slice(0, 2).map(told), [
      "portal, own -> desk: refused with 404 (ingress)",
      "nobody, none -> desk: refused with 404 (ingress)",
    ]);
    assert.ok(own.every(({ expect }) => expect !== "reaches the container"));
  });
});

describe("a probe of a load balancer that is deployed", () => {
  /** What this machine sends, and what it makes of the answer. */
  async function sent(probe: Probe, answer: Response) {
    const requests: { url: string; headers: Headers }[] = [];
    const fromHere = new FromHere({
      credentials: {
        identity: () => assert.fail("asked for credentials"),
        headers: () => assert.fail("asked for credentials"),
      },
      credentialsOf: () => assert.fail("asked for credentials"),
      memberOf: [],
      fetch: async (url, init) => {
        requests.push({ url: String(url), headers: new Headers(init?.headers as Record<string, string>) });
        return answer;
      },
      timeoutMs: 1000,
    });
    const observed = await fromHere.send(probe, probe.at ?? "", new AbortController().signal);
    return { outcome: outcomeOf(probe.expect, observed), request: requests[0] };
  }
  const find = (token: Probe["token"], scheme = "https:") =>
    probesOf("desk").find((probe) => probe.token === token && probe.at?.startsWith(scheme))!;
  const refusal = () =>
    new Response("Invalid IAP credentials: empty token", {
      status: 401,
      headers: { "x-goog-iap-generated-response": "true" },
    });
  const redirect = (location: string) => new Response(null, { status: 301, headers: { location } });

  it("forges what the proxy tells a container, and is refused", async () => {
    const headers = await sent(find("forged headers"), refusal());
    assert.equal(headers.outcome, "as expected");
    assert.equal(
      headers.request?.headers.get("x-goog-authenticated-user-email"),
      "accounts.google.com:admin@forged.example",
    );
    assert.equal(headers.request?.headers.get("x-goog-iap-jwt-assertion"), null);
    const assertion = await sent(find("forged assertion"), refusal());
    assert.equal(assertion.outcome, "as expected");
    assert.equal(assertion.request?.headers.get("x-goog-iap-jwt-assertion")?.split(".").length, 3);
    assert.equal(assertion.request?.headers.get("authorization"), null);
  });

  it("is wrong where the container answers", async () => {
    assert.equal((await sent(find("none"), new Response("hello"))).outcome, "wrong");
    assert.equal((await sent(find("forged assertion"), new Response("hello"))).outcome, "wrong");
  });

  it("has reached a container that sends on to https itself", async () => {
    const open = { ...find("none"), expect: "reaches the container" } as const;
    assert.equal((await sent(open, redirect("https://ailab.example/login"))).outcome, "as expected");
  });

  it("is sent on from port 80, and to https alone", async () => {
    const plain = find("none", "http:");
    const { outcome, request } = await sent(plain, redirect("https://ailab.example/desk"));
    assert.deepEqual([outcome, request?.url], ["as expected", "http://ailab.example/desk"]);
    assert.equal((await sent(plain, redirect("http://elsewhere.example/"))).outcome, "wrong");
    assert.equal((await sent(plain, new Response("hello"))).outcome, "wrong");
  });
});
