/**
 * The OAuth client by which Identity-Aware Proxy signs people of a workforce pool in: the client, its secret, and as the
 * one address that it may send them back to IAP's own. That address holds the id that Google gives the client, so it is
 * set once the client is there. It is not the app in Entra: that one is in the provider of the pool.
 *
 * Source: https://cloud.google.com/iap/docs/use-workforce-identity-federation
 */
import * as iam from "@pulumi/gcp/iam";
import * as pulumi from "@pulumi/pulumi";
import { oauthClientProblem, partIdProblem, poolId, poolProblem } from "../mesh";
import { refuseProblems } from "./args-problems";
import { IamPatch } from "./iam-patch";

export interface IapOauthClientArgs {
  /** Id of a project in the organization of the workforce pool. */
  readonly project: string;
  /**
   * Name of the client in the project: 6 to 63 lower-case letters, digits and hyphens. A name whose client was deleted is
   * free again after 30 days.
   */
  readonly oauthClientId: string;
  /** For people who look at the project; at most 32 characters. @default "Identity-Aware Proxy" */
  readonly displayName?: string;
  /** The pool whose people sign in, as `POOL` or `locations/global/workforcePools/POOL`; said in the description. @default - not said */
  readonly workforcePool?: string;
  /** Name of the secret: 4 to 32 lower-case letters, digits and hyphens. Another name makes a new secret and ends this one. @default "iap-1" */
  readonly credentialId?: string;
}

export class IapOauthClient extends pulumi.ComponentResource {
  /** The id that Google gave the client; known once the client takes people back to IAP. */
  readonly clientId: pulumi.Output<string>;
  /** The client's secret, as a secret. */
  readonly clientSecret: pulumi.Output<string>;

  /** @throws RunError that names every wrong argument, before anything is made */
  constructor(name: string, args: IapOauthClientArgs, opts?: pulumi.ComponentResourceOptions) {
    const {
      project,
      oauthClientId,
      displayName = "Identity-Aware Proxy",
      workforcePool,
      credentialId = "iap-1",
    } = args;
    refuseProblems("IapOauthClient", name, {
      oauthClientId: oauthClientProblem(oauthClientId),
      displayName: displayName.length > 32 ? `"${displayName}" is longer than 32 characters` : undefined,
      workforcePool: workforcePool === undefined ? undefined : poolProblem(workforcePool),
      credentialId: partIdProblem(credentialId, "a credential"),
    });
    super("cloud-run-mesh:index:IapOauthClient", name, {}, opts);
    const inside = { parent: this };
    const location = "global";

    const client = new iam.OauthClient(
      name,
      {
        project,
        location,
        oauthClientId,
        displayName,
        description: `Signs people${workforcePool ? ` of the workforce pool ${poolId(workforcePool)}` : ""} in for Identity-Aware Proxy`,
        clientType: "CONFIDENTIAL_CLIENT",
        allowedGrantTypes: ["AUTHORIZATION_CODE_GRANT"],
        allowedScopes: ["https://www.googleapis.com/auth/cloud-platform"],
        allowedRedirectUris: [handleRedirect("not-known-yet")],
      },
      { ...inside, ignoreChanges: ["allowedRedirectUris"] },
    );
    const credential = new iam.OauthClientCredential(
      name,
      { project, location, oauthclient: client.oauthClientId, oauthClientCredentialId: credentialId, disabled: false },
      inside,
    );
    const redirect = new IamPatch(
      `${name}-redirect`,
      { resource: client.id, fields: { allowedRedirectUris: [client.clientId.apply(handleRedirect)] } },
      inside,
    );
    // Google deletes no credential that is in use, and the gcp provider ends the use of none.
    new IamPatch(
      `${name}-credential`,
      { resource: credential.id, fields: { disabled: false }, fieldsOnDelete: { disabled: true } },
      inside,
    );

    this.clientId = pulumi.all([client.clientId, redirect.id]).apply(([clientId]) => clientId);
    this.clientSecret = pulumi.secret(credential.clientSecret);
    this.registerOutputs({});
  }
}

/** Where Google's sign-in sends people back to: IAP itself, which knows no client of another name. */
function handleRedirect(clientId: string): string {
  return `https://iap.googleapis.com/v1/oauth/clientIds/${clientId}:handleRedirect`;
}
