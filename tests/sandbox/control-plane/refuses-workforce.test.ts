import * as assert from "node:assert/strict";
import type { Properties } from "../../../sandbox/control-plane";
import { cloud, NUMBER, PROJECT, refusal } from "./cloud";
import { type Piece, piece, WORKFORCE, WORKFORCE_SAID, whyNot, workforce } from "./workforce";

const KINDS: Readonly<Record<Piece, string>> = {
  pool: "WorkforcePool",
  provider: "WorkforcePoolProvider",
  client: "OauthClient",
  credential: "OauthClientCredential",
  settings: "Settings",
};

const oidc = (more: Properties): Properties => ({
  oidc: { ...(WORKFORCE_SAID.provider["oidc"] as Properties), ...more },
});
const web = (responseType: string, assertionClaimsBehavior: string) =>
  oidc({ webSsoConfig: { responseType, assertionClaimsBehavior } });
const mapping = (more: Properties): Properties => ({
  attributeMapping: { "google.subject": "assertion.oid", ...more },
});

describe("control plane: what Google refuses of sign-in by a workforce pool", () => {
  const refused: [string, Piece, Properties, string][] = [
    ["a pool in a region", "pool", { location: "europe-west9" }, "location': must be 'global', got 'europe-west9'"],
    [
      "a pool of a project",
      "pool",
      { parent: `projects/${PROJECT}` },
      `parent': must be 'organizations/NUMBER', got 'projects/${PROJECT}'`,
    ],
    ...["899s", "43201s", "8h", "28800"].map((sessionDuration): [string, Piece, Properties, string] => [
      `a session of ${sessionDuration}`,
      "pool",
      { sessionDuration },
      `session_duration': must be 900s to 43200s, got '${sessionDuration}'`,
    ]),
    [
      "a display name of 33 characters",
      "pool",
      { displayName: "x".repeat(33) },
      "displayName': must have at most 32 characters, got 33",
    ],
    [
      "a description of 257 characters",
      "client",
      { description: "x".repeat(257) },
      "description': must have at most 256 characters, got 257",
    ],
    [
      "a provider of neither kind",
      "provider",
      { oidc: null },
      "provider_config': exactly one of oidc and saml must be set",
    ],
    [
      "a provider of both kinds",
      "provider",
      { saml: { idpMetadataXml: "<x/>" } },
      "provider_config': exactly one of oidc and saml must be set",
    ],
    [
      "an issuer over http",
      "provider",
      oidc({ issuerUri: "http://login.example" }),
      "oidc.issuer_uri': must be a URL with https, got 'http://login.example'",
    ],
    ["no client of the directory", "provider", oidc({ clientId: "" }), "oidc.client_id': must not be empty"],
    ["no configuration of sign-in", "provider", oidc({ webSsoConfig: null }), "oidc.web_sso_config': must be set"],
    [
      "a response type that there is not",
      "provider",
      web("TOKEN", "ONLY_ID_TOKEN_CLAIMS"),
      "oidc.web_sso_config.response_type': must be one of CODE, ID_TOKEN, got 'TOKEN'",
    ],
    [
      "claims that there are not",
      "provider",
      web("CODE", "ALL"),
      "oidc.web_sso_config.assertion_claims_behavior': must be one of MERGE_USER_INFO_OVER_ID_TOKEN_CLAIMS, ONLY_ID_TOKEN_CLAIMS, got 'ALL'",
    ],
    [
      "a code flow without a secret",
      "provider",
      oidc({ clientSecret: null }),
      "oidc.client_secret': the response type CODE needs it",
    ],
    [
      "an implicit flow with claims of the user info",
      "provider",
      web("ID_TOKEN", "MERGE_USER_INFO_OVER_ID_TOKEN_CLAIMS"),
      "oidc.web_sso_config.assertion_claims_behavior': the response type ID_TOKEN needs ONLY_ID_TOKEN_CLAIMS",
    ],
    [
      "a mapping without a subject",
      "provider",
      { attributeMapping: { "google.groups": "assertion.groups" } },
      "attribute_mapping': must have 'google.subject'",
    ],
    [
      "an attribute that there is not",
      "provider",
      mapping({ "google.mail": "assertion.email" }),
      "attribute_mapping': there is no attribute 'google.mail'",
    ],
    [
      "51 attributes",
      "provider",
      mapping(Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`attribute.a${i}`, "assertion.a"]))),
      "attribute_mapping': must have at most 50 own attributes, got 51",
    ],
    [
      "a mapping of 2049 characters",
      "provider",
      mapping({ "google.groups": "x".repeat(2049) }),
      "attribute_mapping': 'google.groups' must have at most 2048 characters",
    ],
    [
      "a condition of 4097 characters",
      "provider",
      { attributeCondition: "x".repeat(4097) },
      "attribute_condition': must have at most 4096 characters",
    ],
    ...["short", "gcp-entrance", "Entrance", "entrance-", "1entrance"].map(
      (oauthClientId): [string, Piece, Properties, string] => [
        `the client id ${oauthClientId}`,
        "client",
        { oauthClientId },
        `oauth_client_id': '${oauthClientId}' must have 6 to 63 characters of [a-z0-9-], begin with a letter, not with 'gcp-', and not end with a hyphen`,
      ],
    ),
    [
      "a grant type that there is not",
      "client",
      { allowedGrantTypes: ["IMPLICIT"] },
      "allowed_grant_types': 'IMPLICIT' must be one of AUTHORIZATION_CODE_GRANT, REFRESH_TOKEN_GRANT",
    ],
    ["no scope", "client", { allowedScopes: [] }, "allowed_scopes': must not be empty"],
    [
      "a scope that there is not",
      "client",
      { allowedScopes: ["profile"] },
      "allowed_scopes': 'profile' must be one of https://www.googleapis.com/auth/cloud-platform, openid, email, groups",
    ],
    [
      "a kind of client that there is not",
      "client",
      { clientType: "SECRET_CLIENT" },
      "client_type': 'SECRET_CLIENT' must be one of PUBLIC_CLIENT, CONFIDENTIAL_CLIENT",
    ],
    ["no redirect", "client", { allowedRedirectUris: [] }, "allowed_redirect_uris': must not be empty"],
    ...["http://ailab.example/", "ailab.example", "https://ailab.example/#a", "http://localhost:8080/"].map(
      (uri): [string, Piece, Properties, string] => [
        `a redirect to ${uri}`,
        "client",
        { allowedRedirectUris: [uri] },
        `allowed_redirect_uris': '${uri}' must be a URL with https and without a fragment`,
      ],
    ),
    ...["iap", "gcp-iap", "IAP-1", "x".repeat(33)].map(
      (oauthClientCredentialId): [string, Piece, Properties, string] => [
        `the credential id ${oauthClientCredentialId}`,
        "credential",
        { oauthClientCredentialId },
        `oauth_client_credential_id': '${oauthClientCredentialId}' must have 4 to 32 characters of [a-z0-9-], and not begin with 'gcp-'`,
      ],
    ),
    [
      "settings of nothing that IAP guards",
      "settings",
      { name: `projects/${NUMBER}/compute` },
      `name': 'projects/${NUMBER}/compute' is no resource of IAP`,
    ],
  ];
  for (const [what, name, more, message] of refused) {
    it(`refuses ${what}`, () => {
      assert.equal(
        whyNot(name, more),
        `Error creating ${KINDS[name]}: googleapi: Error 400: Invalid value at '${message}, badRequest`,
      );
    });
  }

  it("takes sessions of 15 minutes and of 12 hours", () => {
    for (const sessionDuration of ["900s", "43200s"]) {
      assert.equal(piece(cloud(), "pool", { sessionDuration }).state["sessionDuration"], sessionDuration);
    }
  });

  it("refuses a second of each with its id, but for settings, which are there already", () => {
    const controlPlane = cloud();
    workforce(controlPlane);
    for (const name of ["pool", "provider", "client", "credential"] as const) {
      assert.equal(
        refusal(() => piece(controlPlane, name)),
        `Error creating ${KINDS[name]}: googleapi: Error 409: Requested entity already exists, alreadyExists`,
      );
    }
    piece(controlPlane, "settings");
  });

  it("refuses a credential of no client, and of one that is public", () => {
    const start = "Error creating OauthClientCredential: googleapi: Error ";
    assert.equal(
      whyNot("credential", { oauthclient: "nobody" }),
      `${start}404: Requested entity was not found., notFound`,
    );
    const controlPlane = cloud();
    piece(controlPlane, "client", { clientType: "PUBLIC_CLIENT" });
    assert.equal(
      refusal(() => piece(controlPlane, "credential")),
      `${start}400: A public client has no credentials., failedPrecondition`,
    );
  });

  it("refuses a directory and settings of a pool that was deleted, and takes a pool of another stack to exist", () => {
    for (const name of ["provider", "settings"] as const) {
      const controlPlane = cloud();
      const { id } = piece(controlPlane, "pool");
      controlPlane.delete({ type: WORKFORCE.pool, id });
      assert.equal(
        refusal(() => piece(controlPlane, name)),
        `Error creating ${KINDS[name]}: googleapi: Error 404: Requested entity was not found., notFound`,
      );
      const other = cloud();
      piece(other, name);
      assert.deepEqual(
        other.assumed().map((one) => one.id),
        [id],
      );
    }
  });

  it("refuses settings of a backend service that does not exist", () => {
    assert.equal(
      whyNot("settings", { name: `projects/${NUMBER}/iap_web/compute/services/none` }),
      "Error creating Settings: googleapi: Error 404: Requested entity was not found., notFound",
    );
  });

  for (const name of ["client", "settings"] as const) {
    it(`refuses ${name} in a project that is in no organization`, () => {
      assert.equal(
        whyNot(name, {}, { projects: [{ id: PROJECT, number: NUMBER, organization: "" }] }),
        `Error creating ${KINDS[name]}: googleapi: Error 400: Project '${PROJECT}' is in no organization, and workforce identities need one., failedPrecondition`,
      );
    });
  }

  it("takes settings without a pool in such a project", () => {
    const controlPlane = cloud({ projects: [{ id: PROJECT, number: NUMBER, organization: "" }] });
    const accessSettings = { reauthSettings: { method: "LOGIN", maxAge: "3600s", policyType: "MINIMUM" } };
    assert.deepEqual(piece(controlPlane, "settings", { accessSettings }).state["accessSettings"], accessSettings);
  });
});

