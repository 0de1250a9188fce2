import * as assert from "node:assert/strict";
import { WorkforceFederation, type WorkforceFederationArgs } from "../../components";
import { only, register } from "./support";

const TENANT = "11111111-2222-3333-4444-555555555555";
const oidc: WorkforceFederationArgs = {
  organization: "123456789012",
  workforcePool: "acme-staff",
  tenant: TENANT,
  provider: { type: "oidc", applicationId: "AAAAAAAA-bbbb-cccc-dddd-eeeeeeeeeeee", clientSecret: "entra-knows" },
};
const METADATA = '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"></EntityDescriptor>';
const POOL = "gcp:iam/workforcePool:WorkforcePool";
const PROVIDER = "gcp:iam/workforcePoolProvider:WorkforcePoolProvider";

describe("WorkforceFederation", () => {
  it("takes people of one Entra tenant by OpenID Connect's code flow, known by their object id", async () => {
    const made = await register(() => new WorkforceFederation("workforce", oidc));
    assert.deepEqual(only(made, POOL).inputs, {
      workforcePoolId: "acme-staff",
      parent: "organizations/123456789012",
      location: "global",
      displayName: "acme-staff",
      sessionDuration: "28800s",
    });
    const { inputs, secret } = only(made, PROVIDER);
    const { oidc: told, ...provider } = inputs;
    assert.deepEqual(provider, {
      workforcePoolId: "acme-staff",
      location: "global",
      providerId: "entra",
      displayName: "acme-staff",
      attributeMapping: {
        "google.subject": "assertion.oid",
        "google.groups": "assertion.groups",
        "google.email": "assertion.email",
        "google.display_name": "assertion.name",
      },
      attributeCondition: `assertion.tid == "${TENANT}"`,
    });
    assert.deepEqual(secret, ["oidc"]);
    assert.deepEqual(told, {
      issuerUri: `https://login.microsoftonline.com/${TENANT}/v2.0`,
      clientId: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
      clientSecret: { value: { plainText: "entra-knows" } },
      webSsoConfig: {
        responseType: "CODE",
        assertionClaimsBehavior: "ONLY_ID_TOKEN_CLAIMS",
        additionalScopes: ["email", "profile"],
      },
    });
  });

  it("takes them by SAML, from the claims that Entra puts there", async () => {
    const args: WorkforceFederationArgs = {
      ...oidc,
      provider: { type: "saml", metadataXml: METADATA },
      providerId: "entra-saml",
      sessionDurationSeconds: 900,
      email: false,
    };
    const made = await register(() => new WorkforceFederation("workforce", args));
    assert.equal(only(made, POOL).inputs["sessionDuration"], "900s");
    const { attributeMapping, attributeCondition, saml, oidc: none } = only(made, PROVIDER).inputs;
    assert.deepEqual(attributeMapping, {
      "google.subject": "assertion.attributes['http://schemas.microsoft.com/identity/claims/objectidentifier'][0]",
      "google.groups": "assertion.attributes['http://schemas.microsoft.com/ws/2008/06/identity/claims/groups']",
      "google.display_name": "assertion.attributes['http://schemas.microsoft.com/identity/claims/displayname'][0]",
    });
    assert.equal(
      attributeCondition,
      `assertion.attributes['http://schemas.microsoft.com/identity/claims/tenantid'][0] == "${TENANT}"`,
    );
    assert.deepEqual(saml, { idpMetadataXml: METADATA });
    assert.equal(none, undefined);
  });

  it("makes the same of both spellings of a pool, and says what the consoles ask for", async () => {
    let federation: WorkforceFederation | undefined;
    const workforcePool = "locations/global/workforcePools/acme-staff";
    const made = await register(() => {
      federation = new WorkforceFederation("workforce", { ...oidc, workforcePool });
    });
    assert.deepEqual(made, await register(() => new WorkforceFederation("workforce", oidc)));
    assert.deepEqual(
      [federation?.redirectUri, federation?.entityId, federation?.groupMemberPrefix],
      [
        "https://auth.cloud.google/signin-callback/locations/global/workforcePools/acme-staff/providers/entra",
        "https://iam.googleapis.com/locations/global/workforcePools/acme-staff/providers/entra",
        "principalSet://iam.googleapis.com/locations/global/workforcePools/acme-staff/group/",
      ],
    );
  });

  it("refuses everything that is wrong at once, and repeats no secret", () => {
    const wrong: WorkforceFederationArgs = {
      organization: "organizations/123456789012",
      workforcePool: "staff",
      tenant: "acme.onmicrosoft.com",
      provider: { type: "oidc", applicationId: "Acme portal", clientSecret: "entra-knows" },
      providerId: "Entra",
      sessionDurationSeconds: 43_201,
    };
    assert.throws(() => new WorkforceFederation("workforce", wrong), {
      message: [
        'WorkforceFederation "workforce" cannot be made as it is:',
        '  organization: "organizations/123456789012" is not the number of an organization; "gcloud organizations list" shows it as ID, digits alone',
        '  workforcePool: "staff" is not a workforce pool; write "POOL" or "locations/global/workforcePools/POOL", where POOL has 6 to 63 lower-case letters, digits and hyphens, starts with a letter and not with "gcp-"',
        '  tenant: "acme.onmicrosoft.com" is not the id of a tenant; Entra\'s overview shows it as "Tenant ID", e.g. "00000000-0000-0000-0000-000000000000"',
        '  providerId: "Entra" is not the id of a provider; use 4 to 32 lower-case letters, digits and hyphens, not starting with "gcp-"',
        "  sessionDurationSeconds: 43201 is not a length that a session may have; use whole seconds from 900 (15 minutes) to 43200 (12 hours)",
        '  provider.applicationId: "Acme portal" is not the id of an app in Entra; its overview shows it as "Application (client) ID"',
      ].join("\n"),
    });
    for (const [provider, message] of [
      [
        { type: "saml", metadataXml: "<html>" },
        'holds no EntityDescriptor; take "Federation Metadata XML" from the application\'s single sign-on page',
      ],
    ] as const) {
      assert.throws(() => new WorkforceFederation("workforce", { ...oidc, provider }), {
        message: `WorkforceFederation "workforce" cannot be made as it is:\n  provider.metadataXml: ${message}`,
      });
    }
  });

  it("takes sessions from 15 minutes to 12 hours, both included", () => {
    const refused = [899, 900, 900.5, 43_200, 43_201].filter((sessionDurationSeconds) => {
      try {
        new WorkforceFederation("workforce", { ...oidc, organization: "-", sessionDurationSeconds });
        return false;
      } catch (error) {
        return (error as Error).message.includes("sessionDurationSeconds");
      }
    });
    assert.deepEqual(refused, [899, 900.5, 43_201]);
  });
});
