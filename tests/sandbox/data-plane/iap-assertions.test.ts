import * as assert from "node:assert/strict";
import { describe, it } from "mocha";
import { AssertionSigner, identityClaims } from "../../../sandbox/data-plane/identity/assertions";
import { createIapVerifier, createLog } from "../../../services/runtime/index";
import { HeldClock } from "../../services/support";

const AUDIENCE = "/projects/123456789012/global/backendServices/4567890123456789012";
const POOL = "locations/global/workforcePools/acme-staff";
const PRINCIPAL = `principal://iam.googleapis.com/${POOL}/subject/8f2c-ada`;

describe("an assertion that the sandbox's IAP signs", () => {
  const clock = new HeldClock();
  const signer = new AssertionSigner(() => new Date(clock.now()));
  const verify = createIapVerifier({
    audiences: [AUDIENCE],
    requireEmail: false,
    loadIapKeys: () => signer.keySet(),
    clock,
    log: createLog({ clock, line: () => {} }),
  });
  const ada = { email: "ada@acme.example", sub: "1234" };
  const google = identityClaims(ada, undefined, ada.email);

  it("holds for a service's verifier, which is told the same person", async () => {
    assert.deepEqual(await verify(await signer.assertion(google, AUDIENCE)), {
      principal: "accounts.google.com:1234",
      subject: "accounts.google.com:1234",
      email: "ada@acme.example",
      source: "google",
    });
    const member = { principal: PRINCIPAL, pool: POOL };
    const { subject, ...person } = await verify(
      await signer.assertion(identityClaims(ada, member, undefined), AUDIENCE),
    );
    assert.deepEqual(person, { principal: PRINCIPAL, source: "workforce", workforcePool: "acme-staff" });
    assert.match(subject, /^sts\.google\.com:AAFTZ/);
  });

  for (const [flaw, message] of [
    ["FUTURE_ISSUE", "it is from the future"],
    ["PAST_EXPIRATION", "it has expired"],
    ["ISSUER", "its issuer is not IAP"],
    ["AUDIENCE", "it is meant for another audience"],
    ["SIGNATURE", "its signature does not fit"],
  ] as const) {
    it(`with the flaw ${flaw}, asked for to test an application, does not hold`, async () => {
      await assert.rejects(verify(await signer.assertion(google, AUDIENCE, flaw)), {
        code: "identity-invalid",
        status: 401,
        message: `the assertion of IAP does not hold: ${message}`,
      });
    });
  }
});
