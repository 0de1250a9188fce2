import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { accessGraph, parseMesh } from "../../mesh";
import { IMAGE, TODAY } from "./support";

/** Configs around the border between right and wrong: mostly sound values, some odd ones, some of no form at all. */
const key = fc.constantFrom("web", "api", "db", "constructor", "a", "orders-of-the-north");
const mostly = <T>(sound: fc.Arbitrary<T>, odd: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 39, arbitrary: sound }, { weight: 1, arbitrary: odd });
const junk = fc.oneof(fc.jsonValue(), fc.constant("__proto__"), fc.constant(undefined));
const until = mostly(fc.constantFrom("2027-03-31", "2027-03-31 00:00:00 +0000 UTC", "2020-01-31"), fc.string());
const member = mostly(
  fc.constantFrom("serviceAccount:a@p.iam.gserviceaccount.com"),
  fc.constantFrom("allUsers", "user:a@acme.com", "domain:x.com"),
);

const service = fc.record(
  {
    image: mostly(fc.constant(IMAGE), junk),
    calls: mostly(fc.uniqueArray(fc.constantFrom("web", "api"), { maxLength: 1 }), junk),
    ingress: mostly(fc.constantFrom("internal", "load-balancer", { all: "the internet may call it" }), junk),
    access: mostly(fc.array(fc.record({ member, until }, { requiredKeys: ["member"] }), { maxLength: 1 }), junk),
    env: mostly(
      fc.dictionary(fc.stringMatching(/^[A-Z]{1,6}$/), fc.oneof(fc.string(), fc.integer(), fc.boolean()), {
        maxKeys: 2,
      }),
      junk,
    ),
    scaling: mostly(fc.record({ minInstances: fc.nat(2), maxInstances: fc.integer({ min: 2, max: 9 }) }), junk),
    startupProbe: mostly(fc.constant({ httpGet: { path: "/health" } }), junk),
    volumes: mostly(fc.constant({ cache: { mountPath: "/cache", emptyDir: {} } }), junk),
    labels: mostly(fc.constant({ team: "shop" }), junk),
    traffic: mostly(fc.constant([{ percent: 100 }]), junk),
  },
  { requiredKeys: ["image"] },
);

const others = fc.uniqueArray(fc.tuple(key, mostly(service, junk)), { selector: ([name]) => name, maxLength: 3 });
const config = fc
  .tuple(service, others, mostly(fc.constant({ network: "default", subnetwork: "default" }), junk))
  .map(([web, rest, network]) => ({
    services: Object.fromEntries([["api", { image: IMAGE }], ["web", web], ...rest]),
    network,
  }));

describe("any config", () => {
  it("parses or is refused with a reason, never crashes, and at least 30 % of the generated ones parse", () => {
    let [total, sound] = [0, 0];
    fc.assert(
      fc.property(config, (generated) => {
        const { spec, problems, warnings } = parseMesh(
          { project: "p", region: "us-central1", projectNumber: "123456789012", config: generated },
          TODAY,
        );
        total++;
        assert.equal(spec === undefined, problems.length > 0);
        for (const { path, message } of problems) assert.ok(path.length > 0 && message.length > 0);
        if (!spec) return;
        sound++;
        const { services, edges, ended } = accessGraph(spec);
        assert.ok(edges.every(({ to }) => services.some(({ key: known }) => known === to)));
        assert.equal(warnings.length, ended.length);
        assert.ok(edges.every(({ isOver }) => !isOver) && ended.every(({ isOver }) => isOver));
      }),
      { numRuns: 2000, seed: 20261123 },
    );
    assert.ok(sound / total >= 0.3, `${sound} of ${total} parse`);
  });

  it("of no form at all is refused with a reason", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (generated) => {
        const { problems } = parseMesh(
          { project: "p", region: "us-central1", projectNumber: "123456789012", config: generated },
          TODAY,
        );
        assert.ok(problems.length > 0);
      }),
      { numRuns: 500 },
    );
  });
});
