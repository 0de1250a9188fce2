import * as assert from "node:assert/strict";
import { describe, it } from "mocha";
import { audiences, issuers, people, times } from "./forged/claims";
import { forms } from "./forged/forms";
import { algorithms, extensions, keys, signatures } from "./forged/signing";
import { assertion, google, iap, refusal, signed, verifierWith } from "./support";

const FORGED = { algorithms, keys, extensions, issuers, audiences, times, people, signatures, forms };
const all = Object.values(FORGED).flat();

describe("a forged assertion", () => {
  for (const [kind, cases] of Object.entries(FORGED)) {
    describe(`by its ${kind}`, () => {
      for (const [what, text, message] of cases) {
        it(`that ${what} does not hold`, async () => {
          const { verify } = verifierWith();
          await assert.rejects(verify(text), refusal(message));
          // What it was made from holds, and its having been seen does not help the forged one.
          await verify(assertion());
          await assert.rejects(verify(text), refusal(message));
        });
      }
    });
  }

  it("is told apart by its text alone, so that each of them is another one", () => {
    assert.equal(new Set(all.map(([what]) => what)).size, all.length);
    assert.equal(new Set(all.map(([, text]) => text)).size, all.length);
  });
});

/**
 * Of each signature of ECDSA there is a second form that whoever has the first can make: `s` and the order less `s`. Both
 * are good by the standards (RFC 7518 section 3.4 asks for neither). It says the same of the same person until the same
 * time, so that nothing is gained by it; it counts as another text where verified assertions are remembered.
 */
describe("an assertion with the second form of its signature", () => {
  const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

  it("names the same person as with the first", async () => {
    const { verify } = verifierWith();
    const [head, payload, signature] = assertion().split(".") as [string, string, string];
    const bytes = Buffer.from(signature, "base64url");
    const second = (ORDER - BigInt(`0x${bytes.subarray(32).toString("hex")}`)).toString(16).padStart(64, "0");
    const twin = Buffer.concat([bytes.subarray(0, 32), Buffer.from(second, "hex")]).toString("base64url");
    assert.notEqual(twin, signature);
    assert.deepEqual(await verify(`${head}.${payload}.${twin}`), await verify(`${head}.${payload}.${signature}`));
  });
});

/** RFC 7515 section 4 and RFC 7519 section 4: a name that stands twice is refused, or the last one counts. The last counts. */
describe("an assertion that names something twice", () => {
  it("says what the last one says", async () => {
    const { verify } = verifierWith();
    const json = JSON.stringify(google).replace("{", '{"sub":"accounts.google.com:1",');
    assert.equal((await verify(assertion(json))).principal, "accounts.google.com:1234");
    const [head, payload] = assertion().split(".") as [string, string, string];
    const twice = Buffer.from('{"alg":"none","kid":"k1","alg":"ES256"}').toString("base64url");
    assert.notEqual(twice, head);
    await verify(signed(twice, payload, iap));
  });
});
