/**
 * One Cloud Run worker pool that runs as a service account of its own: the account, its grants on the secrets it reads
 * and the roles it holds, then the pool. It has no URL, and nobody calls it.
 */
import * as cloudrunv2 from "@pulumi/gcp/cloudrunv2";
import type { cloudrunv2 as types } from "@pulumi/gcp/types/input";
import * as pulumi from "@pulumi/pulumi";
import { type OwnAccountArgs, ownAccount, ownVariables } from "./own-account";

export interface CloudRunWorkerPoolArgs extends OwnAccountArgs {
  /** Region, e.g. `europe-west9`. */
  readonly location: pulumi.Input<string>;
  /** The container of an instance; `envs` are those of `env` and `secretEnv`. */
  readonly container: Omit<types.WorkerPoolTemplateContainer, "envs">;
  /** Instances, which run all the time. @default - Cloud Run's, 1 */
  readonly instances?: pulumi.Input<number>;
  /** Everything else of the revision. @default - Cloud Run's defaults */
  readonly template?: Omit<types.WorkerPoolTemplate, "containers" | "serviceAccount">;
  /** Everything else of the pool. @default - Cloud Run's defaults */
  readonly workerPool?: Omit<
    cloudrunv2.WorkerPoolArgs,
    "deletionProtection" | "location" | "name" | "project" | "scaling" | "template"
  >;
  /** Whether destroying and replacing the pool is refused. @default true */
  readonly deletionProtection?: pulumi.Input<boolean>;
}

export class CloudRunWorkerPool extends pulumi.ComponentResource {
  /** E-mail address of the account that it runs as. */
  readonly email: pulumi.Output<string>;
  /** The account as an IAM member: `serviceAccount:EMAIL`. */
  readonly member: pulumi.Output<string>;
  /** The Cloud Run worker pool. */
  readonly workerPool: cloudrunv2.WorkerPool;

  constructor(name: string, args: CloudRunWorkerPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-mesh:index:CloudRunWorkerPool", name, {}, opts);
    const inside = { parent: this };

    const { email, member, grants } = ownAccount("worker pool", name, args, inside);
    this.email = email;
    this.member = member;
    this.workerPool = new cloudrunv2.WorkerPool(
      name,
      {
        ...args.workerPool,
        name: args.name ?? name,
        location: args.location,
        project: args.project,
        deletionProtection: args.deletionProtection ?? true,
        // Cloud Run's API has no other way to scale a worker pool, and no `scalingMode` to choose it by.
        // Source: https://github.com/hashicorp/terraform-provider-google/issues/26525
        ...(args.instances !== undefined && { scaling: { manualInstanceCount: args.instances } }),
        template: {
          ...args.template,
          serviceAccount: email,
          containers: [{ ...args.container, envs: ownVariables(args) }],
        },
      },
      { ...inside, dependsOn: [...grants] },
    );

    this.registerOutputs({ email: this.email });
  }
}
