/**
 * One Cloud Run job that runs as a service account of its own: the account, its grants on the secrets it reads and the
 * roles it holds, then the job. Nothing runs it until somebody does.
 */
import * as cloudrunv2 from "@pulumi/gcp/cloudrunv2";
import type { cloudrunv2 as types } from "@pulumi/gcp/types/input";
import * as pulumi from "@pulumi/pulumi";
import { type OwnAccountArgs, ownAccount, ownVariables } from "./own-account";

export interface CloudRunJobArgs extends OwnAccountArgs {
  /** Region, e.g. `europe-west9`. */
  readonly location: pulumi.Input<string>;
  /** The container of a task; `envs` are those of `env` and `secretEnv`. */
  readonly container: Omit<types.JobTemplateTemplateContainer, "envs">;
  /** Everything else of a task. @default - Cloud Run's defaults */
  readonly task?: Omit<types.JobTemplateTemplate, "containers" | "serviceAccount">;
  /** Everything else of an execution. @default - Cloud Run's defaults: one task */
  readonly execution?: Omit<types.JobTemplate, "template">;
  /** Everything else of the job. @default - Cloud Run's defaults */
  readonly job?: Omit<cloudrunv2.JobArgs, "deletionProtection" | "location" | "name" | "project" | "template">;
  /** Whether destroying and replacing the job is refused. @default true */
  readonly deletionProtection?: pulumi.Input<boolean>;
}

export class CloudRunJob extends pulumi.ComponentResource {
  /** E-mail address of the account that it runs as. */
  readonly email: pulumi.Output<string>;
  /** The account as an IAM member: `serviceAccount:EMAIL`. */
  readonly member: pulumi.Output<string>;
  /** The Cloud Run job. */
  readonly job: cloudrunv2.Job;

  constructor(name: string, args: CloudRunJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-mesh:index:CloudRunJob", name, {}, opts);
    const inside = { parent: this };

    const { email, member, grants } = ownAccount("job", name, args, inside);
    this.email = email;
    this.member = member;
    this.job = new cloudrunv2.Job(
      name,
      {
        ...args.job,
        name: args.name ?? name,
        location: args.location,
        project: args.project,
        deletionProtection: args.deletionProtection ?? true,
        template: {
          ...args.execution,
          template: {
            ...args.task,
            serviceAccount: email,
            containers: [{ ...args.container, envs: ownVariables(args) }],
          },
        },
      },
      { ...inside, dependsOn: [...grants] },
    );

    this.registerOutputs({ email: this.email });
  }
}
