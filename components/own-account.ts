import * as projects from "@pulumi/gcp/projects";
import * as secretmanager from "@pulumi/gcp/secretmanager";
import * as serviceaccount from "@pulumi/gcp/serviceaccount";
import * as pulumi from "@pulumi/pulumi";
import { secretParts } from "../google/secrets";
import { accountId } from "../mesh";

/** Who a service, a job or a worker pool runs as, and what that account may read and do before anything runs. */

/** A secret that is read: its name, or `projects/PROJECT/secrets/NAME`. */
export interface SecretSource {
  readonly secret: pulumi.Input<string>;
  /** Pinned version, e.g. `"3"`, or `latest` on purpose. */
  readonly version: pulumi.Input<string>;
}

/** What every component that runs something takes. */
export interface OwnAccountArgs {
  /** Project id. @default - the provider's project */
  readonly project?: pulumi.Input<string>;
  /** Number of the project, by which secrets of its own may be named too. @default - they are named by its id */
  readonly projectNumber?: string;
  /** Name on Google Cloud, also of one that exists and is imported. @default - the component's name */
  readonly name?: string;
  /** E-mail address of an account that exists already. @default - an account of its own is created */
  readonly serviceAccount?: pulumi.Input<string>;
  /** Id of the account that is created, 6 to 30 characters. @default - NAME-sa, shortened with a hash */
  readonly accountId?: string;
  /** Roles that the account holds on the project. @default - none */
  readonly roles?: readonly string[];
  /** Variables of the main container. @default - none */
  readonly env?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Variables of the main container that come from Secret Manager; the account gets access before anything starts. @default - none */
  readonly secretEnv?: Readonly<Record<string, SecretSource>>;
  /** Further secrets that containers or volumes read, to which the account gets access. @default - none */
  readonly secrets?: readonly pulumi.Input<string>[];
}

export interface OwnAccount {
  readonly email: pulumi.Output<string>;
  /** The account as an IAM member: `serviceAccount:EMAIL`. */
  readonly member: pulumi.Output<string>;
  /** What has to be there before anything runs as it. */
  readonly grants: readonly pulumi.Resource[];
}

/** @param what e.g. `service`, for the account's display name */
export function ownAccount(
  what: string,
  name: string,
  args: OwnAccountArgs,
  opts: pulumi.CustomResourceOptions,
): OwnAccount {
  const { email, member } = args.serviceAccount
    ? { email: pulumi.output(args.serviceAccount), member: pulumi.interpolate`serviceAccount:${args.serviceAccount}` }
    : createAccount(what, name, args, opts);
  return {
    email,
    member,
    grants: [...grantSecrets(name, args, member, opts), ...grantRoles(name, args, member, opts)],
  };
}

function createAccount(what: string, name: string, args: OwnAccountArgs, opts: pulumi.CustomResourceOptions) {
  const runName = args.name ?? name;
  return new serviceaccount.Account(
    name,
    {
      accountId: args.accountId ?? accountId(runName),
      displayName: `Cloud Run ${what} ${runName}`,
      project: args.project,
    },
    opts,
  );
}

/**
 * Cloud Run checks at deploy time that the account may read every secret, so these grants come first. Each names the
 * project that its secret is in: the provider reads that one back, whatever is said beside a secret's whole path, and
 * would replace a grant with another. Of two grants of one membership, the deletion of the first ends the second.
 */
function grantSecrets(name: string, args: OwnAccountArgs, member: pulumi.Input<string>, opts: pulumi.ResourceOptions) {
  const ids = [...Object.values(args.secretEnv ?? {}).map(({ secret }) => secret), ...(args.secrets ?? [])];
  const places = new Map(
    ids.map((id, i) => (typeof id === "string" ? writtenPlace(id, args) : laterPlace(id, i, args))),
  );
  return [...places].map(
    ([secret, place]) =>
      new secretmanager.SecretIamMember(
        `${name}-reads-${secret}`,
        { ...place, role: "roles/secretmanager.secretAccessor", member },
        opts,
      ),
  );
}

interface SecretPlace {
  readonly secretId: pulumi.Input<string>;
  readonly project: pulumi.Input<string | undefined>;
}

/** The same for each way to write a secret's name, so that it has one grant: one of the own project has no home. */
function writtenPlace(id: string, { project, projectNumber }: OwnAccountArgs): [name: string, SecretPlace] {
  const { project: home, secret } = secretParts(id);
  if (home === undefined || home === project || home === projectNumber) return [secret, { secretId: secret, project }];
  return [`${home}/${secret}`, { secretId: secret, project: home }];
}

function laterPlace(
  id: Exclude<pulumi.Input<string>, string>,
  index: number,
  { project }: OwnAccountArgs,
): [name: string, SecretPlace] {
  const parts = pulumi.output(id).apply(secretParts);
  const home = pulumi.all([parts, project]).apply(([one, own]) => one.project ?? own);
  return [`secret-${index}`, { secretId: parts.secret, project: home }];
}

function grantRoles(name: string, args: OwnAccountArgs, member: pulumi.Input<string>, opts: pulumi.ResourceOptions) {
  return (args.roles ?? []).map((role) => {
    const project = args.project ?? pulumi.output(new pulumi.Config("gcp").require("project"));
    return new projects.IAMMember(`${name}-has-${role.replace(/^roles\//, "")}`, { project, role, member }, opts);
  });
}

/** A variable of a container, as services, jobs and worker pools spell it alike. */
interface Variable {
  name: pulumi.Input<string>;
  value?: pulumi.Input<string>;
  valueSource?: { secretKeyRef: { secret: pulumi.Input<string>; version: pulumi.Input<string> } };
}

/** The variables of the main container, sorted by name: the order of a map in a config makes no difference in a preview. */
export function ownVariables({ env = {}, secretEnv = {} }: OwnAccountArgs): Variable[] {
  const plain = Object.entries(env).map(([name, value]) => ({ name, value }));
  const secret = Object.entries(secretEnv).map(([name, secretKeyRef]) => ({ name, valueSource: { secretKeyRef } }));
  return [...plain, ...secret].sort((a, b) => (a.name < b.name ? -1 : 1));
}
