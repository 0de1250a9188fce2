/** A whole mesh: every service with its own account, then one grant per permission of the access graph. */
import * as projects from "@pulumi/gcp/projects";
import * as pulumi from "@pulumi/pulumi";
import {
  type AccessGraph,
  type AccessRow,
  accessDiagram,
  accessGraph,
  accessMatrix,
  type Caller,
  IAP_ACCESSOR_ROLE,
  INVOKER_ROLE,
  type MeshSpec,
} from "../mesh";
import { CloudRunService } from "./cloud-run-service";
import { IapAccess } from "./iap-access";
import { InvokerGrant } from "./invoker-grant";
import { MeshNetwork } from "./mesh-network";
import { serviceArgs } from "./service-args";

export interface CloudRunMeshArgs {
  /** The mesh as `parseMesh` filled it in. */
  readonly spec: MeshSpec;
}

export class CloudRunMesh extends pulumi.ComponentResource {
  /** The services by key. */
  readonly services: Readonly<Record<string, CloudRunService>>;
  /** The VPC network, where the mesh makes one. */
  readonly network: MeshNetwork | undefined;
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

    this.network = this.createNetwork(spec);
    this.services = Object.fromEntries(
      graph.services.map((service) => [
        service.key,
        new CloudRunService(service.key, serviceArgs(service, spec, this.network), { parent: this }),
      ]),
    );
    const { project, region: location } = spec;
    for (const { name: grant, from, to, until, role } of graph.edges) {
      if (role !== INVOKER_ROLE) continue;
      const { serviceName } = this.services[to]!;
      new InvokerGrant(grant, { project, location, serviceName, member: this.memberOf(from), until }, { parent: this });
    }
    this.createIapAccess(graph, { project, location });

    this.urls = Object.fromEntries(graph.services.map(({ key, url }) => [key, url]));
    this.serviceAccounts = pulumi.output(
      Object.fromEntries(Object.entries(this.services).map(([key, { email }]) => [key, email])),
    );
    this.accessMatrix = accessMatrix(graph);
    this.accessDiagram = accessDiagram(graph);
    this.registerOutputs({});
  }

  private createNetwork({ network, project, region }: MeshSpec): MeshNetwork | undefined {
    return network && new MeshNetwork("network", { ...network, project, region }, { parent: this });
  }

  /** The agent exists once a project; switching the API on does not make it, so it is asked for. */
  private createIapAccess(graph: AccessGraph, place: { project: string; location: string }): void {
    const behind = graph.services.filter((service) => service.iap);
    if (behind.length === 0) return;
    const agent = new projects.ServiceIdentity(
      "iap-agent",
      { service: "iap.googleapis.com", project: place.project },
      { parent: this },
    );
    for (const { key } of behind) {
      const edges = graph.edges.filter(({ to, role }) => to === key && role === IAP_ACCESSOR_ROLE);
      const access = edges.map(({ name, from, until }) => [name, { member: this.memberOf(from), until }] as const);
      const { serviceName } = this.services[key]!;
      new IapAccess(
        key,
        { ...place, serviceName, agent: agent.member, access: Object.fromEntries(access) },
        { parent: this },
      );
    }
  }

  private memberOf(from: Caller): pulumi.Input<string> {
    return "service" in from ? this.services[from.service]!.member : from.member;
  }
}
