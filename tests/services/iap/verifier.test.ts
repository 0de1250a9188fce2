import * as assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  AUDIENCE,
  assertion,
  google,
  jwk,
  now,
  PRINCIPAL,
  refusal,
  stranger,
  verifierWith,
  without,
  workforce,
} from "./support";

describe("an assertion of IAP that holds", () => {
  it("names a Google account by its subject", async () => {
    const { verify } = verifierWith();
    const person = {
      principal: "accounts.google.com:1234",
      subject: "accounts.google.com:1234",
      email: "ada@acme.example",
      source: "google",
    };
    assert.deepEqual(await verify(assertion(google)), person);
    assert.deepEqual(await verify(assertion(without(google, "identity_source"))), person);
  });

  const person = {
    principal: PRINCIPAL,
    subject: "sts.google.com:AAFTZopaque",
    source: "workforce",
    workforcePool: "acme-staff",
  };
  for (const source of ["WORKFORCE_IDENTITY", "WORKFORCE_IDENTITY_FEDERATION", undefined]) {
    it(`names somebody of a workforce pool by the principal that IAM knows, where the source reads ${source}`, async () => {
      const { verify } = verifierWith({ requireEmail: false });
      const claims = { ...workforce, identity_source: source };
      assert.deepEqual(await verify(assertion(claims)), person);
      assert.deepEqual(await verify(assertion({ ...claims, email: "ada@acme.example" })), {
        ...person,
        email: "ada@acme.example",
      });
    });
  }

  it("names somebody of a workforce pool where it leaves the pool's name to the principal", async () => {
    const { verify } = verifierWith({ requireEmail: false });
    const claims = { ...workforce, workforce_identity: { iam_principal: PRINCIPAL } };
    assert.deepEqual(await verify(assertion(claims)), person);
  });

  it("needs an e-mail address unless it is told otherwise", async () => {
    const { verify } = verifierWith();
    const message = 'it has no "email"; people of a workforce pool have one where its provider maps google.email';
    for (const claims of [
      without(google, "email"),
      workforce,
      { ...google, email: "" },
      { ...google, email: ["a@b"] },
    ]) {
      await assert.rejects(verify(assertion(claims)), refusal(message));
    }
    await verify(assertion({ ...workforce, email: "ada@acme.example" }));
  });

  it("gives no e-mail address that could not stand in a header", async () => {
    const { verify } = verifierWith({ requireEmail: false });
    for (const email of ["a@acme.example\r\nx: y", "ada lovelace@acme.example", "", 7, ["a@b"], null]) {
      assert.equal((await verify(assertion({ ...google, email }))).email, undefined);
    }
  });

  it("may be for each of several audiences that are set", async () => {
    const direct = "/projects/123456789012/locations/europe-west9/services/web";
    const { verify } = verifierWith({ audiences: [AUDIENCE, direct] });
    await verify(assertion({ ...google, aud: direct }));
    await verify(assertion(google));
  });

  it("is good with 30 s of leeway on both sides, and to the second", async () => {
    const { verify } = verifierWith();
    await verify(assertion({ ...google, iat: now - 629, exp: now - 29 }));
    await verify(assertion({ ...google, iat: now + 30, exp: now + 630 }));
    await verify(assertion({ ...google, iat: now - 30, exp: now + 630 }));
  });

  it("may carry header parameters that are not read: no key is taken from where it points", async () => {
    await verifierWith().verify(assertion(google, { jku: "https://attacker.example/keys", jwk: jwk("k1", stranger) }));
  });
});

describe("without an assertion, or without an audience", () => {
  it("a request is refused as one that does not come through IAP", async () => {
    await assert.rejects(verifierWith().verify(undefined), {
      code: "identity-missing",
      status: 401,
      message: "the request carries no assertion of IAP; open this through IAP",
    });
  });

  it("nothing holds, and the error names the variable", async () => {
    const { verify } = verifierWith({ audiences: [] });
    for (const text of [assertion(), undefined]) {
      await assert.rejects(verify(text), {
        code: "identity-audience-unknown",
        status: 503,
        message: "IAP_AUDIENCE is not set, so that no assertion of IAP is known to be meant for this service",
      });
    }
  });
});

describe("a verified assertion", () => {
  /** Counts signatures that are checked. */
  async function signatures(work: () => Promise<unknown>): Promise<number> {
    const { verify } = crypto.subtle;
    let count = 0;
    crypto.subtle.verify = (...args: Parameters<typeof verify>) => {
      count += 1;
      return verify.apply(crypto.subtle, args);
    };
    try {
      await work();
    } finally {
      crypto.subtle.verify = verify;
    }
    return count;
  }

  it("is remembered by its bytes, and forgotten 30 s after its end", async () => {
    const { verify, clock } = verifierWith();
    const text = assertion();
    const first = await verify(text);
    assert.equal(await signatures(async () => assert.deepEqual(await verify(text), first)), 0);
    await clock.pass(619_999);
    assert.equal(await signatures(() => verify(text)), 0);
    await clock.pass(1);
    await assert.rejects(verify(text), refusal("it has expired"));
  });

  it("vouches for no other one, of the same person or with other bytes for the same claims", async () => {
    const { verify } = verifierWith();
    const text = assertion();
    await verify(text);
    assert.equal(await signatures(() => verify(assertion())), 1);
    const [head, , signature] = text.split(".");
    const admin = Buffer.from(JSON.stringify({ ...google, email: "root@acme.example" })).toString("base64url");
    await assert.rejects(verify(`${head}.${admin}.${signature}`), refusal("its signature does not fit"));
  });

  it("is remembered among a number of others at most: those unused for longest go first", async () => {
    const { verify } = verifierWith({ remembered: 4 });
    const [a, b, c, d, e, f] = ["a", "b", "c", "d", "e", "f"].map((sub) => assertion({ ...google, sub }));
    const checked = (...texts: (string | undefined)[]) =>
      signatures(async () => {
        for (const text of texts) await verify(text);
      });
    assert.equal(await checked(a, b, c, d), 4);
    assert.equal(await checked(d, c), 0);
    assert.equal(await checked(a), 0);
    assert.equal(await checked(e), 1);
    assert.equal(await checked(a, f), 1);
    assert.equal(await checked(b), 1);
  });

  it("names a person whom no request can make another one for the next", async () => {
    const { verify } = verifierWith();
    const text = assertion();
    for (let time = 0; time < 3; time++) {
      const person = await verify(text);
      assert.equal(person.principal, "accounts.google.com:1234");
      Object.assign(person, { principal: "accounts.google.com:1" });
    }
  });

  it("is not remembered where it was refused", async () => {
    const { verify } = verifierWith();
    const text = assertion(without(google, "sub"));
    for (let time = 0; time < 2; time++) {
      const count = await signatures(() => assert.rejects(verify(text), refusal('it has no "sub"')));
      assert.equal(count, 1);
    }
  });
});
