/** One edge of the access graph: lets one principal call one Cloud Run service, with an end where one is set. */
import * as cloudrunv2 from "@pulumi/gcp/cloudrunv2";
import * as pulumi from "@pulumi/pulumi";
import { INVOKER_ROLE, untilCondition } from "../mesh";

export interface InvokerGrantArgs {
  /** Name of the receiving service; pass the service's own output, so that a replaced service gets its grants again. */
  readonly serviceName: pulumi.Input<string>;
  /** Region of the receiving service. */
  readonly location: pulumi.Input<string>;
  /** Who may call, as an IAM member: `serviceAccount:EMAIL`, `group:EMAIL`, … Anyone (`allUsers`, `allAuthenticatedUsers`) is refused. */
  readonly member: pulumi.Input<string>;
  /** Project of the receiving service. @default - the provider's project */
  readonly project?: pulumi.Input<string>;
  /** Last day of the grant, UTC, `YYYY-MM-DD`, the day included. @default - no end */
  readonly until?: string;
}

export class InvokerGrant extends cloudrunv2.ServiceIamMember {
  constructor(name: string, args: InvokerGrantArgs, opts?: pulumi.CustomResourceOptions) {
    const { serviceName, location, project, member, until } = args;
    super(
      name,
      {
        name: serviceName,
        location,
        project,
        role: INVOKER_ROLE,
        member: refusePublic("InvokerGrant", member),
        ...(until && { condition: untilCondition(until) }),
      },
      opts,
    );
  }
}

/** IAM compares these two names exactly; any spelling of them is taken for what was meant. */
export function refusePublic(component: string, member: pulumi.Input<string>): pulumi.Input<string> {
  const check = (one: string) => {
    if (!/^\s*all(authenticated)?users\s*$/i.test(one)) return one;
    throw new pulumi.RunError(
      `${component} "${one}" would let anyone in; name who may call, e.g. "group:callers@example.com"`,
    );
  };
  return typeof member === "string" ? check(member) : pulumi.output(member).apply(check);
}
