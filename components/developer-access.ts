/** A way for people to call from their own machines: an account that only calls, and who may mint tokens for it. */
import * as serviceaccount from "@pulumi/gcp/serviceaccount";
import * as pulumi from "@pulumi/pulumi";
import { accountId, OPEN_ID_TOKEN_CREATOR_ROLE, TOKEN_CREATOR_ROLE, untilCondition } from "../mesh";
import { refusePublic } from "./invoker-grant";

export interface DeveloperAccessArgs {
  /** Who it is, as an IAM member: `user:EMAIL`, `group:EMAIL`, … */
  readonly member: string;
  /** Project id. @default - the provider's project */
  readonly project?: pulumi.Input<string>;
  /** Id of the account that is made. @default - NAME-dev-sa, shortened with a hash */
  readonly accountId?: string;
  /** Last day, UTC, `YYYY-MM-DD`, the day included. @default - no end */
  readonly until?: string;
  /** Whether they get access tokens too, as `gcloud --impersonate-service-account` needs. @default false - ID tokens alone */
  readonly accessTokens?: boolean;
}

export class DeveloperAccess extends pulumi.ComponentResource {
  /** E-mail address of the account, which is what they impersonate. */
  readonly email: pulumi.Output<string>;
  /** The account as an IAM member: `serviceAccount:EMAIL`. */
  readonly accountMember: pulumi.Output<string>;

  constructor(name: string, args: DeveloperAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-mesh:index:DeveloperAccess", name, {}, opts);
    const inside = { parent: this };
    const { member, project, until, accessTokens } = args;

    const account = new serviceaccount.Account(
      name,
      {
        accountId: args.accountId ?? accountId(`${name}-dev`),
        displayName: `Calls in the place of ${member}`,
        project,
      },
      inside,
    );
    new serviceaccount.IAMMember(
      name,
      {
        serviceAccountId: account.name,
        role: accessTokens ? TOKEN_CREATOR_ROLE : OPEN_ID_TOKEN_CREATOR_ROLE,
        member: refusePublic("DeveloperAccess", member),
        ...(until && { condition: untilCondition(until) }),
      },
      inside,
    );
    this.email = account.email;
    this.accountMember = account.member;
    this.registerOutputs({ email: this.email });
  }
}
