/**
 * How long services take to verify an assertion of Identity-Aware Proxy: the runtime's verifier beside the library that it
 * stands on and beside Google's own. Each verification is awaited before the next begins, so that one core does the work.
 */
import { generateKeyPairSync } from "node:crypto";
import Table from "cli-table3";
import { OAuth2Client } from "google-auth-library";
import { createLocalJWKSet, exportJWK, type JSONWebKeySet, jwtVerify, SignJWT } from "jose";
import { createIapVerifier, createLog, systemClock } from "../services/runtime/index";
import { type Figures, type Measured, measure } from "./measure";

const AUDIENCE = "/projects/123456789012/global/backendServices/4567890123456789012";
const ISSUER = "https://cloud.google.com/iap";
/** Distinct assertions: twice as many as the verifier remembers, so that it finds none of them again. */
const ASSERTIONS = 2_000;
/** Turns of each contender in a round. Short ones, so that what else the machine does falls on all of them alike. */
const TURNS = 10;
/** Verifications per turn. */
const NEW = 200;
/** The same, of assertions that the verifier remembers. */
const REPEATED = 20_000;

type Verify<Form = string> = (assertion: Form) => Promise<unknown>;

export async function iapAssertionBench(rounds: number): Promise<Figures> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const set: JSONWebKeySet = { keys: [{ ...(await exportJWK(publicKey)), kid: "k1", alg: "ES256", use: "sig" }] };
  const pem = publicKey.export({ format: "pem", type: "spki" }).toString();
  const assertions: string[] = [];
  for (let index = 0; index < ASSERTIONS; index++) assertions.push(await assertionOf(index, privateKey));

  const keys = createLocalJWKSet(set);
  const jose: Verify = (assertion) =>
    jwtVerify(assertion, keys, {
      algorithms: ["ES256"],
      issuer: ISSUER,
      audience: AUDIENCE,
      clockTolerance: 30,
      maxTokenAge: 660,
      requiredClaims: ["exp", "sub"],
    });
  const google = new OAuth2Client();
  const googles: Verify = (assertion) =>
    google.verifySignedJwtWithCertsAsync(assertion, { k1: pem }, AUDIENCE, [ISSUER]);
  const verifier = () =>
    createIapVerifier({
      audiences: [AUDIENCE],
      loadIapKeys: async () => set,
      clock: systemClock,
      log: createLog({ clock: systemClock }),
    });
  const [own, remembering] = [verifier(), verifier()];
  // A string of its own for each request, as a server reads one from its connection.
  const again: Verify<Buffer> = (bytes) => remembering(bytes.toString("latin1"));
  const few = assertions.slice(0, 100).map((assertion) => Buffer.from(assertion));

  const [direct, verified, theirs, remembered] = (await measure(
    [
      { name: "jose called directly", run: turn(jose, assertions, NEW) },
      { name: "runtime, each assertion new", run: turn(own, assertions, NEW) },
      { name: "google-auth-library", run: turn(googles, assertions, NEW) },
      { name: "runtime, assertions remembered", run: turn(again, few, REPEATED) },
    ],
    rounds * TURNS,
    () => {},
  )) as [Measured, Measured, Measured, Measured];

  const slower = verified.median / direct.median - 1;
  const rate = perSecond(REPEATED, remembered.median);
  return {
    measured: [],
    tables: [
      table([
        [direct, NEW],
        [verified, NEW],
        [theirs, NEW],
        [remembered, REPEATED],
      ]),
    ],
    verdicts: [
      {
        promise: "an assertion is verified within 10 % of jose called directly",
        measured: `${slower < 0 ? "" : "+"}${(slower * 100).toFixed(1)} %`,
        kept: slower <= 0.1,
      },
      {
        promise: "assertions that are remembered are verified 100,000 times a second on one core",
        measured: `${Math.round(rate).toLocaleString("en")}/s`,
        kept: rate >= 100_000,
      },
    ],
  };
}

/** Verifies a number of assertions, each time from where it stopped. */
function turn<Form>(verify: Verify<Form>, assertions: readonly Form[], times: number): () => Promise<void> {
  let at = 0;
  return async () => {
    for (let end = at + times; at < end; at++) await verify(assertions[at % assertions.length]!);
  };
}

async function assertionOf(index: number, key: Parameters<SignJWT["sign"]>[0]): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    azp: AUDIENCE,
    email: `person-${index}@acme.example`,
    hd: "acme.example",
    identity_source: "GOOGLE",
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "ES256", typ: "JWT", kid: "k1" })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(`accounts.google.com:${10_000 + index}`)
    .setIssuedAt(iat)
    .setExpirationTime(iat + 600)
    .sign(key);
}

function perSecond(times: number, ms: number): number {
  return (times / ms) * 1000;
}

function table(rows: readonly (readonly [Measured, number])[]): string {
  const made = new Table({
    head: ["assertions of IAP verified per second", "median", "least", "most", "each"],
    style: { head: [], border: [] },
    colAligns: ["left", "right", "right", "right", "right"],
  });
  for (const [{ name, median, least, most }, times] of rows) {
    const rates = [median, most, least].map((ms) => Math.round(perSecond(times, ms)).toLocaleString("en"));
    made.push([name, ...rates, `${((median / times) * 1000).toFixed(1)} µs`]);
  }
  return made.toString();
}
