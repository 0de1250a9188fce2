/**
 * One Cloud Run service that runs as a service account of its own: the account, its grants on the secrets it reads and
 * the roles it holds, then the service. Nobody may call it until an {@link InvokerGrant} says so.
 */
import * as cloudrunv2 from "@pulumi/gcp/cloudrunv2";
import * as projects from "@pulumi/gcp/projects";
import * as secretmanager from "@pulumi/gcp/secretmanager";
import * as serviceaccount from "@pulumi/gcp/serviceaccount";
import type { cloudrunv2 as types } from "@pulumi/gcp/types/input";
import * as pulumi from "@pulumi/pulumi";
import { accountId, type Ingress } from "../mesh";

/** Annotation in which the reason for `ingress: all` travels with the service, so that reviewers and policies can read it. */
export const INGRESS_ALL_REASON = "cloud-run-mesh/ingress-all-reason";

/** A secret that a service reads: its name, or `projects/PROJECT/secrets/NAME`. */
export interface SecretSource {
  readonly secret: pulumi.Input<string>;
  /** Pinned version, e.g. `"3"`, or `latest` on purpose. */
  readonly version: pulumi.Input<string>;
}

export interface CloudRunServiceArgs {
  /** Region, e.g. `europe-west9`. */
  readonly location: pulumi.Input<string>;
  /** Containers, the one that receives requests first; `envs` are added to it from `env` and `secretEnv`. */
  readonly containers: readonly types.ServiceTemplateContainer[];
  /** Project id. @default - the provider's project */
  readonly project?: pulumi.Input<string>;
  /** Name of the Cloud Run service, also of one that exists and is imported. @default - the component's name */
  readonly name?: string;
  /** E-mail address of an account that exists already. @default - an account of its own is created */
  readonly serviceAccount?: pulumi.Input<string>;
  /** Id of the account that is created, 6 to 30 characters. @default - NAME-sa, shortened with a hash */
  readonly accountId?: string;
  /** Roles that the account holds on the project. @default - none */
  readonly roles?: readonly string[];
  /** How it can be reached over the network; `{ all: reason }` opens it to the internet, IAM still asks for an invoker. @default "internal" */
  readonly ingress?: Ingress;
  /** Variables of the main container. @default - none */
  readonly env?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Variables of the main container that come from Secret Manager; the account gets access before the service starts. @default - none */
  readonly secretEnv?: Readonly<Record<string, SecretSource>>;
  /** Further secrets that containers or volumes read, to which the account gets access. @default - none */
  readonly secrets?: readonly pulumi.Input<string>[];
  /** Everything else of the revision. @default - Cloud Run's defaults */
  readonly template?: Omit<types.ServiceTemplate, "containers" | "serviceAccount">;
  /**
   * Whether another pipeline deploys new images. The main container's image, and the marks that gcloud leaves, are then
   * set once and left alone. @default false
   */
  readonly imageManagedElsewhere?: boolean;
  /** Everything else of the service. @default - Cloud Run's defaults */
  readonly service?: Omit<cloudrunv2.ServiceArgs, ManagedArgs>;
  /** Whether destroying and replacing the service is refused. @default true */
  readonly deletionProtection?: pulumi.Input<boolean>;
}

/** What the component decides and nobody passes past it. */
type ManagedArgs =
  | "deletionProtection"
  | "ingress"
  | "invokerIamDisabled"
  | "location"
  | "name"
  | "project"
  | "template";

/** What `gcloud run deploy --image` changes. Source: https://cloud.google.com/sdk/gcloud/reference/run/deploy */
const SET_BY_OTHERS = ["template.containers[0].image", "template.revision", "client", "clientVersion"];

export class CloudRunService extends pulumi.ComponentResource {
  /** Name of the Cloud Run service; known once the service exists, so that what uses it is made after it. */
  readonly serviceName: pulumi.Output<string>;
  /** E-mail address of the account that it runs as. */
  readonly email: pulumi.Output<string>;
  /** The account as an IAM member: `serviceAccount:EMAIL`. */
  readonly member: pulumi.Output<string>;
  /** The Cloud Run service. */
  readonly service: cloudrunv2.Service;

