/**
 * Who of a company's directory in Microsoft Entra ID is somebody to Google Cloud: a workforce pool of the organization,
 * and the provider in it that takes sign-ins of one tenant alone, by OpenID Connect or SAML. People are known by their
 * object id, which no renaming changes; groups by theirs.
 *
 * Source: https://cloud.google.com/iam/docs/workforce-sign-in-microsoft-entra-id
 */
import * as iam from "@pulumi/gcp/iam";
import * as pulumi from "@pulumi/pulumi";
import { GUID, partIdProblem, poolId, poolProblem } from "../mesh";
import { refuseProblems } from "./args-problems";
import { CLAIMS, mappingOf, tenantCondition } from "./entra-claims";

export interface WorkforceFederationArgs {
  /** Number of the organization, e.g. `123456789012`. */
  readonly organization: string;
  /** The pool, as `POOL` or `locations/global/workforcePools/POOL`; unique in all of Google Cloud. */
  readonly workforcePool: string;
  /** The directory's (tenant) id. Sign-ins of other tenants are refused. */
  readonly tenant: string;
  /** How Entra tells who signed in. */
  readonly provider: EntraOidc | EntraSaml;
  /** Name of the provider in the pool: 4 to 32 lower-case letters, digits and hyphens. @default "entra" */
  readonly providerId?: string;
  /**
   * Whether Google learns the e-mail address, by which Identity-Aware Proxy tells applications who somebody is beside the
   * object id. Each sign-in then needs one: Entra gives none for a person without a mailbox. @default true
   */
  readonly email?: boolean;
  /** How long a sign-in lasts, in seconds: 900 (15 minutes) to 43200 (12 hours). @default 28800 (8 hours) */
  readonly sessionDurationSeconds?: number;
  /** For people who look at the organization; at most 32 characters. @default - the pool's name */
  readonly displayName?: string;
}

/** By OpenID Connect's code flow; Google's way for web sign-in and for tools. */
export interface EntraOidc {
  readonly type: "oidc";
  /** The app's Application (client) ID in Entra. */
  readonly applicationId: string;
  /** Value of a client secret of the app; hand it on as a secret. */
  readonly clientSecret: pulumi.Input<string>;
}

/** By SAML, for an enterprise application without a client secret. */
export interface EntraSaml {
  readonly type: "saml";
  /** The application's Federation Metadata XML. */
  readonly metadataXml: string;
}

/** A working day. */
const SESSION_SECONDS = 28_800;

export class WorkforceFederation extends pulumi.ComponentResource {
  /** The pool's name: `locations/global/workforcePools/POOL`. */
  readonly workforcePool: pulumi.Output<string>;
  /** The address that the app in Entra has to send people back to. */
  readonly redirectUri: string;
  /** What a SAML application in Entra takes as its identifier (entity ID). */
  readonly entityId: string;
  /** All members of a group are `PREFIX` and the group's object id. */
  readonly groupMemberPrefix: string;

  /** @throws RunError that names every wrong argument, before anything is made */
  constructor(name: string, args: WorkforceFederationArgs, opts?: pulumi.ComponentResourceOptions) {
    refuseProblems("WorkforceFederation", name, problemsOf(args));
    super("cloud-run-mesh:index:WorkforceFederation", name, {}, opts);
    const { organization, tenant, provider, providerId = "entra", sessionDurationSeconds = SESSION_SECONDS } = args;
    const inside = { parent: this };
    const id = poolId(args.workforcePool);
    const displayName = args.displayName ?? id.slice(0, 32);

    const pool = new iam.WorkforcePool(
      name,
      {
        workforcePoolId: id,
        parent: `organizations/${organization}`,
        location: "global",
        displayName,
        sessionDuration: `${sessionDurationSeconds}s`,
      },
      inside,
    );
    const claims = CLAIMS[provider.type];
    new iam.WorkforcePoolProvider(
      name,
      {
        workforcePoolId: pool.workforcePoolId,
        location: pool.location,
        providerId,
        displayName,
        attributeMapping: mappingOf(claims, args.email),
        attributeCondition: tenantCondition(claims, tenant),
        ...(provider.type === "oidc"
          ? { oidc: oidcOf(provider, tenant) }
          : { saml: { idpMetadataXml: provider.metadataXml } }),
      },
      inside,
    );

    this.workforcePool = pool.name;
    this.redirectUri = `https://auth.cloud.google/signin-callback/locations/global/workforcePools/${id}/providers/${providerId}`;
    this.entityId = `https://iam.googleapis.com/locations/global/workforcePools/${id}/providers/${providerId}`;
    this.groupMemberPrefix = `principalSet://iam.googleapis.com/locations/global/workforcePools/${id}/group/`;
    this.registerOutputs({});
  }
}

function oidcOf({ applicationId, clientSecret }: EntraOidc, tenant: string) {
  return {
    issuerUri: `https://login.microsoftonline.com/${tenant.toLowerCase()}/v2.0`,
    clientId: applicationId.toLowerCase(),
    clientSecret: { value: { plainText: pulumi.secret(clientSecret) } },
    webSsoConfig: {
      responseType: "CODE",
      // Entra's own answer to userinfo says neither tenant nor groups, and would only be a second source.
      assertionClaimsBehavior: "ONLY_ID_TOKEN_CLAIMS",
      // Entra puts the e-mail address into a token only where it is asked for.
      additionalScopes: ["email", "profile"],
    },
  };
}

function problemsOf(args: WorkforceFederationArgs) {
  const { organization, tenant, provider, sessionDurationSeconds: seconds = SESSION_SECONDS, displayName = "" } = args;
  return {
    organization: /^\d+$/.test(organization)
      ? undefined
      : `"${organization}" is not the number of an organization; "gcloud organizations list" shows it as ID, digits alone`,
    workforcePool: poolProblem(args.workforcePool),
    tenant: guidProblem(
      tenant,
      `the id of a tenant; Entra's overview shows it as "Tenant ID", e.g. "00000000-0000-0000-0000-000000000000"`,
    ),
    providerId: args.providerId === undefined ? undefined : partIdProblem(args.providerId, "a provider"),
    sessionDurationSeconds:
      Number.isInteger(seconds) && seconds >= 900 && seconds <= 43_200
        ? undefined
        : `${seconds} is not a length that a session may have; use whole seconds from 900 (15 minutes) to 43200 (12 hours)`,
    displayName: displayName.length > 32 ? `"${displayName}" is longer than 32 characters` : undefined,
    ...(provider.type === "oidc"
      ? {
          "provider.applicationId": guidProblem(
            provider.applicationId,
            `the id of an app in Entra; its overview shows it as "Application (client) ID"`,
          ),
        }
      : {
          "provider.metadataXml": /<(\w+:)?EntityDescriptor[\s>]/.test(provider.metadataXml)
            ? undefined
            : 'holds no EntityDescriptor; take "Federation Metadata XML" from the application\'s single sign-on page',
        }),
  };
}

/** @param what what it is to be, and where that is found */
function guidProblem(id: string, what: string): string | undefined {
  return GUID.test(id) ? undefined : `"${id}" is not ${what}`;
}
