import * as assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createTokenSource, type Minted, type Minter, ServiceError } from "../../services/runtime/index";
import { HeldClock, idToken, settled } from "./support";

const AUDIENCE = "https://order-123456789012.europe-west9.run.app";
const HOUR = 3_600_000;

/** A minter like Cloud Run's metadata server: the same token until 4 minutes before its end. */
function setup(more: { attempts?: number; random?: () => number } = {}) {
  const clock = new HeldClock();
  const asked: string[] = [];
  let serial = 0;
  let current: { token: string; expiresAtMs: number } | undefined;
  let behave: ((audience: string, signal: AbortSignal) => Promise<Minted>) | undefined;
  const fresh = (audience: string) => {
    if (!current || current.expiresAtMs - clock.now() <= 240_000) {
      const expiresAtMs = clock.now() + HOUR;
      current = { token: idToken(audience, expiresAtMs, { serial: ++serial }), expiresAtMs };
    }
    return current.token;
  };
  const minter: Minter = {
    name: "the metadata server",
    async mint(audience, signal) {
      asked.push(audience);
      return behave ? behave(audience, signal) : { token: fresh(audience) };
    },
  };
  const failures: string[] = [];
  const source = createTokenSource({
    minter,
    clock,
    random: () => 0.5,
    attempts: 1,
    ...more,
    onFailure: (_, error) => failures.push(error.code),
  });
  const serialOf = (token: string) => JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()).serial;
  return {
    clock,
    asked,
    source,
    failures,
    serialOf,
    forget: () => {
      current = undefined;
    },
    behave: (how: typeof behave) => {
      behave = how;
    },
  };
}

const down = async () => {
  throw new ServiceError("token-unavailable", "the metadata server answered 500");
};

function withCode(code: string, message?: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof ServiceError, String(error));
    assert.equal(error.code, code);
    if (message) assert.match(error.message, message);
    return true;
  };
}

