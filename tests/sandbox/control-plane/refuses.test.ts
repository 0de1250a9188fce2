import * as assert from "node:assert/strict";
import type { Properties } from "../../../sandbox/control-plane";
import { ACCOUNT, cloud, make, NETWORK, PROJECT, REGION, refusal, SERVICE, SUBNETWORK, service } from "./cloud";

/** Why a service with these inputs is refused. */
function why(inputs: Properties): string {
  return refusal(() => make(cloud(), SERVICE, "order", inputs));
}

const env = (...names: string[]) =>
  service("order", { container: { envs: names.map((name) => ({ name, value: "x" })) } });
const BAD_NAME = (name: string) =>
  `Error creating Service: googleapi: Error 400: Violation in service.name: '${name}' is not a valid name: use only lowercase letters, digits and hyphens, begin with a letter, do not end with a hyphen, and use at most 49 characters.`;

describe("control plane: what Google refuses in a service", () => {
  for (const name of ["x".repeat(50), "Order", "1order", "order-", "or_der"]) {
    it(`refuses the name ${name}`, () => assert.equal(why(service(name)), BAD_NAME(name)));
  }

  const refusals: [string, Properties, string][] = [
    [
      "a reserved variable",
      env("PORT"),
      "service.template.containers[0].env: The following reserved env names were provided: PORT. These values are automatically set by the system.",
    ],
    ["a variable given twice", env("A", "A"), "service.template.containers[0].env: Duplicate env name 'A'."],
    [
      "two containers with ports",
      service("order", {
        template: {
          containers: [
            { image: "a", ports: { containerPort: 1 } },
            { image: "b", ports: { containerPort: 2 } },
          ],
        },
      }),
      "service.template.containers: Revision template should contain exactly one container with an exposed port.",
    ],
    [
      "no container",
      service("order", { template: { containers: [] } }),
      "service.template.containers: at least one container is required.",
    ],
    [
      "traffic that does not sum to 100",
      service("order", { self: { traffics: [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 60 }] } }),
      "service.traffic: the percents must sum to 100, got 60.",
    ],
    [
      "more instances at least than at most",
      service("order", { template: { scaling: { minInstanceCount: 3, maxInstanceCount: 2 } } }),
      "service.template.scaling: min_instance_count (3) must be less than or equal to max_instance_count (2).",
    ],
    [
      "a reserved label",
      service("order", { self: { labels: { "run.googleapis.com/x": "y" } } }),
      "service.labels: Label 'run.googleapis.com/x' is in a namespace that Cloud Run reserves.",
    ],
    [
      "an upper-case label",
      service("order", { self: { labels: { Team: "y" } } }),
      "service.labels: Label key 'Team' does not match the required format.",
    ],
    [
      "a label's value of 64 characters",
      service("order", { self: { labels: { team: "y".repeat(64) } } }),
      `service.labels: Label value '${"y".repeat(64)}' of 'team' does not match the required format.`,
    ],
    [
      "65 labels",
      service("order", { self: { labels: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`l${i}`, "x"])) } }),
      "service.labels: No more than 64 labels may be set, got 65.",
    ],
    [
      "a reserved annotation",
      service("order", { self: { annotations: { "autoscaling.knative.dev/minScale": "1" } } }),
      "service.annotations: Annotation 'autoscaling.knative.dev/minScale' is in a namespace that Cloud Run reserves.",
    ],
    [
      "a connector beside a network interface",
      service("order", { template: { vpcAccess: { connector: "c", networkInterfaces: [{ network: "main" }] } } }),
      "service.template.vpc_access: only one of connector and network_interfaces may be set.",
    ],
    [
      "a mount without a volume",
      service("order", { container: { volumeMounts: [{ name: "v", mountPath: "/v" }] } }),
      "service.template.containers[0].volume_mounts: the volume 'v' is not defined.",
    ],
    [
      "a revision named after another service",
      service("order", { template: { revision: "user-1" } }),
      "service.template.revision: the name of a revision must begin with 'order-', got 'user-1'.",
    ],
  ];
  for (const [what, inputs, message] of refusals) {
    it(`refuses ${what}`, () => {
      assert.equal(why(inputs), `Error creating Service: googleapi: Error 400: Violation in ${message}`);
    });
  }

  it("refuses an account, a network, a subnetwork and a connector that do not exist", () => {
    const email = `ghost@${PROJECT}.iam.gserviceaccount.com`;
    assert.equal(
      why(service("order", { template: { serviceAccount: email } })),
      `Error creating Service: googleapi: Error 403: Permission 'iam.serviceaccounts.actAs' denied on service account ${email} (or it may not exist).`,
    );
    const access = (vpcAccess: Properties) => why(service("order", { template: { vpcAccess } }));
    assert.equal(
      access({ networkInterfaces: [{ network: "main" }] }),
      `Error creating Service: googleapi: Error 400: VPC network main does not exist in project ${PROJECT}.`,
    );
    assert.equal(
      access({ networkInterfaces: [{ subnetwork: "run" }] }),
      `Error creating Service: googleapi: Error 400: Subnetwork run does not exist in region ${REGION} of project ${PROJECT}.`,
    );
    assert.equal(
      access({ connector: "old" }),
      `Error creating Service: googleapi: Error 400: VPC connector projects/${PROJECT}/locations/${REGION}/connectors/old does not exist, or Cloud Run does not have permission to use it.`,
    );
  });

  it("refuses a second service of the same name, and an update of one that is gone", () => {
    const controlPlane = cloud();
    const { id } = make(controlPlane, SERVICE, "order", service("order"));
    assert.equal(
      refusal(() => make(controlPlane, SERVICE, "order", service("order"))),
      "Error creating Service: googleapi: Error 409: Resource 'order' already exists., alreadyExists",
    );
    controlPlane.delete({ type: SERVICE, id });
    assert.equal(
      refusal(() => controlPlane.update({ type: SERVICE, id, inputs: service("order") })),
      `Error updating Service "${id}": googleapi: Error 404: Resource 'order' was not found, notFound`,
    );
  });

  it("refuses to delete what is protected, until the protection is off", () => {
    const controlPlane = cloud();
    const { id } = make(controlPlane, SERVICE, "order", service("order", { self: { deletionProtection: true } }));
    assert.equal(
      refusal(() => controlPlane.delete({ type: SERVICE, id })),
      "cannot destroy service without setting deletion_protection=false and running `pulumi up`",
    );
    controlPlane.update({ type: SERVICE, id, inputs: service("order") });
    controlPlane.delete({ type: SERVICE, id });
    assert.equal(controlPlane.get(SERVICE, id), undefined);
  });

  it("refuses to delete a network with a subnetwork in it", () => {
    const controlPlane = cloud();
    const { id } = make(controlPlane, NETWORK, "main", { name: "main" });
    const subnetwork = make(controlPlane, SUBNETWORK, "run", { name: "run", network: id, ipCidrRange: "10.0.0.0/26" });
    assert.equal(
      refusal(() => controlPlane.delete({ type: NETWORK, id })),
      `Error when reading or editing Network: googleapi: Error 400: The network resource '${id}' is already being used by '${subnetwork.id}', resourceInUseByAnotherResource`,
    );
  });
});

