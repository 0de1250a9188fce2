/**
 * One edge of the access graph: lets one principal call one Cloud Run service, without an end. The provider reads the
 * policy of a Cloud Run service without the conditions in it, so that the first one would stop every later change of the
 * policy: docs/decisions/0012-where-an-end-is-held.md
 */
import * as cloudrunv2 from "@pulumi/gcp/cloudrunv2";
import * as pulumi from "@pulumi/pulumi";
import { isPublicMember } from "../google/members";
import { INVOKER_ROLE } from "../mesh";

export interface InvokerGrantArgs {
  /** Name of the receiving service; pass the service's own output, so that a replaced service gets its grants again. */
  readonly serviceName: pulumi.Input<string>;
  /** Region of the receiving service. */
  readonly location: pulumi.Input<string>;
  /** Who may call, as an IAM member: `serviceAccount:EMAIL`, `group:EMAIL`, … Anyone (`allUsers`, `allAuthenticatedUsers`) is refused. */
  readonly member: pulumi.Input<string>;
  /** Project of the receiving service. @default - the provider's project */
  readonly project?: pulumi.Input<string>;
  /** No grant on a Cloud Run service ends by a condition. For people with an end use `DeveloperAccess` or `IapAccess`. */
  readonly until?: never;
}

export class InvokerGrant extends cloudrunv2.ServiceIamMember {
  constructor(name: string, args: InvokerGrantArgs, opts?: pulumi.CustomResourceOptions) {
    const { serviceName, location, project, member, until } = args;
    if (until !== undefined) throw new Error(noEnd(name));
    super(
      name,
      {
        name: serviceName,
        location,
        project,
        role: INVOKER_ROLE,
        member: refusePublic("InvokerGrant", member),
      },
      opts,
    );
  }
}

function noEnd(name: string): string {
  return `InvokerGrant "${name}" got "until", which takes a condition on the policy of a Cloud Run service: the provider reads such a policy back without it, and every later change of the policy fails; let people mint tokens of a DeveloperAccess until their day, or leave the grant out when its day is over`;
}

/** @throws RunError where a member is anybody at all, in whatever spelling */
export function refusePublic(component: string, member: pulumi.Input<string>): pulumi.Input<string> {
  const check = (one: string) => {
    if (!isPublicMember(one)) return one;
    throw new pulumi.RunError(
      `${component} "${one}" would let anyone in; name who may call, e.g. "group:callers@example.com"`,
    );
  };
  return typeof member === "string" ? check(member) : pulumi.output(member).apply(check);
}
