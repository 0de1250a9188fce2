/**
 * One Cloud Run service that runs as a service account of its own: the account, its grants on the secrets it reads and
 * the roles it holds, then the service. Nobody may call it until an {@link InvokerGrant} says so.
 */
import * as cloudrunv2 from "@pulumi/gcp/cloudrunv2";
import type { cloudrunv2 as types } from "@pulumi/gcp/types/input";
import * as pulumi from "@pulumi/pulumi";
import type { Ingress } from "../mesh";
import { cloudSqlLogin } from "./cloud-sql-login";
import { deployedElsewhere } from "./deployed-elsewhere";
import { type OwnAccountArgs, ownAccount, ownVariables } from "./own-account";

/** Annotation in which the reason for `ingress: all` travels with the service, so that reviewers and policies can read it. */
export const INGRESS_ALL_REASON = "cloud-run-mesh/ingress-all-reason";

export interface CloudRunServiceArgs extends OwnAccountArgs {
  /** Region, e.g. `europe-west9`. */
  readonly location: pulumi.Input<string>;
  /** Containers, the one that receives requests first; `envs` are added to it from `env` and `secretEnv`. */
  readonly containers: readonly types.ServiceTemplateContainer[];
  /** How it can be reached over the network; `{ all: reason }` opens it to the internet, IAM still asks for an invoker. @default "internal" */
  readonly ingress?: Ingress;
  /** Everything else of the revision. @default - Cloud Run's defaults */
  readonly template?: Omit<types.ServiceTemplate, "containers" | "serviceAccount">;
  /**
   * Whether another pipeline deploys new images. Google is then asked what runs, and an update sends the main container's
   * image as it is there, and the traffic unless `service.traffics` says otherwise; `containers` has the first image.
   * @default false
   */
  readonly imageManagedElsewhere?: boolean;
  /**
   * Connection name of the Cloud SQL for PostgreSQL instance, `PROJECT:REGION:INSTANCE`, that the account may log in to; the
   * socket is a volume among `template.volumes`. @default - none
   */
  readonly cloudSqlInstance?: string | undefined;
  /** What has to be there before Google can be asked what runs, e.g. an API that is switched on. @default - nothing */
  readonly lookUpAfter?: pulumi.Input<unknown>;
  /** Everything else of the service. @default - Cloud Run's defaults */
  readonly service?: Omit<cloudrunv2.ServiceArgs, ManagedArgs>;
  /**
   * Whether a service that moves to another region is there before the old one goes, so that a load balancer leads to
   * one of the two at any time.
   * @default false - of two services with one name, the old one goes first
   */
  readonly createBeforeDelete?: boolean | undefined;
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

/** Google's own, written out: it is what the next lookup finds. */
const ALL_TO_LATEST = [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100 }];

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
    super("cloud-run-mesh:index:CloudRunService", name, {}, opts);
    const inside = { parent: this };

    const { email, member, grants } = ownAccount("service", name, args, inside);
    this.email = email;
    this.member = member;
    const login = args.cloudSqlInstance
      ? cloudSqlLogin(name, { instance: args.cloudSqlInstance, email, member }, inside)
      : [];
    const order = args.createBeforeDelete ? { deleteBeforeReplace: false } : {};
    this.service = createService(name, args, this.email, { ...inside, ...order, dependsOn: [...grants, ...login] });
    this.serviceName = this.service.name;

    this.registerOutputs({ serviceName: this.serviceName, email: this.email });
  }
}

function createService(
  name: string,
  args: CloudRunServiceArgs,
  email: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions & { parent: pulumi.Resource },
) {
  const { all: reason } = typeof args.ingress === "object" ? args.ingress : { all: undefined };
  const [main, ...sidecars] = args.containers;
  if (!main)
    throw new pulumi.RunError(
      `"${name}": got no containers, expected at least one; pass the one that receives requests first`,
    );
  const deployed = args.imageManagedElsewhere
    ? deployedElsewhere({ ...args, name: args.name ?? name }, args.lookUpAfter, { parent: opts.parent })
    : undefined;
  const container = { ...main, envs: variables(main, args) };
  return new cloudrunv2.Service(
    name,
    {
      ...args.service,
      ...(deployed && {
        traffics: args.service?.traffics ?? deployed.apply((found) => found?.traffics ?? ALL_TO_LATEST),
      }),
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
        containers: [
          deployed ? deployed.apply((found) => ({ ...container, ...found?.container })) : container,
          ...sidecars,
        ],
      },
    },
    opts,
  );
}

function ingressSetting(ingress: Ingress): string {
  if (ingress === "internal") return "INGRESS_TRAFFIC_INTERNAL_ONLY";
  return ingress === "load-balancer" ? "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" : "INGRESS_TRAFFIC_ALL";
}

function variables(
  main: types.ServiceTemplateContainer,
  args: CloudRunServiceArgs,
): pulumi.Input<pulumi.Input<types.ServiceTemplateContainerEnv>[]> {
  const own = ownVariables(args);
  return main.envs === undefined ? own : pulumi.output(main.envs).apply((envs) => [...(envs ?? []), ...own]);
}
