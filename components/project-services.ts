/** The APIs of a project that a mesh needs, switched on, and left on when the stack is destroyed. */
import * as projects from "@pulumi/gcp/projects";
import * as pulumi from "@pulumi/pulumi";

export interface ProjectServicesArgs {
  /** The APIs, e.g. `run.googleapis.com`. */
  readonly services: readonly { readonly service: string }[];
  /** Project id. @default - the provider's project */
  readonly project?: pulumi.Input<string>;
}

export class ProjectServices extends pulumi.ComponentResource {
  /** Their ids, known once they are on. */
  readonly switchedOn: pulumi.Output<string[]>;

  constructor(name: string, args: ProjectServicesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-mesh:index:ProjectServices", name, {}, opts);
    const made = args.services.map(
      ({ service }) =>
        new projects.Service(
          service.replace(/\.googleapis\.com$/, ""),
          { service, project: args.project, disableOnDestroy: false },
          { parent: this },
        ),
    );
    this.switchedOn = pulumi.all(made.map(({ id }) => id));
    this.registerOutputs({});
  }

  /** For the `transformations` of what needs the APIs: it and everything in it is made after them. */
  readonly before: pulumi.ResourceTransformation = ({ props, opts }) => ({
    props,
    opts: pulumi.mergeOptions(opts, { dependsOn: this }),
  });
}
