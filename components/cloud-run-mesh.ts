/** A whole mesh: every service with its own account, then one grant per permission of the access graph. */
import * as pulumi from "@pulumi/pulumi";
import { type AccessRow, accessDiagram, accessGraph, accessMatrix, type Caller, type MeshSpec } from "../mesh";
import { CloudRunService } from "./cloud-run-service";
import { InvokerGrant } from "./invoker-grant";
import { serviceArgs } from "./service-args";

export interface CloudRunMeshArgs {
  /** The mesh as `parseMesh` filled it in. */
  readonly spec: MeshSpec;
}

export class CloudRunMesh extends pulumi.ComponentResource {
  /** The services by key. */
  readonly services: Readonly<Record<string, CloudRunService>>;
  /** URL of each service, by key: deterministic, known before anything is deployed. */
  readonly urls: Readonly<Record<string, string>>;
  /** E-mail address of the account that each service runs as, by key. */
  readonly serviceAccounts: pulumi.Output<Record<string, string>>;
  /** Who may call what, and where the config says so. */
  readonly accessMatrix: readonly AccessRow[];
  /** The same as a Mermaid flowchart. */
  readonly accessDiagram: string;

  constructor(name: string, args: CloudRunMeshArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-mesh:index:CloudRunMesh", name, args, opts);
    const { spec } = args;
    const graph = accessGraph(spec);

    this.services = Object.fromEntries(
      graph.services.map((service) => [
        service.key,
        new CloudRunService(service.key, serviceArgs(service, spec), { parent: this }),
      ]),
    );
    for (const { name: grant, from, to, until } of graph.edges) {
      const { serviceName } = this.services[to]!;
      const member = this.memberOf(from);
      new InvokerGrant(
        grant,
        { project: spec.project, location: spec.region, serviceName, member, until },
        { parent: this },
      );
    }

    this.urls = Object.fromEntries(graph.services.map(({ key, url }) => [key, url]));
    this.serviceAccounts = pulumi.output(
      Object.fromEntries(Object.entries(this.services).map(([key, { email }]) => [key, email])),
    );
    this.accessMatrix = accessMatrix(graph);
    this.accessDiagram = accessDiagram(graph);
    this.registerOutputs({});
  }

  private memberOf(from: Caller): pulumi.Input<string> {
    return "service" in from ? this.services[from.service]!.member : from.member;
  }
}
