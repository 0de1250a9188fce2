import { errors, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from "jose";
import type { Clock } from "../clock";
import { IAP_AUDIENCE_VARIABLE } from "../contract";
import { ServiceError } from "../errors";
import type { Log } from "../log";
import { type IapIdentity, identityIn, invalid } from "./identity";
import { createIapKeys, type IapKeys, type LoadIapKeys } from "./keys";
import { Recent } from "./recent";

export interface IapVerifierOptions {
  /** What `aud` must be one of. Where there is none, nothing holds. */
  readonly audiences: readonly string[];
  /** Whether an assertion without an e-mail address is refused. @default true */
  readonly requireEmail?: boolean;
  readonly loadIapKeys: LoadIapKeys;
  readonly clock: Clock;
  /** Told where the keys cannot be fetched. */
  readonly log: Log;
  /** Verified assertions that are remembered until they expire; those unused for longest go first. @default 1000 */
  readonly remembered?: number;
}

/**
 * Checks an assertion.
 *
 * @throws ServiceError `identity-missing`, `identity-invalid`, `identity-keys-unavailable`, `identity-audience-unknown`
 */
export type IapVerifier = (assertion: string | undefined) => Promise<IapIdentity>;

const LEEWAY_SECONDS = 30;
/**
 * Ten minutes, and what clocks may differ at either end.
 * Source: https://cloud.google.com/iap/docs/signed-headers-howto#verifying_the_jwt_payload
 */
const LONGEST_LIFE_SECONDS = 600 + 2 * LEEWAY_SECONDS;
const LONGEST_ASSERTION = 8_192;

/** Three parts in base64url as RFC 7515 has it, without padding and white space, which decoders let pass. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** How the 64 bytes of a signature end in base64url: the last letter holds two bits of them, and could hold four more. */
const SIGNATURE_END = /[AQgw]$/;

const RULES = {
  algorithms: ["ES256"],
  issuer: "https://cloud.google.com/iap",
  clockTolerance: LEEWAY_SECONDS,
  maxTokenAge: LONGEST_LIFE_SECONDS,
  requiredClaims: ["exp"],
};

/**
 * Verifies assertions of Identity-Aware Proxy, the header `x-goog-iap-jwt-assertion`: signed by one of Google's keys with
 * ES256, by IAP, for this audience, and now. Each is verified once: the same bytes get the same answer until they expire.
 */
export function createIapVerifier(options: IapVerifierOptions): IapVerifier {
  const { requireEmail = true, clock } = options;
  const audience = [...options.audiences];
  const rules = {
    ...RULES,
    audience,
    get currentDate() {
      return new Date(clock.now());
    },
  };
  const getKey = keyGetter(createIapKeys(options));
  const remembered = new Recent<{ readonly identity: IapIdentity; readonly untilMs: number }>(
    options.remembered ?? 1_000,
  );

  return async (assertion) => {
    if (audience.length === 0) {
      const text = `${IAP_AUDIENCE_VARIABLE} is not set, so that no assertion of IAP is known to be meant for this service`;
      throw new ServiceError("identity-audience-unknown", text);
    }
    if (assertion === undefined) {
      throw new ServiceError("identity-missing", "the request carries no assertion of IAP; open this through IAP");
    }
    if (assertion.length > LONGEST_ASSERTION) throw invalid("it is too long");
    const found = remembered.get(assertion);
    if (found && clock.now() < found.untilMs) return { ...found.identity };
    if (!COMPACT.test(assertion)) throw invalid("it is no JWT");
    const claims = await verified(assertion, getKey, rules);
    checkForm(claims);
    if (!SIGNATURE_END.test(assertion)) throw invalid("it is no JWT");
    const identity = identityIn(claims, requireEmail);
    remembered.set(assertion, { identity, untilMs: (claims.exp! + LEEWAY_SECONDS) * 1000 });
    return { ...identity };
  };
}

async function verified(assertion: string, getKey: JWTVerifyGetKey, rules: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    return (await jwtVerify(assertion, getKey, rules)).payload;
  } catch (error) {
    throw refusalOf(error);
  }
}

function keyGetter(keys: IapKeys): JWTVerifyGetKey {
  return async ({ kid, crit }) => {
    if (crit !== undefined) throw invalid("it has extensions that are not known here");
    if (typeof kid !== "string") throw invalid("it names no key");
    const key = await keys.get(kid);
    if (!key) throw invalid("its key is none of IAP's");
    return key;
  };
}

/** What `jose` leaves open, and IAP never does. */
function checkForm({ aud, exp, iat }: JWTPayload): void {
  if (typeof aud !== "string") throw invalid("it is meant for several audiences");
  if (exp! - iat! > LONGEST_LIFE_SECONDS) throw invalid("it lives longer than IAP's do");
}

/** The claims never go into the message, nor does the error that holds them become a cause. */
function refusalOf(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return invalid("it has expired");
  if (error instanceof errors.JWTClaimValidationFailed) return invalid(claimProblem(error));
  if (error instanceof errors.JOSEAlgNotAllowed) return invalid("it is not signed with ES256");
  if (error instanceof errors.JWSSignatureVerificationFailed) return invalid("its signature does not fit");
  if (error instanceof errors.JOSENotSupported) return invalid("it has extensions that are not known here");
  if (error instanceof errors.JOSEError) return invalid("it is no JWT");
  return error;
}

function claimProblem({ claim, reason }: errors.JWTClaimValidationFailed): string {
  if (reason === "missing") return `it has no "${claim}"`;
  if (reason === "invalid") return `its "${claim}" is no number`;
  if (claim === "iss") return "its issuer is not IAP";
  return claim === "aud" ? "it is meant for another audience" : "it is from the future";
}
