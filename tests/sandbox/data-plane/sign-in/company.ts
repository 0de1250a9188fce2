/** A company with a workforce pool, its app in Entra ID, an OAuth client of IAM, and people. */
import type { ControlPlane, Properties } from "../../../../sandbox/control-plane";
import { textAt } from "../../../../sandbox/control-plane/properties";
import type { Person } from "../../../../sandbox/data-plane";
import { PROJECT } from "../../control-plane/cloud";
import { type Mesh, openMesh } from "../mesh";

export const TENANT = "11111111-2222-4333-8444-555555555555";
export const APP = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
export const APP_SECRET = "the-secret-of-the-app-in-entra";
export const ISSUER = `https://login.microsoftonline.com/${TENANT}/v2.0`;
export const POOL = "locations/global/workforcePools/acme-staff";
export const PROVIDER = `${POOL}/providers/entra`;
export const STAFF = "99999999-0000-4000-8000-000000000001";
export const REDIRECT = "https://iap.googleapis.com/v1/oauth/clientIds/acme:handleRedirect";

export const MIA: Person = {
  ...{ email: "mia@acme.example", name: "Mia Moss", id: "00000000-0000-4000-8000-00000000aaaa", groups: [STAFF] },
};
export const NIL: Person = { email: "nil@acme.example", id: "00000000-0000-4000-8000-00000000bbbb" };
export const GINA: Person = { email: "gina@acme.com", groups: ["staff@acme.com"] };

export function provider(more: Properties = {}, oidc: Properties = {}): Properties {
  return {
    ...{ workforcePoolId: "acme-staff", providerId: "entra", location: "global" },
    attributeMapping: {
      ...{ "google.subject": "assertion.oid", "google.groups": "assertion.groups", "google.email": "assertion.email" },
    },
    oidc: {
      ...{ clientId: APP, issuerUri: ISSUER, clientSecret: { value: { plainText: APP_SECRET } } },
      webSsoConfig: {
        ...{ responseType: "CODE", assertionClaimsBehavior: "MERGE_USER_INFO_OVER_ID_TOKEN_CLAIMS" },
        additionalScopes: ["profile", "email"],
      },
      ...oidc,
    },
    ...more,
  };
}

export interface Company extends Mesh {
  /** Of the OAuth client of IAM. */
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface CompanyOptions {
  readonly setUp?: (controlPlane: ControlPlane) => void;
  readonly people?: readonly Person[];
  readonly clock?: () => Date;
}

/** The OAuth client and its secret are there always; what else is there, the test says. */
export async function openCompany({ setUp, people = [MIA, NIL, GINA], clock }: CompanyOptions): Promise<Company> {
  const client = { location: "global", oauthClientId: "iap-client", project: PROJECT };
  const mesh = await openMesh(
    (controlPlane) => {
      controlPlane.seed("gcp:iam/oauthClient:OauthClient", {
        ...client,
        ...{ allowedGrantTypes: ["AUTHORIZATION_CODE_GRANT"], allowedRedirectUris: [REDIRECT] },
        ...{ allowedScopes: ["https://www.googleapis.com/auth/cloud-platform"], clientType: "CONFIDENTIAL_CLIENT" },
      });
      controlPlane.seed("gcp:iam/oauthClientCredential:OauthClientCredential", {
        ...{ location: "global", project: PROJECT, oauthclient: "iap-client", oauthClientCredentialId: "one" },
        clientSecret: "the-secret-of-the-iam-client",
      });
      setUp?.(controlPlane);
    },
    { standIns: true, people, ...(clock && { clock }) },
  );
  const stateOf = (type: string) => mesh.controlPlane.list({ type })[0]?.state;
  const clientId = textAt(stateOf("gcp:iam/oauthClient:OauthClient"), "clientId") ?? "";
  const clientSecret = textAt(stateOf("gcp:iam/oauthClientCredential:OauthClientCredential"), "clientSecret") ?? "";
  return { ...mesh, clientId, clientSecret };
}

export function workforce(controlPlane: ControlPlane, more: Properties = {}, oidc: Properties = {}): void {
  const pool = {
    workforcePoolId: "acme-staff",
    parent: "organizations/1",
    location: "global",
    sessionDuration: "1800s",
  };
  controlPlane.seed("gcp:iam/workforcePool:WorkforcePool", pool);
  controlPlane.seed("gcp:iam/workforcePoolProvider:WorkforcePoolProvider", provider(more, oidc));
}
