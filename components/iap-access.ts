/** Who comes through the Identity-Aware Proxy on one Cloud Run service, and the proxy's own way to the service. */
import * as iap from "@pulumi/gcp/iap";
import * as pulumi from "@pulumi/pulumi";
import { IAP_ACCESSOR_ROLE, untilCondition } from "../mesh";
import { formerNames } from "./former-names";
import { type IapSignIn, iapSettings } from "./iap-settings";
import { InvokerGrant, refusePublic } from "./invoker-grant";

export interface IapAccessArgs {
  /** Name of the service; pass the service's own output, so that a replaced service gets its grants again. */
  readonly serviceName: pulumi.Input<string>;
  /** Region of the service. */
  readonly location: pulumi.Input<string>;
  /** Project of the service. @default - the provider's project */
  readonly project?: pulumi.Input<string>;
  /**
   * IAP's service agent as an IAM member; it is the one caller of the service.
   * Source: https://cloud.google.com/run/docs/securing/identity-aware-proxy-cloud-run
   */
  readonly agent: pulumi.Input<string>;
  /** Who comes through on the service itself, by the logical name of the grant; nobody where the proxy is on a load balancer. */
  readonly access: Readonly<Record<string, IapAccessor>>;
  /**
   * How people sign in on the service itself. Google's API names such settings; that the provider takes that name is
   * likely and not verified.
   * @default - with Google accounts
   */
  readonly signIn?: (IapSignIn & { readonly projectNumber: pulumi.Input<string> }) | undefined;
  /** Name that the component had before; the stack goes on with what it holds under that. @default - none */
  readonly formerly?: string | undefined;
}

export interface IapAccessor {
  /** An IAM member. Anyone (`allUsers`, `allAuthenticatedUsers`) is refused. */
  readonly member: pulumi.Input<string>;
  /** Last day of the grant, UTC, `YYYY-MM-DD`, the day included. @default - no end */
  readonly until?: string;
  /** Logical names that the grant had before. @default - none */
  readonly formerly?: readonly string[];
}

export class IapAccess extends pulumi.ComponentResource {
  constructor(name: string, args: IapAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    const { serviceName, location, project, agent, access, signIn, formerly } = args;
    super("cloud-run-mesh:index:IapAccess", name, {}, pulumi.mergeOptions(opts, formerNames(formerly)));
    const inside = { parent: this };
    const agentCalls = (service: string) => `iap-calls-${service}`;
    const before = formerNames(formerly && agentCalls(formerly));
    new InvokerGrant(agentCalls(name), { serviceName, location, project, member: agent }, { ...inside, ...before });
    if (signIn) {
      const place = pulumi.interpolate`projects/${signIn.projectNumber}/iap_web/cloud_run-${location}`;
      iapSettings(name, pulumi.interpolate`${place}/services/${serviceName}`, signIn, inside);
    }
    for (const [grant, { member, until, formerly: names }] of Object.entries(access)) {
      new iap.WebCloudRunServiceIamMember(
        grant,
        {
          cloudRunServiceName: serviceName,
          location,
          project,
          role: IAP_ACCESSOR_ROLE,
          member: refusePublic("IapAccess", member),
          ...(until && { condition: untilCondition(until) }),
        },
        { ...inside, ...formerNames(names) },
      );
    }
    this.registerOutputs({});
  }
}
