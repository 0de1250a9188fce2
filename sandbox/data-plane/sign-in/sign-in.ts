/** Where people sign in, and what whoever asked for it learns of them. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Outcome } from "../google-apis/apis";

/** Somebody who has signed in. */
export interface SignedIn {
  /** Their address in the directory, where it is their key; not what Google learns of it. */
  readonly email: string;
  /** Of a workforce pool's people `principal://…/subject/SUBJECT`, by the pool's mapping; of others `user:ADDRESS`. */
  readonly principal: string;
  readonly source: "google" | "workforce";
  /** `locations/global/workforcePools/POOL`; Google accounts have none. */
  readonly pool?: string;
  /**
   * Members of grants that mean this person, in the form of `normalizedMember`: of a workforce pool's people what its
   * provider maps, groups and attributes included.
   */
  readonly members: ReadonlySet<string>;
  /** The address that Google learns. @default - none: the pool's provider maps nothing to `google.email` */
  readonly verifiedEmail?: string;
  /** When the session with the pool ends, by its `sessionDuration`. @default - never, for Google accounts */
  readonly until?: Date;
}

export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  /** Comes back with the code. */
  readonly state: string;
  /** `POOL`, or `locations/global/workforcePools/POOL`. @default - Google accounts sign in */
  readonly workforcePool?: string;
}

export interface Redemption {
  readonly code: string;
  readonly clientId: string;
  /** Of an OAuth client of IAM, held against the control plane's state; the state has none of Google's own clients. */
  readonly clientSecret: string;
  readonly redirectUri: string;
}

/** `error` is of RFC 6749, section 5.2; the message is for the log. */
export class SignInError extends Error {
  constructor(
    readonly error: "invalid_client" | "invalid_grant" | "invalid_request" | "unauthorized_client",
    message: string,
  ) {
    super(message);
  }
}

/** What a program shows with a code. */
export interface Proof extends Redemption {
  /** Of RFC 7636. @default - the code was made without a challenge */
  readonly codeVerifier?: string;
}

/** How Google's Security Token Service learns who somebody of a workforce pool is. */
export interface Workforce {
  /** @param provider `locations/global/workforcePools/POOL/providers/PROVIDER` @throws SignInError */
  exchange(provider: string, idToken: string): Promise<SignedIn>;
  /** @throws SignInError */
  redeem(proof: Proof): Promise<SignedIn>;
  /** @throws SignInError where the secret is not one of the OAuth client's */
  authenticate(clientId: string, clientSecret: string): void;
}

export interface SignIn {
  /** Whether a host is one where people sign in, or their company's directory. */
  plays(host: string): boolean;
  /** Answers for such a host, under its own name. */
  handle(host: string, request: IncomingMessage, response: ServerResponse): Promise<Outcome>;
  /** Where a browser is sent to sign in; it comes back to the redirect address with a code, or with an error. */
  authorizeUrl(request: AuthorizationRequest): string;
  /** Whom a code is for; each code once, for the client and the redirect address that it was made for. @throws SignInError */
  redeem(request: Redemption): Promise<SignedIn>;
}
