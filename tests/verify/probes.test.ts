import * as assert from "node:assert/strict";
import { accessGraph, parseMesh } from "../../mesh";
import { type Probe, probes, TOKEN_CASES } from "../../verify/probes";
import { outcomeOf, type Target, verify } from "../../verify/result";
import { IMAGE, meshInput, TODAY } from "../mesh/support";

const change = {
  web: { ingress: { all: "partners call it directly" }, access: [{ member: "group:partners@acme.com" }] },
  also: { cron: { image: IMAGE } },
};
const graph = accessGraph(parseMesh(meshInput(change), TODAY).spec!);
const all = probes(graph);
const short = ({ caller, from, to, token, expect }: (typeof all)[number]) =>
  `${caller ?? "nobody"} from ${typeof from === "string" ? from : "its network"} -> ${to}, ${token}: ${typeof expect === "string" ? "passes" : expect.code}`;

describe("the probes of a mesh", () => {
  it("prove every edge by a request that must reach the container", () => {
    assert.deepEqual(all.filter(({ expect }) => expect === "reaches the container").map(short), [
      "group:partners@acme.com from internet -> web, own: passes",
      "web from its network -> api, own: passes",
    ]);
  });

  it("prove that every other service is refused, by its missing grant or by the ingress", () => {
    assert.deepEqual(all.filter(({ token, expect }) => token === "own" && typeof expect === "object").map(short), [
      "api from its network -> web, own: 403",
      "cron from its network -> web, own: 403",
      "cron from its network -> api, own: 404",
      "web from its network -> cron, own: 403",
      "api from its network -> cron, own: 404",
    ]);
  });

  it("knock from the internet at every service", () => {
    assert.deepEqual(all.filter(({ from, caller }) => from === "internet" && caller === undefined).map(short), [
      "nobody from internet -> web, none: 403",
      "nobody from internet -> api, none: 404",
      "nobody from internet -> cron, none: 404",
    ]);
  });

  it("show every wrong token to every service, in the name of somebody who may call it", () => {
    const cases = all.filter(({ to, because }) => to === "api" && because.startsWith("token: "));
    assert.deepEqual(
      cases.map(({ token }) => token),
      TOKEN_CASES.slice(2),
    );
    assert.ok(
      cases.every(({ caller, expect }) => caller === "web" && typeof expect === "object" && expect.code === 401),
    );
  });
});

describe("the probes of a service that is scaled to no instances by hand", () => {
  const off = {
    ...change,
    web: { ...change.web, scaling: { manualInstances: 0 } },
    api: { scaling: { manualInstances: 0 } },
  };
  const sent = probes(accessGraph(parseMesh(meshInput(off), TODAY).spec!));

  it("are answered so, whoever asks with whatever token, but where the ingress lets nobody in", () => {
    const toWeb = sent.filter(({ to }) => to === "web");
    assert.deepEqual(
      [...new Set(toWeb.map(({ expect }) => JSON.stringify(expect)))],
      ['{"code":503,"cause":"no instances"}'],
    );
    assert.deepEqual(toWeb.length, all.filter(({ to }) => to === "web").length);
    const kept = sent.filter(({ to, expect }) => to === "api" && typeof expect === "object" && expect.code !== 503);
    assert.deepEqual(kept.map(short), [
      "cron from its network -> api, own: 404",
      "nobody from internet -> api, none: 404",
    ]);
    assert.equal(sent.find(({ to }) => to === "web")?.because, "no instances; services.web.access[0]");
  });

  it("hold by their code alone, whose page nobody knows", () => {
    const expect = { code: 503, cause: "no instances" } as const;
    assert.equal(outcomeOf(expect, { status: 503, reached: true }), "as expected");
    assert.equal(outcomeOf(expect, { status: 200, reached: true }), "wrong");
    assert.equal(outcomeOf(expect, { status: 503, reached: false, cause: "token" }), "wrong");
  });
});

describe("the probes of ends", () => {
  const ROBOT = "serviceAccount:robot@partner.iam.gserviceaccount.com";
  const open = { ingress: { all: "partners call it directly" } };
  const probesOf = (until: string, access: object[] = []) => {
    const calls = [{ service: "api", until }];
    const web = { ...open, calls, access: [{ member: ROBOT, until }, ...access] };
    const { spec } = parseMesh(meshInput({ web, config: { jobs: { nightly: { image: IMAGE, calls } } } }), TODAY);
    return probes(accessGraph(spec!)).filter(({ token, end, via }) => token === "own" && (end ?? via) !== undefined);
  };
  const told = (all: readonly Probe[]) =>
    all.map(({ caller, via, to, expect, end, until, because }) => [
      via === undefined ? caller : `${caller} as ${via}`,
      to,
      typeof expect === "string" ? "passes" : `${expect.code} ${expect.cause}`,
      end ?? until,
      because,
    ]);

  it("say of whom a deployment ends that they pass until then", () => {
    const end = "ends at the first deployment after 2027-03-31";
    assert.deepEqual(told(probesOf("2027-03-31")), [
      [ROBOT, "web", "passes", end, "services.web.access[0]"],
      ["web", "api", "passes", end, "services.web.calls[0]"],
      ["nightly", "api", "passes", end, "jobs.nightly.calls[0]"],
    ]);
  });

  it("must be refused once the day is over, by the missing grant or the missing way into the network", () => {
    const end = "ended on 2026-11-22";
    const noWay = "ingress: no way through a VPC network";
    assert.deepEqual(told(probesOf("2026-11-22")), [
      [ROBOT, "web", "403 no grant", end, "no grant; services.web.access[0] has ended"],
      ["web", "api", "404 ingress", end, `${noWay}; services.web.calls[0] has ended`],
      ["nightly", "api", "404 ingress", end, `${noWay}; jobs.nightly.calls[0] has ended`],
    ]);
  });

  it("are sent by people as the account that they mint tokens of, until their day", () => {
    const ada = { member: "user:ada@acme.com", until: "2027-03-31" };
    assert.deepEqual(told(probesOf("2026-11-22", [ada])).slice(0, 1), [
      [
        "user:ada@acme.com as web-access-sa@acme-dev.iam.gserviceaccount.com",
        "web",
        "passes",
        "2027-03-31",
        "services.web.access[1]",
      ],
    ]);
  });
});

describe("a verdict", () => {
  it("is green only for what was seen to hold", () => {
    assert.equal(outcomeOf("reaches the container", { status: 500, reached: true }), "as expected");
    assert.equal(outcomeOf("reaches the container", { status: 403, reached: false }), "wrong");
    const refusal = { code: 403, cause: "no grant" } as const;
    assert.equal(outcomeOf(refusal, { status: 403, reached: false }), "as expected");
    assert.equal(outcomeOf(refusal, { status: 403, reached: false, cause: "no grant" }), "as expected");
    assert.equal(outcomeOf(refusal, { status: 403, reached: false, cause: "no token" }), "wrong", "for another reason");
    assert.equal(
      outcomeOf(refusal, { status: 403, reached: true }),
      "wrong",
      "an application's own 403 proves nothing",
    );
    assert.equal(outcomeOf(refusal, { status: 404, reached: false }), "wrong");
    assert.equal(outcomeOf(refusal, { notProbed: "no way in" }), "not probed");
  });

  it("is red for a request without an answer", async () => {
    const target: Target = { name: "dead", send: async () => Promise.reject(new Error("connection refused")) };
    const [result] = await verify(all.slice(0, 1), target);
    assert.deepEqual(
      [result?.outcome, result?.observed],
      ["wrong", { status: 0, reached: false, reason: "connection refused" }],
    );
  });
});
