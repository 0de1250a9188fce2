import * as assert from "node:assert/strict";
import { IapOauthClient, type IapOauthClientArgs } from "../../components";
import { inventory, only, register } from "./support";

const args: IapOauthClientArgs = { project: "acme-dev", oauthClientId: "iap-gateway", workforcePool: "acme-staff" };
const CLIENT = "gcp:iam/oauthClient:OauthClient";
const PATCH = "pulumi-nodejs:dynamic/cloud-run-mesh:IamPatch";

describe("IapOauthClient", () => {
  it("makes a client, its secret, and what the provider cannot set of both", async () => {
    const made = await register(() => new IapOauthClient("staff", args));
    assert.deepEqual(inventory(made), [
      "cloud-run-mesh:index:IapOauthClient staff",
      `${CLIENT} staff`,
      "gcp:iam/oauthClientCredential:OauthClientCredential staff",
      `${PATCH} staff-credential`,
      `${PATCH} staff-redirect`,
    ]);
    assert.deepEqual(only(made, CLIENT).inputs, {
      project: "acme-dev",
      location: "global",
      oauthClientId: "iap-gateway",
      displayName: "Identity-Aware Proxy",
      description: "Signs people of the workforce pool acme-staff in for Identity-Aware Proxy",
      clientType: "CONFIDENTIAL_CLIENT",
      allowedGrantTypes: ["AUTHORIZATION_CODE_GRANT"],
      allowedScopes: ["https://www.googleapis.com/auth/cloud-platform"],
      allowedRedirectUris: ["https://iap.googleapis.com/v1/oauth/clientIds/not-known-yet:handleRedirect"],
    });
    const { __provider: _, ...credential } = only(made, PATCH, "staff-credential").inputs;
    assert.deepEqual(credential, {
      resource: "staff-id",
      fields: { disabled: false },
      fieldsOnDelete: { disabled: true },
    });
  });

  it("makes the same of both spellings of a pool", async () => {
    const long = { ...args, workforcePool: "locations/global/workforcePools/acme-staff" };
    const [short, other] = [
      await register(() => new IapOauthClient("staff", args)),
      await register(() => new IapOauthClient("staff", long)),
    ];
    assert.deepEqual(other, short);
  });

  it("refuses everything that is wrong at once, before anything is made", async () => {
    const wrong: IapOauthClientArgs = {
      project: "acme-dev",
      oauthClientId: "c1b2c3d4-1111-2222-3333-444455556666",
      displayName: "a name that is longer than Google takes",
      workforcePool: "organizations/1/locations/global/workforcePools/acme-staff",
      credentialId: "one",
    };
    let error: Error | undefined;
    const made = await register(() => {
      try {
        new IapOauthClient("staff", wrong);
      } catch (thrown) {
        error = thrown as Error;
      }
    });
    assert.deepEqual(made, []);
    assert.equal(
      error?.message,
      [
        'IapOauthClient "staff" cannot be made as it is:',
        '  oauthClientId: "c1b2c3d4-1111-2222-3333-444455556666" is the id of an app in Entra, which the pool\'s provider knows; write a name for the IAM OAuth client that is made, e.g. "iap-gateway", or leave it out',
        '  displayName: "a name that is longer than Google takes" is longer than 32 characters',
        '  workforcePool: "organizations/1/locations/global/workforcePools/acme-staff" is not a workforce pool; write "POOL" or "locations/global/workforcePools/POOL", where POOL has 6 to 63 lower-case letters, digits and hyphens, starts with a letter and not with "gcp-"',
        '  credentialId: "one" is not the id of a credential; use 4 to 32 lower-case letters, digits and hyphens, not starting with "gcp-"',
      ].join("\n"),
    );
  });
});
