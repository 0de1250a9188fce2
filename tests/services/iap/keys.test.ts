import * as assert from "node:assert/strict";
import { describe, it } from "mocha";
import { MockAgent } from "undici";
import { createIapKeys, IAP_KEYS_URL, iapKeysOverHttp } from "../../../services/runtime/iap/keys";
import { createLog } from "../../../services/runtime/index";
import { HeldClock } from "../support";
import { jwk, stranger } from "./support";

describe("the keys of IAP", () => {
  const source = () => {
    const clock = new HeldClock();
    const world = { loads: 0, fails: false, set: { keys: [jwk("k1")] } as unknown };
    const log: Record<string, unknown>[] = [];
    const loadIapKeys = async () => {
      world.loads += 1;
      if (world.fails) throw new Error("down");
      return world.set;
    };
    const keys = createIapKeys({
      loadIapKeys,
      clock,
      log: createLog({ clock, line: (line) => log.push(JSON.parse(line)) }),
    });
    return { clock, world, log, keys };
  };
  const unavailable = {
    code: "identity-keys-unavailable",
    status: 503,
    message: "the keys of IAP could not be fetched",
  };

  it("are fetched once however many ask, and found again when they rotate", async () => {
    const { clock, world, keys } = source();
    await Promise.all(Array.from({ length: 20 }, () => keys.get("k1")));
    assert.equal(world.loads, 1);
    world.set = { keys: [jwk("k2")] };
    assert.equal(await keys.get("k2"), undefined);
    assert.equal(world.loads, 1, "an unknown id is no reason to ask within half a minute");
    await clock.pass(30_000);
    assert.ok(await keys.get("k2"));
    assert.equal(await keys.get("k1"), undefined);
    assert.equal(world.loads, 2);
  });

  it("are fetched anew in the background after ten minutes, while the known ones serve", async () => {
    const { clock, world, keys } = source();
    await keys.get("k1");
    await clock.pass(10 * 60_000 - 1);
    await keys.get("k1");
    assert.equal(world.loads, 1);
    await clock.pass(1);
    assert.ok(await keys.get("k1"));
    assert.equal(world.loads, 2);
  });

  it("serve on while they cannot be fetched anew, for a day", async () => {
    const { clock, world, keys } = source();
    await keys.get("k1");
    world.fails = true;
    await clock.pass(11 * 60_000);
    assert.ok(await keys.get("k1"));
    await clock.pass(23 * 3_600_000);
    assert.ok(await keys.get("k1"));
    await clock.pass(3_600_000);
    await assert.rejects(keys.get("k1"), unavailable);
  });

  it("are asked for again a second after a failure where there are none, and no invented id is among them", async () => {
    const { clock, world, keys, log } = source();
    world.fails = true;
    await assert.rejects(keys.get("k1"), unavailable);
    await assert.rejects(keys.get("k1"), unavailable);
    assert.equal(world.loads, 1);
    const { severity, message, code, cause } = log[0]!;
    assert.deepEqual(
      { severity, message, code, cause },
      { severity: "WARNING", message: unavailable.message, code: unavailable.code, cause: "Error: down" },
    );
    world.fails = false;
    await clock.pass(1_000);
    assert.ok(await keys.get("k1"));
    world.fails = true;
    await clock.pass(30_000);
    assert.equal(await keys.get("invented"), undefined);
    assert.equal(world.loads, 3);
    await clock.pass(600_000);
    await assert.rejects(keys.get("invented"), unavailable);
  });

  it("are given up on after five seconds", async () => {
    const clock = new HeldClock();
    const aborted: unknown[] = [];
    const keys = createIapKeys({
      loadIapKeys: (signal) => new Promise(() => signal.addEventListener("abort", () => aborted.push(signal.reason))),
      clock,
      log: createLog({ clock, line: () => {} }),
    });
    const asked = assert.rejects(keys.get("k1"), unavailable);
    await clock.pass(5_000);
    await asked;
    assert.deepEqual(aborted.map(String), ["ServiceError: no keys within 5000 ms"]);
  });

  for (const [what, set] of [
    ["no set", "<html>"],
    ["nothing", null],
    ["a set without keys", { keys: [] }],
    [
      "keys of other kinds alone",
      {
        keys: [
          { kty: "RSA", kid: "k1" },
          { ...jwk("k1"), crv: "P-384" },
        ],
      },
    ],
    ["keys without an id", { keys: [{ ...jwk("k1"), kid: undefined }] }],
    ["a point that is not on the curve", { keys: [{ ...jwk("k1"), y: jwk("k1")["x"] }] }],
  ] as const) {
    it(`are not to be had where the answer holds ${what}, and known ones stay`, async () => {
      const first = source();
      first.world.set = set;
      await assert.rejects(first.keys.get("k1"), unavailable);
      const later = source();
      const known = await later.keys.get("k1");
      later.world.set = set;
      await later.clock.pass(10 * 60_000);
      await later.keys.get("k1");
      await later.clock.pass(0);
      assert.equal(later.world.loads, 2);
      assert.equal(await later.keys.get("k1"), known);
    });
  }

  it("are those of a set that are keys, whatever else is in it", async () => {
    const { world, keys } = source();
    world.set = { keys: [null, { ...jwk("k0"), x: "AA" }, { kty: "EC", crv: "P-256", kid: "none" }, jwk("k1")] };
    assert.ok(await keys.get("k1"));
    assert.equal(await keys.get("k0"), undefined);
  });

  it("are the last ones published: one that was taken back is not known", async () => {
    const { clock, world, keys } = source();
    await keys.get("k1");
    world.set = { keys: [jwk("k1", stranger)] };
    const before = await keys.get("k1");
    await clock.pass(10 * 60_000);
    await keys.get("k1");
    await clock.pass(0);
    assert.notEqual(await keys.get("k1"), before);
  });
});

describe("the keys of IAP over HTTP", () => {
  async function load(status: number, body: string) {
    const agent = new MockAgent();
    agent.disableNetConnect();
    const { origin, pathname } = new URL(IAP_KEYS_URL);
    agent.get(origin).intercept({ path: pathname }).reply(status, body);
    try {
      return await iapKeysOverHttp(agent)(AbortSignal.timeout(5_000));
    } finally {
      await agent.close();
    }
  }

  it("are what Google's file holds, and not what another answer does", async () => {
    assert.deepEqual(await load(200, '{"keys":[]}'), { keys: [] });
    await assert.rejects(load(503, '{"keys":[]}'), { name: "TypeError", message: "answered 503" });
    await assert.rejects(load(302, ""), { name: "TypeError", message: "answered 302" });
    await assert.rejects(load(200, "<html>"), { name: "SyntaxError" });
  });
});
