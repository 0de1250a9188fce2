/** The contract of every stack config that ships, held by the sandbox: one test per probe. */
import * as assert from "node:assert/strict";
import { type Probe, probes } from "../../verify/probes";
import { expected, outcomeOf, seen } from "../../verify/result";
import { sandboxGrants } from "../../verify/sandbox-policies";
import { factOf, NOBODY_ELSE, othersLetIn, wrongOf } from "./facts";
import {
  callersOf,
  graphOf,
  madeCallersOf,
  openSandboxMesh,
  type Running,
  receiversOf,
  routesOf,
  STACK_CONFIGS,
  stackConfigOf,
} from "./running";

/** Every way in which a token can be wrong, besides being absent. */
const WRONG_TOKENS = ["expired", "wrong audience", "wrong key", "altered", "alg none", "other issuer", "access token"];

const SECOND_MS = 1000;

for (const file of STACK_CONFIGS) {
  const stackConfig = stackConfigOf(file);
  const all = probes(graphOf(stackConfig));

  describe(`the probes of ${file}`, () => {
    const services = receiversOf(stackConfig);
    const keys = Object.keys(services);
    const callers = callersOf(stackConfig);
    const edges = Object.entries(callers).flatMap(([caller, { calls = [] }]) =>
      calls.map((call) => `${caller} -> ${typeof call === "string" ? call : call.service}`),
    );
    const written = keys.flatMap((callee) =>
      [services[callee]?.access ?? [], services[callee]?.iap?.access ?? []]
        .flat()
        .map(({ member }) => `${member} -> ${callee}`),
    );
    const routes = routesOf(stackConfig);
    const through = routes.flatMap(({ service, members }) => members.map((member) => `${member} -> ${service}`));
    const comers = new Set(routes.flatMap(({ members }) => members));
    const grants = [...written, ...madeCallersOf(stackConfig), ...through];
    const direct = all.filter(({ at }) => at === undefined);
    const behindIap = keys.filter((key) => services[key]?.iap !== undefined);
    const behindIam = keys.filter((key) => !behindIap.includes(key));
    const edgeOf = ({ caller, to }: Probe) => `${caller} -> ${to}`;
    const sorted = (list: readonly string[]) => list.toSorted();

    it("are one for every call and every grant that the file has, which must pass", () => {
      const passing = all.filter(({ expect }) => expect === "reaches the container");
      assert.ok(passing.length > 0);
      assert.deepEqual(sorted(passing.map(edgeOf)), sorted([...edges, ...grants]));
    });

    it("are one for every other caller and service, which must fail for want of a grant, a way or a person", () => {
      const pairs = Object.keys(callers).flatMap((caller) =>
        keys.filter((key) => key !== caller).map((key) => `${caller} -> ${key}`),
      );
      const refused = all.filter(({ token, expect }) => token === "own" && expect !== "reaches the container");
      assert.deepEqual(sorted(refused.map(edgeOf)), sorted(pairs.filter((pair) => !edges.includes(pair))));
      for (const { to, expect } of refused) {
        assert.ok(typeof expect === "object");
        assert.ok(["ingress", behindIap.includes(to) ? "not signed in" : "no grant"].includes(expect.cause));
      }
    });

    for (const key of behindIam) {
      it(`show ${key} every wrong token once, no token from where it can be reached, and none from the internet`, () => {
        const shown = direct.filter(({ to, token }) => to === key && token !== "own");
        assert.deepEqual(sorted(shown.map(({ token }) => token)), sorted([...WRONG_TOKENS, "none", "none"]));
        const nobody = shown.filter(({ token, from, caller }) => token === "none" && from === "internet" && !caller);
        assert.equal(nobody.length, 1);
        for (const { token, expect } of shown) {
          if (token !== "none") assert.deepEqual(expect, { code: 401, cause: "token" });
          else assert.notEqual(expect, "reaches the container");
        }
      });
    }

    for (const key of behindIap) {
      it(`come to ${key} from nobody who is signed in, and from somebody signed in whom it does not know`, () => {
        const strangers = all.filter(({ to, caller }) => to === key && caller === undefined);
        const seen = strangers.map(({ token, expect }) => [token, expect]).toSorted();
        assert.deepEqual(seen, [
          ["none", { code: 401, cause: "not signed in" }],
          ["signed in", { code: 403, cause: "no grant" }],
        ]);
      });
    }

    for (const { path, service, members } of routes) {
      it(`come to ${path} of the load balancer as everybody who comes to any route, as strangers and by forgeries`, () => {
        const shown = all.filter(({ to, at }) => to === service && at !== undefined && new URL(at).pathname === path);
        const people = shown.filter(({ token, caller }) => token === "signed in" && caller !== undefined);
        assert.deepEqual(
          people.map(({ caller, expect }) => [caller, expect === "reaches the container"]).toSorted(),
          [...comers].map((member) => [member, members.includes(member)]).toSorted(),
        );
        const others = shown.filter(({ caller }) => caller === undefined);
        assert.deepEqual(sorted(others.map(({ token, expect }) => `${token}: ${expected(expect)}`)), [
          "forged assertion: refused with 401 (not signed in)",
          "forged headers: refused with 401 (not signed in)",
          "none: refused with 401 (not signed in)",
          "none: sent on to https with 301",
          "signed in: refused with 403 (no grant)",
        ]);
      });
    }

    it("are no more than that, and each states a fact of its own", () => {
      const others = behindIam.length * (WRONG_TOKENS.length + 2) + behindIap.length * 2;
      const nonEdges = keys.length * (Object.keys(callers).length - 1) - edges.length;
      const throughBalancer = routes.length * (comers.size + 5);
      assert.equal(direct.length, edges.length + grants.length - through.length + nonEdges + others);
      assert.equal(all.length, direct.length + throughBalancer);
      assert.equal(new Set(all.map(factOf)).size, all.length);
    });
  });

  describe(`${file} in the sandbox`, () => {
    let running: Running;
    let now: (() => Date) | undefined;
    before(async () => {
      running = await openSandboxMesh(stackConfig, () => now?.() ?? new Date());
    });
    after(() => running?.close());
    afterEach(() => {
      now = undefined;
    });

    for (const probe of all) {
      it(factOf(probe), async () => assert.equal(await wrongOf(probe, running.target), undefined));
    }

    it(NOBODY_ELSE, async () => {
      const keys = Object.keys(receiversOf(stackConfig));
      const report = await sandboxGrants(running.controlPlane, stackConfig, running.outputs);
      assert.deepEqual(othersLetIn(report), []);
      assert.ok(report.policies > keys.length, "each service and each account has a policy");
    });

    for (const [key, { ingress, iap }] of Object.entries(receiversOf(stackConfig))) {
      if (iap) continue;
      const stranger: Probe = {
        from: typeof ingress === "object" ? "internet" : "vpc",
        to: key,
        token: "own",
        expect: { code: 403, cause: "no grant" },
        because: "nobody gave it a grant",
      };
      it(factOf(stranger), async () => assert.equal(await wrongOf(stranger, running.target), undefined));
    }

    it("is what the probes were made for", () => {
      assert.deepEqual(probes(running.graph), all);
    });

    for (const probe of all.filter(({ until }) => until !== undefined)) {
      it(`${factOf(probe)}: its last second, and is refused with 403 from then on`, async () => {
        const end = Date.parse(`${probe.until}T00:00:00Z`) + 24 * 60 * 60 * SECOND_MS;
        now = () => new Date(end - SECOND_MS);
        assert.equal(await wrongOf(probe, running.target), undefined);
        now = () => new Date(end);
        const after = await running.target.send(probe);
        assert.equal(outcomeOf({ code: 403, cause: "no grant" }, after), "as expected", seen(after));
      });
    }
  });
}
