/**
 * Where Entra says who somebody is, as expressions over the `assertion` of a workforce pool's provider.
 *
 * Sources: https://cloud.google.com/iam/docs/workforce-sign-in-microsoft-entra-id,
 * https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference,
 * https://learn.microsoft.com/entra/identity-platform/reference-saml-tokens
 */
export interface EntraClaims {
  /** Object id of the person. */
  readonly subject: string;
  /** Object ids of the groups. */
  readonly groups: string;
  readonly email: string;
  readonly displayName: string;
  readonly tenant: string;
}

const saml = (claim: string) => `assertion.attributes['http://schemas.${claim}']`;

export const CLAIMS: Readonly<Record<"oidc" | "saml", EntraClaims>> = {
  oidc: {
    subject: "assertion.oid",
    groups: "assertion.groups",
    email: "assertion.email",
    displayName: "assertion.name",
    tenant: "assertion.tid",
  },
  saml: {
    subject: `${saml("microsoft.com/identity/claims/objectidentifier")}[0]`,
    groups: saml("microsoft.com/ws/2008/06/identity/claims/groups"),
    email: `${saml("xmlsoap.org/ws/2005/05/identity/claims/emailaddress")}[0]`,
    displayName: `${saml("microsoft.com/identity/claims/displayname")}[0]`,
    tenant: `${saml("microsoft.com/identity/claims/tenantid")}[0]`,
  },
};

/** What Google is to know of somebody; without `google.email` Identity-Aware Proxy tells an application no address. */
export function mappingOf(claims: EntraClaims, withEmail = true): Record<string, string> {
  const { subject, groups, email, displayName } = claims;
  return {
    "google.subject": subject,
    "google.groups": groups,
    ...(withEmail && { "google.email": email }),
    "google.display_name": displayName,
  };
}

/** Holds for people of this tenant alone. */
export function tenantCondition({ tenant }: EntraClaims, id: string): string {
  return `${tenant} == "${id.toLowerCase()}"`;
}