  constructor(name: string, args: CloudRunServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-mesh:index:CloudRunService", name, args, opts);
    const inside = { parent: this };

    this.email = pulumi.output(args.serviceAccount ?? createAccount(name, args, inside).email);
    this.member = pulumi.interpolate`serviceAccount:${this.email}`;
    const grants = [...grantSecrets(name, args, this.member, inside), ...grantRoles(name, args, this.member, inside)];
    const ignoreChanges = args.imageManagedElsewhere ? SET_BY_OTHERS : undefined;
    this.service = createService(name, args, this.email, { ...inside, dependsOn: grants, ignoreChanges });
    this.serviceName = this.service.name;

    this.registerOutputs({ serviceName: this.serviceName, email: this.email });
  }
}

function createAccount(name: string, args: CloudRunServiceArgs, opts: pulumi.CustomResourceOptions) {
  const serviceName = args.name ?? name;
  return new serviceaccount.Account(
    name,
    {
      accountId: args.accountId ?? accountId(serviceName),
      displayName: `Cloud Run service ${serviceName}`,
      project: args.project,
    },
    opts,
  );
}

/** Cloud Run checks at deploy time that the account may read every secret, so these grants come first. */
function grantSecrets(
  name: string,
  args: CloudRunServiceArgs,
  member: pulumi.Input<string>,
  opts: pulumi.ResourceOptions,
) {
  const ids = [...Object.values(args.secretEnv ?? {}).map(({ secret }) => secret), ...(args.secrets ?? [])];
  const named = new Map(
    ids.map((id, i) => [
      typeof id === "string" ? id.replace(/^projects\/([^/]+)\/secrets\//, "$1-") : `secret-${i}`,
      id,
    ]),
  );
  return [...named].map(
    ([secret, secretId]) =>
      new secretmanager.SecretIamMember(
        `${name}-reads-${secret}`,
        { secretId, project: args.project, role: "roles/secretmanager.secretAccessor", member },
        opts,
      ),
  );
}

function grantRoles(
  name: string,
  args: CloudRunServiceArgs,
  member: pulumi.Input<string>,
  opts: pulumi.ResourceOptions,
) {
  return (args.roles ?? []).map((role) => {
    const project = args.project ?? pulumi.output(new pulumi.Config("gcp").require("project"));
    return new projects.IAMMember(`${name}-has-${role.replace(/^roles\//, "")}`, { project, role, member }, opts);
  });
}

function createService(
  name: string,
  args: CloudRunServiceArgs,
  email: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
) {
  const { all: reason } = typeof args.ingress === "object" ? args.ingress : { all: undefined };
  const [main, ...sidecars] = args.containers;
  if (!main)
    throw new Error(`"${name}": got no containers, expected at least one; pass the one that receives requests first`);
  return new cloudrunv2.Service(
    name,
    {
      ...args.service,
      name: args.name ?? name,
      location: args.location,
      project: args.project,
      ingress: ingressSetting(args.ingress ?? "internal"),
      ...((args.service?.annotations || reason) && {
        annotations: pulumi
          .output(args.service?.annotations)
          .apply((annotations) => ({ ...annotations, ...(reason && { [INGRESS_ALL_REASON]: reason }) })),
      }),
      deletionProtection: args.deletionProtection ?? true,
      template: {
        ...args.template,
        serviceAccount: email,
        containers: [{ ...main, envs: variables(main, args) }, ...sidecars],
      },
    },
    opts,
  );
}

function ingressSetting(ingress: Ingress): string {
  if (ingress === "internal") return "INGRESS_TRAFFIC_INTERNAL_ONLY";
  return ingress === "load-balancer" ? "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" : "INGRESS_TRAFFIC_ALL";
}

/** Sorted by name: the provider compares lists by position, and the order of a map in a config must not make a diff. */
function variables(
  main: types.ServiceTemplateContainer,
  args: CloudRunServiceArgs,
): pulumi.Input<pulumi.Input<types.ServiceTemplateContainerEnv>[]> {
  const plain = Object.entries(args.env ?? {}).map(([name, value]) => ({ name, value }));
  const secret = Object.entries(args.secretEnv ?? {}).map(([name, secretKeyRef]) => ({
    name,
    valueSource: { secretKeyRef },
  }));
  const own = [...plain, ...secret].sort((a, b) => (a.name < b.name ? -1 : 1));
  return main.envs === undefined ? own : pulumi.output(main.envs).apply((envs) => [...(envs ?? []), ...own]);
}
