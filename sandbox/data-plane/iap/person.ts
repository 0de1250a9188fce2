/** Who has come to Identity-Aware Proxy, and how that is told to what it guards. */

import { type IdentityClaims, identityClaims } from "../identity/assertions";
import type { Directory, Principal } from "../identity/directory";
import { workforceIdentity } from "../identity/workforce";
import type { SignedIn } from "../sign-in/sign-in";
import type { IapSettings } from "./settings";

/** Somebody whom the proxy knows. */
export interface IapPerson {
  readonly principal: Principal;
  readonly claims: IdentityClaims;
}

/** Whoever signed in in a browser. */
export function personSignedIn(signedIn: SignedIn, directory: Directory): IapPerson {
  const { email, members, principal: member, pool, verifiedEmail } = signedIn;
  const subject = directory.subjectOf(email);
  const workforce = pool === undefined ? undefined : { principal: member, pool };
  return { principal: { name: email, members }, claims: identityClaims(subject, workforce, verifiedEmail) };
}

/** Whoever's way into the mesh a request takes: signed in wherever such people can. */
export function personOfVisitor(
  email: string,
  { workforcePool }: IapSettings,
  directory: Directory,
): IapPerson | undefined {
  const subject = directory.subjectOf(email);
  const workforce = workforceIdentity(directory.person(email));
  if (workforcePool !== undefined && workforce?.pool !== workforcePool) return undefined;
  return { principal: directory.identify(subject), claims: identityClaims(subject, workforce, email) };
}

/** A program with an ID token of its own. */
export function personOfToken(
  claims: { readonly sub?: unknown; readonly email?: unknown },
  directory: Directory,
): IapPerson {
  const principal = directory.identify(claims);
  return {
    principal,
    claims: identityClaims({ email: principal.name, sub: String(claims.sub) }, undefined, principal.name),
  };
}