describe("control plane: what is refused before Google is asked", () => {
  const failures = (type: string, news: Properties) => cloud().check({ type, name: "x", news }).failures;

  it("refuses an ingress that there is not", () => {
    assert.deepEqual(failures(SERVICE, service("order", { self: { ingress: "INTERNAL" } })), [
      {
        property: "ingress",
        reason:
          'expected ingress to be one of ["INGRESS_TRAFFIC_ALL" "INGRESS_TRAFFIC_INTERNAL_ONLY" "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"], got INTERNAL',
      },
    ]);
  });

  for (const accountId of ["short", "x".repeat(31), "Order-sa", "order-"]) {
    it(`refuses the account id ${accountId}`, () => {
      assert.deepEqual(failures(ACCOUNT, { accountId }), [
        {
          property: "accountId",
          reason: `"account_id" ("${accountId}") doesn't match regexp "^[a-z](?:[-a-z0-9]{4,28}[a-z0-9])$"`,
        },
      ]);
    });
  }

  it("refuses inputs that are missing, and inputs that the type does not have", () => {
    assert.deepEqual(failures(SERVICE, { name: "order", location: REGION, memory: "1Gi" }), [
      {
        property: "template",
        reason: 'Missing required argument. The argument "template" is required, but no definition was found.',
      },
      { property: "memory", reason: `Invalid or unknown key. "memory" is not an input of ${SERVICE}.` },
    ]);
  });

  it("refuses a resource without a project when none is configured", () => {
    const controlPlane = cloud();
    controlPlane.configure({});
    assert.equal(
      refusal(() => make(controlPlane, SERVICE, "order", service("order"))),
      "project: required field is not set",
    );
  });
});
