/**
 * A way for people to call: an account that only calls, and who may mint tokens for it until when. The end stands on the
 * account, where IAM and the provider keep it; the account's own grants on services have none.
 */
import * as serviceaccount from "@pulumi/gcp/serviceaccount";
import * as pulumi from "@pulumi/pulumi";
import { accountId, OPEN_ID_TOKEN_CREATOR_ROLE, TOKEN_CREATOR_ROLE, untilCondition } from "../mesh";
import { formerNames } from "./former-names";
import { refusePublic } from "./invoker-grant";

export interface DeveloperAccessArgs {
  /** Who may mint tokens, by the logical name of the grant. */
  readonly people: Readonly<Record<string, Impersonator>>;
  /** Project id. @default - the provider's project */
  readonly project?: pulumi.Input<string>;
  /** Id of the account that is made. @default - NAME-dev-sa, shortened with a hash */
  readonly accountId?: string;
  /** What the account is for, shown in the console. @default - names those who may mint its tokens */
  readonly displayName?: string;
  /** Whether they get access tokens too, as `gcloud --impersonate-service-account` needs. @default false - ID tokens alone */
  readonly accessTokens?: boolean;
}

/** Source: https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts */
const DISPLAY_NAME_MAX = 100;

export interface Impersonator {
  /** An IAM member: `user:EMAIL`, `group:EMAIL`, … Anyone (`allUsers`, `allAuthenticatedUsers`) is refused. */
  readonly member: string;
  /** Last day, UTC, `YYYY-MM-DD`, the day included. @default - no end */
  readonly until?: string;
  /** Logical names that the grant had before. @default - none */
  readonly formerly?: readonly string[];
}

export class DeveloperAccess extends pulumi.ComponentResource {
  /** E-mail address of the account, which is what they impersonate. */
  readonly email: pulumi.Output<string>;
  /** The account as an IAM member: `serviceAccount:EMAIL`. */
  readonly accountMember: pulumi.Output<string>;

  constructor(name: string, args: DeveloperAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-mesh:index:DeveloperAccess", name, {}, opts);
    const inside = { parent: this };
    const { people, project, accessTokens } = args;

    const account = new serviceaccount.Account(
      name,
      {
        accountId: args.accountId ?? accountId(`${name}-dev`),
        displayName: (args.displayName ?? standsFor(people)).slice(0, DISPLAY_NAME_MAX),
        project,
      },
      inside,
    );
    for (const [grant, { member, until, formerly }] of Object.entries(people)) {
      new serviceaccount.IAMMember(
        grant,
        {
          serviceAccountId: account.name,
          role: accessTokens ? TOKEN_CREATOR_ROLE : OPEN_ID_TOKEN_CREATOR_ROLE,
          member: refusePublic("DeveloperAccess", member),
          ...(until && { condition: untilCondition(until) }),
        },
        { ...inside, ...formerNames(formerly) },
      );
    }
    this.email = account.email;
    this.accountMember = account.member;
    this.registerOutputs({ email: this.email });
  }
}

function standsFor(people: DeveloperAccessArgs["people"]): string {
  const [first, ...more] = Object.values(people).map(({ member }) => member);
  return `Calls in the place of ${first ?? "nobody"}${more.length > 0 ? ` and ${more.length} more` : ""}`;
}
