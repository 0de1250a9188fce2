import type { JWTPayload } from "jose";
import { ServiceError } from "../errors";

/** Who sent a request, as Identity-Aware Proxy says. Rows and permissions are kept by {@link principal}, never by e-mail. */
export interface IapIdentity {
  /**
   * Stable name of the person: {@link subject} for a Google account; for somebody of a workforce pool
   * `principal://iam.googleapis.com/locations/global/workforcePools/POOL/subject/SUBJECT`, as IAM has it.
   */
  readonly principal: string;
  /** `sub`: `accounts.google.com:1234` for a Google account; an opaque text for somebody of a workforce pool. */
  readonly subject: string;
  /** @default absent for a workforce pool whose provider maps no `google.email`, and where it could not stand in a header */
  readonly email?: string;
  readonly source: "google" | "workforce";
  /** Id of the workforce pool, e.g. `acme-staff`. */
  readonly workforcePool?: string;
}

/** Source: captured assertions (CruGlobal/cru-iap has the first, another landing zone's page the second). */
const WORKFORCE_SOURCES: readonly unknown[] = ["WORKFORCE_IDENTITY", "WORKFORCE_IDENTITY_FEDERATION"];

/** Source: https://cloud.google.com/iam/docs/principal-identifiers */
const WORKFORCE_PRINCIPAL =
  /^principal:\/\/iam\.googleapis\.com\/(locations\/global\/workforcePools\/([a-z0-9-]+))\/subject\/[!-~]+$/;

/**
 * The person in claims whose signature, issuer and times hold.
 *
 * @throws ServiceError `identity-invalid`
 */
export function identityIn(claims: JWTPayload, requireEmail: boolean): IapIdentity {
  const { sub: subject } = claims;
  if (!isHeaderValue(subject)) throw invalid('it has no "sub"');
  const email = isHeaderValue(claims["email"]) ? claims["email"] : undefined;
  if (requireEmail && email === undefined) {
    throw invalid('it has no "email"; people of a workforce pool have one where its provider maps google.email');
  }
  return { ...sourceIn(claims, subject), subject, ...(email !== undefined && { email }) };
}

function sourceIn(claims: JWTPayload, subject: string): Pick<IapIdentity, "principal" | "source" | "workforcePool"> {
  const { identity_source: source, workforce_identity: workforce } = claims;
  if (source === undefined ? workforce !== undefined : WORKFORCE_SOURCES.includes(source)) {
    return { ...workforceIn(workforce), source: "workforce" };
  }
  if ((source !== undefined && source !== "GOOGLE") || claims["gcip"] !== undefined) {
    throw invalid("it names neither a Google account nor somebody of a workforce pool");
  }
  if (workforce !== undefined) throw invalid('its "workforce_identity" and "identity_source" contradict each other');
  return { principal: subject, source: "google" };
}

/** Sources differ in the form of `sub`, and agree in this. */
function workforceIn(identity: unknown): Pick<IapIdentity, "principal" | "workforcePool"> {
  const { iam_principal: principal, workforce_pool_name: pool } = (identity ?? {}) as Record<string, unknown>;
  const [, poolName, workforcePool] = (typeof principal === "string" && WORKFORCE_PRINCIPAL.exec(principal)) || [];
  if (workforcePool === undefined) throw invalid('its "workforce_identity" names no principal');
  if (pool !== undefined && pool !== poolName) {
    throw invalid('its "workforce_identity" names a principal of another pool');
  }
  return { principal: principal as string, workforcePool };
}

/** Whether a claim can stand in a header as it is, so that it cannot become two. */
function isHeaderValue(claim: unknown): claim is string {
  return typeof claim === "string" && /^[!-~]+$/.test(claim);
}

/** @param what completes "the assertion of IAP does not hold: …" */
export function invalid(what: string): ServiceError {
  return new ServiceError("identity-invalid", `the assertion of IAP does not hold: ${what}`);
}