describe("the ID-token source", () => {
  it("asks once for each audience, however many wait, and keeps the token", async () => {
    const { source, asked } = setup();
    const tokens = await Promise.all(Array.from({ length: 200 }, () => source.get(AUDIENCE)));
    await source.get(AUDIENCE);
    assert.equal(new Set(tokens).size, 1);
    assert.deepEqual(asked, [AUDIENCE]);
  });

  it("keeps a token for each audience and forgets the one unused for longest", async () => {
    const clock = new HeldClock();
    const asked: string[] = [];
    const minter: Minter = {
      name: "minter",
      async mint(audience) {
        asked.push(audience);
        return { token: idToken(audience, clock.now() + HOUR) };
      },
    };
    const source = createTokenSource({ minter, clock, random: () => 0, audiences: 2 });
    for (const audience of ["https://a", "https://b", "https://a", "https://c", "https://a", "https://b"]) {
      await source.get(audience);
    }
    assert.deepEqual(asked, ["https://a", "https://b", "https://c", "https://b"]);
  });

  it("does not ask before the metadata server has a new token, then renews in the background", async () => {
    const { source, asked, clock, serialOf } = setup();
    await source.get(AUDIENCE);
    await clock.pass(HOUR - 226_000);
    await source.get(AUDIENCE);
    assert.equal(asked.length, 1);
    await clock.pass(1_000);
    assert.equal(serialOf(await source.get(AUDIENCE)), 1, "the old one serves meanwhile");
    await settled();
    assert.equal(asked.length, 2);
    assert.equal(serialOf(await source.get(AUDIENCE)), 2);
  });

  it("renews once for many calls in the window", async () => {
    const { source, asked, clock } = setup();
    await source.get(AUDIENCE);
    await clock.pass(HOUR - 200_000);
    await Promise.all(Array.from({ length: 100 }, () => source.get(AUDIENCE)));
    assert.equal(asked.length, 2);
  });

  it("asks no sooner than 15 s again when the same token comes back", async () => {
    const { source, asked, clock, behave } = setup();
    const only = idToken(AUDIENCE, clock.now() + HOUR);
    behave(async () => ({ token: only }));
    await source.get(AUDIENCE);
    await clock.pass(HOUR - 200_000);
    for (let call = 0; call < 50; call++) {
      await source.get(AUDIENCE);
      await settled();
    }
    assert.equal(asked.length, 2);
    await clock.pass(15_000);
    await source.get(AUDIENCE);
    assert.equal(asked.length, 3);
  });

  it("fetches nothing while nobody calls", async () => {
    const { source, asked, clock } = setup();
    await source.get(AUDIENCE);
    await clock.pass(5 * HOUR);
    assert.equal(asked.length, 1);
    assert.equal(clock.waiting, 0);
  });

  it("keeps the old token while the metadata server is down, then fails closed", async () => {
    const { source, clock, behave, failures } = setup();
    const first = await source.get(AUDIENCE);
    behave(down);
    await clock.pass(HOUR - 200_000);
    assert.equal(await source.get(AUDIENCE), first);
    await settled();
    assert.deepEqual(failures, ["token-unavailable"]);
    await clock.pass(169_000);
    assert.equal(await source.get(AUDIENCE), first);
    await clock.pass(1_000);
    await assert.rejects(source.get(AUDIENCE), withCode("token-unavailable"));
  });

  it("backs off while the metadata server is down, and recovers", async () => {
    const { source, clock, behave, asked, serialOf } = setup();
    behave(down);
    await assert.rejects(source.get(AUDIENCE), withCode("token-unavailable"));
    for (let call = 0; call < 20; call++) await assert.rejects(source.get(AUDIENCE), withCode("token-unavailable"));
    assert.equal(asked.length, 1);
    behave(undefined);
    await clock.pass(10_000);
    assert.equal(serialOf(await source.get(AUDIENCE)), 1);
  });

  for (const [what, drawn, quietMs] of [
    ["least", 0, 125],
    ["most", 1, 250],
  ] as const) {
    it(`waits ${quietMs} ms at the ${what} after a first failure, so that not all instances ask at once`, async () => {
      const { source, asked, clock, behave } = setup({ random: () => drawn });
      behave(down);
      await assert.rejects(source.get(AUDIENCE));
      await clock.pass(quietMs - 1);
      await assert.rejects(source.get(AUDIENCE));
      assert.equal(asked.length, 1);
      await clock.pass(1);
      await assert.rejects(source.get(AUDIENCE));
      assert.equal(asked.length, 2);
    });
  }

  it("tries again within one fetch", async () => {
    const { source, clock, behave, asked } = setup({ attempts: 3 });
    behave(async (audience) => (asked.length < 3 ? down() : { token: idToken(audience, clock.now() + HOUR) }));
    const token = source.get(AUDIENCE);
    await clock.pass(1_000);
    assert.ok(await token);
    assert.equal(asked.length, 3);
  });

  it("gives a fetch up after its attempts, and says whose fault it was", async () => {
    const { source, clock, behave, asked } = setup({ attempts: 3 });
    behave(down);
    const token = assert.rejects(
      source.get(AUDIENCE),
      withCode("token-unavailable", /^the metadata server answered 500$/),
    );
    await clock.pass(4_000);
    await token;
    assert.equal(asked.length, 3);
  });

  it("does not ask again whom nobody has given credentials", async () => {
    const { source, behave, asked } = setup({ attempts: 3 });
    behave(async () => {
      throw new ServiceError("credentials-unavailable", "no default credentials on this machine");
    });
    await assert.rejects(source.get(AUDIENCE), withCode("credentials-unavailable"));
    assert.equal(asked.length, 1);
  });

  it("gives up on a metadata server that does not answer", async () => {
    const { source, clock, behave } = setup();
    behave(() => new Promise(() => {}));
    const token = assert.rejects(
      source.get(AUDIENCE),
      withCode("token-unavailable", /gave no ID token within 5000 ms/),
    );
    await clock.pass(5_000);
    await token;
  });

  it("lets one caller give up without the others", async () => {
    const { source, behave, clock } = setup();
    let deliver!: (minted: Minted) => void;
    behave(() => new Promise((resolve) => (deliver = resolve)));
    const hasty = new AbortController();
    const one = source.get(AUDIENCE, hasty.signal);
    const other = source.get(AUDIENCE);
    hasty.abort(new ServiceError("callee-timeout", "too late"));
    await assert.rejects(one, withCode("callee-timeout"));
    await settled();
    deliver({ token: idToken(AUDIENCE, clock.now() + HOUR) });
    assert.ok(await other);
  });

  for (const [what, token, message] of [
    ["text", "<html>not found</html>", /no JWT/],
    ["nothing", "", /no JWT/],
    ["a JWT with more behind it", `${idToken(AUDIENCE, Date.UTC(2027, 0, 1))} more`, /no JWT/],
    ["a JWT with more before it", `Bearer ${idToken(AUDIENCE, Date.UTC(2027, 0, 1))}`, /no JWT/],
    ["a JWT of two parts", "YQ.YQ", /no JWT/],
    ["a JWT with an empty part", idToken(AUDIENCE, Date.UTC(2027, 0, 1)).replace(/[^.]+$/, ""), /no JWT/],
    ["a JWT of garbage", "YQ.YQ.YQ", /claims cannot be read/],
    ["an access token", "ya29.a0AfH6SMBx", /no JWT/],
    ["a token for another audience", idToken("https://user.example", Date.UTC(2027, 0, 1)), /for another audience/],
    ["a token without an end", idToken(AUDIENCE, 0, { exp: undefined }), /without "exp"/],
    ["an expired token", idToken(AUDIENCE, Date.UTC(2025, 11, 31)), /has expired, or is about to/],
  ] as const) {
    it(`refuses ${what}, and does not repeat it in the error`, async () => {
      const { source, behave } = setup();
      behave(async () => ({ token }));
      await assert.rejects(source.get(AUDIENCE), (error: Error) => {
        withCode("token-invalid", message)(error);
        if (token) assert.ok(!error.message.includes(token));
        return true;
      });
    });
  }

  for (const [what, skewMs] of [
    ["behind", 2 * HOUR],
    ["ahead of", -2 * HOUR],
  ] as const) {
    it(`judges a token by the minter's clock where this machine's is ${what} it`, async () => {
      const { source, behave, clock, asked } = setup();
      behave(async () => {
        const mintersNowMs = clock.now() + skewMs;
        return { token: idToken(AUDIENCE, mintersNowMs + HOUR), mintersNowMs };
      });
      await source.get(AUDIENCE);
      await clock.pass(HOUR - 226_000);
      await source.get(AUDIENCE);
      assert.equal(asked.length, 1);
      await clock.pass(226_000);
      await source.get(AUDIENCE);
      assert.equal(asked.length, 2);
    });
  }

  it("fetches another token by force once, and not again for 10 s", async () => {
    const { source, clock, forget, asked, serialOf } = setup();
    const first = await source.get(AUDIENCE);
    forget();
    const second = await source.renew(AUDIENCE, first);
    assert.equal(serialOf(second), 2);
    assert.equal(await source.renew(AUDIENCE, first), second, "somebody else has renewed it already");
    forget();
    assert.equal(await source.renew(AUDIENCE, second), second);
    assert.equal(asked.length, 2);
    await clock.pass(10_000);
    assert.equal(serialOf(await source.renew(AUDIENCE, second)), 3);
  });
});