describe("control plane: what is refused of sign-in before Google is asked", () => {
  const failures = (name: Piece, more: Properties) =>
    cloud().check({ type: WORKFORCE[name], name, news: { ...WORKFORCE_SAID[name], ...more } }).failures;
  const reserved =
    'can not start with "gcp-". The prefix `gcp-` is reserved for use by Google, and may not be specified.';

  it("refuses ids of pools and of providers", () => {
    for (const workforcePoolId of ["short", "Acme-staff", "acme-staff-", "1acme-staff"]) {
      assert.deepEqual(failures("pool", { workforcePoolId }), [
        {
          property: "workforcePoolId",
          reason: `"workforce_pool_id" ("${workforcePoolId}") must contain only lowercase letters [a-z], digits [0-9], and hyphens [-]. The WorkforcePool ID must be between 6 and 63 characters, begin with a letter, and cannot have a trailing hyphen.`,
        },
      ]);
    }
    assert.deepEqual(failures("pool", { workforcePoolId: "gcp-staff" }), [
      { property: "workforcePoolId", reason: `"workforce_pool_id" ("gcp-staff") ${reserved}` },
    ]);
    for (const providerId of ["ent", "Entra", "x".repeat(33)]) {
      const reason = `"provider_id" ("${providerId}") must be 4-32 characters, and may contain the characters [a-z0-9-].`;
      assert.deepEqual(failures("provider", { providerId }), [{ property: "providerId", reason }]);
    }
    assert.deepEqual(failures("provider", { providerId: "gcp-entra" }), [
      { property: "providerId", reason: `"provider_id" ("gcp-entra") ${reserved}` },
    ]);
  });

  it("refuses words of IAP's settings that there are not, all at once", () => {
    const accessSettings = {
      identitySources: ["GOOGLE"],
      reauthSettings: { method: "PASSWORD", maxAge: "3600s", policyType: "MAXIMUM" },
    };
    const expected = (property: string, list: string, got: string) => ({
      property,
      reason: `expected ${property} to be one of [${list}], got ${got}`,
    });
    assert.deepEqual(failures("settings", { accessSettings }), [
      expected("accessSettings.identitySources[0]", '"WORKFORCE_IDENTITY_FEDERATION"', "GOOGLE"),
      expected("accessSettings.reauthSettings.method", '"LOGIN" "SECURE_KEY" "ENROLLED_SECOND_FACTORS"', "PASSWORD"),
      expected("accessSettings.reauthSettings.policyType", '"MINIMUM" "DEFAULT"', "MAXIMUM"),
    ]);
  });
});
