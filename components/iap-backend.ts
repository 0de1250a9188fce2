/**
 * One Cloud Run service behind a load balancer: a serverless network endpoint group, a backend service with Identity-Aware
 * Proxy, how people sign in, and who comes through. The service need not exist yet, so that it can be told its audience.
 */

import * as compute from "@pulumi/gcp/compute";
import * as iap from "@pulumi/gcp/iap";
import * as pulumi from "@pulumi/pulumi";
import { backendAudience } from "../google/run";
import { IAP_ACCESSOR_ROLE, untilCondition } from "../mesh";
import { formerNames } from "./former-names";
import type { IapAccessor } from "./iap-access";
import { type IapSignIn, iapSettings } from "./iap-settings";
import { refusePublic } from "./invoker-grant";

export interface IapBackendArgs {
  /** Name of the Cloud Run service. A service's output has everything here made after the service. */
  readonly serviceName: pulumi.Input<string>;
  /** Region of the service. */
  readonly location: pulumi.Input<string>;
  /** Project id. */
  readonly project: pulumi.Input<string>;
  /** Number of the project, by which IAP names what it guards. */
  readonly projectNumber: pulumi.Input<string>;
  /** Who comes through, by the logical name of the grant. */
  readonly access: Readonly<Record<string, IapAccessor>>;
  /** How people sign in. @default - with Google accounts */
  readonly signIn?: IapSignIn;
  /** Cloud Armor's policy, by its id. @default - none */
  readonly securityPolicy?: pulumi.Input<string>;
  /**
   * Whether another service gets a backend service of its own, to which the URL map then moves. Without it the backend
   * service stays, with its audience, and leads to another group.
   * @default true
   */
  readonly replaceWithService?: boolean;
  /** What has to be there before the backend service leads to the service, e.g. IAP's right to call it. @default - nothing */
  readonly leadsAfter?: readonly pulumi.Resource[];
}

export class IapBackend extends pulumi.ComponentResource {
  /** The backend service, as a URL map takes it. */
  readonly backendService: pulumi.Output<string>;
  /** Name of the backend service, by which IAP's policy on it is found. */
  readonly backendName: pulumi.Output<string>;
  /** What IAP's assertions are meant for; the service has to check that. */
  readonly audience: pulumi.Output<string>;

  constructor(name: string, args: IapBackendArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-mesh:index:IapBackend", name, {}, opts);
    const { project, projectNumber, signIn = {} } = args;
    const inside = { parent: this };

    const group = new compute.RegionNetworkEndpointGroup(
      name,
      {
        project,
        region: args.location,
        networkEndpointType: "SERVERLESS",
        cloudRun: { service: args.serviceName },
      },
      inside,
    );
    const backend = createBackendService(name, args, group, inside);
    iapSettings(
      name,
      pulumi.interpolate`projects/${projectNumber}/iap_web/compute/services/${backend.name}`,
      signIn,
      inside,
    );
    grantAccess(args, backend, inside);

    this.backendService = backend.id;
    this.backendName = backend.name;
    this.audience = pulumi
      .all([projectNumber, backend.generatedId])
      .apply(([number, id]) => backendAudience(number, String(id)));
    this.registerOutputs({});
  }
}

/**
 * Everything that the provider would plan as unknown is said, so that previews and policies see it. A time limit and a
 * name of a port are not: Google takes neither for a serverless group.
 * Source: https://cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts#limitations
 */
function createBackendService(
  name: string,
  { project, securityPolicy, replaceWithService = true, leadsAfter = [] }: IapBackendArgs,
  group: compute.RegionNetworkEndpointGroup,
  opts: pulumi.CustomResourceOptions,
): compute.BackendService {
  return new compute.BackendService(
    name,
    {
      project,
      loadBalancingScheme: "EXTERNAL_MANAGED",
      protocol: "HTTPS",
      sessionAffinity: "NONE",
      backends: [{ group: group.id }],
      iap: { enabled: true },
      logConfig: { enable: true, sampleRate: 1 },
      ...(securityPolicy !== undefined && { securityPolicy }),
    },
    { ...opts, dependsOn: [...leadsAfter], ...(replaceWithService && { replaceOnChanges: ["backends"] }) },
  );
}

function grantAccess(
  { project, access }: IapBackendArgs,
  backend: compute.BackendService,
  opts: pulumi.CustomResourceOptions,
): void {
  for (const [grant, { member, until, formerly }] of Object.entries(access)) {
    new iap.WebBackendServiceIamMember(
      grant,
      {
        project,
        webBackendService: backend.name,
        role: IAP_ACCESSOR_ROLE,
        member: refusePublic("IapBackend", member),
        ...(until && { condition: untilCondition(until) }),
      },
      { ...opts, ...formerNames(formerly) },
    );
  }
}
