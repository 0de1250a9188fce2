/** Sign-in by a workforce pool, as a program makes it: the pool and its directory, the OAuth client, and IAP's settings. */
import type { ControlPlane, ControlPlaneOptions, CreateResult, Properties } from "../../../sandbox/control-plane";
import { cloud, make, NUMBER, PROJECT, refusal } from "./cloud";

export const WORKFORCE = {
  pool: "gcp:iam/workforcePool:WorkforcePool",
  provider: "gcp:iam/workforcePoolProvider:WorkforcePoolProvider",
  client: "gcp:iam/oauthClient:OauthClient",
  credential: "gcp:iam/oauthClientCredential:OauthClientCredential",
  settings: "gcp:iap/settings:Settings",
} as const;

export type Piece = keyof typeof WORKFORCE;

export const CLIENT_PATH = `projects/${PROJECT}/locations/global/oauthClients/entrance`;
export const POOL_PATH = "locations/global/workforcePools/acme-staff";

export const WORKFORCE_SAID: Readonly<Record<Piece, Properties>> = {
  pool: {
    workforcePoolId: "acme-staff",
    parent: "organizations/433637338589",
    location: "global",
    sessionDuration: "28800s",
  },
  provider: {
    workforcePoolId: "acme-staff",
    providerId: "entra",
    location: "global",
    attributeMapping: { "google.subject": "assertion.oid", "google.groups": "assertion.groups" },
    attributeCondition: "assertion.tid == 'TENANT'",
    oidc: {
      issuerUri: "https://login.microsoftonline.com/TENANT/v2.0",
      clientId: "app",
      clientSecret: { value: { plainText: "hush" } },
      webSsoConfig: { responseType: "CODE", assertionClaimsBehavior: "MERGE_USER_INFO_OVER_ID_TOKEN_CLAIMS" },
    },
  },
  client: {
    oauthClientId: "entrance",
    location: "global",
    clientType: "CONFIDENTIAL_CLIENT",
    allowedGrantTypes: ["AUTHORIZATION_CODE_GRANT"],
    allowedScopes: ["https://www.googleapis.com/auth/cloud-platform"],
    allowedRedirectUris: ["https://iap.googleapis.com/v1/oauth/clientIds/PENDING:handleRedirect"],
  },
  credential: { oauthClientCredentialId: "iap-1", oauthclient: "entrance", location: "global" },
  settings: {
    name: `projects/${NUMBER}/iap_web/compute`,
    accessSettings: {
      identitySources: ["WORKFORCE_IDENTITY_FEDERATION"],
      workforceIdentitySettings: {
        workforcePools: "acme-staff",
        oauth2: { clientId: "00000000-0000-4000-a000-000000000000", clientSecret: "hush" },
      },
    },
  },
};

export const ACCESSOR = "gcp:iap/webBackendServiceIamMember:WebBackendServiceIamMember";

/** Who passes IAP before a backend service. */
export function accessor(more: Properties = {}): Properties {
  return {
    webBackendService: "portal",
    role: "roles/iap.httpsResourceAccessor",
    member: "principalSet://iam.googleapis.com/locations/global/workforcePools/acme-staff/group/42",
    condition: { title: "until", expression: 'request.time < timestamp("2027-01-01T00:00:00Z")' },
    ...more,
  };
}

const ORDER = Object.keys(WORKFORCE) as Piece[];

export function piece(controlPlane: ControlPlane, name: Piece, more: Properties = {}): CreateResult {
  return make(controlPlane, WORKFORCE[name], name, { ...WORKFORCE_SAID[name], ...more });
}

/** Makes the pieces in order, all or the ones before the given one. */
export function workforce(controlPlane: ControlPlane, until?: Piece): Record<Piece, CreateResult> {
  const before = until === undefined ? ORDER : ORDER.slice(0, ORDER.indexOf(until));
  return Object.fromEntries(before.map((name) => [name, piece(controlPlane, name)])) as Record<Piece, CreateResult>;
}

/** Why a piece with these arguments is refused, with everything there that comes before it. */
export function whyNot(name: Piece, more: Properties, options: ControlPlaneOptions = {}): string {
  const controlPlane = cloud(options);
  if (options.projects === undefined) workforce(controlPlane, name);
  return refusal(() => piece(controlPlane, name, more));
}
