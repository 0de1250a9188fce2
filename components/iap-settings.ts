/** Where people sign in to one resource behind Identity-Aware Proxy, where that is not with a Google account alone. */
import * as iap from "@pulumi/gcp/iap";
import * as pulumi from "@pulumi/pulumi";

/** How people sign in. @default - Google accounts, by Google's own OAuth client */
export interface IapSignIn {
  /** The workforce pool in which people sign in, and the IAM OAuth client that they sign in with. @default - Google accounts */
  readonly workforce?: {
    /** Id of the pool. */
    readonly pool: string;
    readonly clientId: pulumi.Input<string>;
    readonly clientSecret: pulumi.Input<string>;
  };
  /** After how long people show again that it is them. @default - as the session says */
  readonly reauth?: {
    readonly method: "LOGIN" | "SECURE_KEY" | "ENROLLED_SECOND_FACTORS";
    readonly maxAgeSeconds: number;
  };
}

/**
 * Settings of one resource, and not of the project: what else is behind the proxy there keeps its own.
 *
 * @param resource name in IAP, e.g. `projects/NUMBER/iap_web/compute/services/BACKEND`
 * @returns nothing where Google's defaults hold
 */
export function iapSettings(
  name: string,
  resource: pulumi.Input<string>,
  { workforce, reauth }: IapSignIn,
  opts: pulumi.CustomResourceOptions,
): iap.Settings | undefined {
  if (workforce === undefined && reauth === undefined) return undefined;
  return new iap.Settings(
    name,
    {
      name: resource,
      accessSettings: {
        ...(workforce && {
          identitySources: ["WORKFORCE_IDENTITY_FEDERATION"],
          workforceIdentitySettings: {
            workforcePools: workforce.pool,
            oauth2: { clientId: workforce.clientId, clientSecret: pulumi.secret(workforce.clientSecret) },
          },
        }),
        ...(reauth && {
          // MINIMUM: settings above, of the project or the organization, can only make it stricter.
          reauthSettings: { method: reauth.method, maxAge: `${reauth.maxAgeSeconds}s`, policyType: "MINIMUM" },
        }),
      },
    },
    opts,
  );
}
