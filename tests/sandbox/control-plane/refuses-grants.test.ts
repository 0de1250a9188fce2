import * as assert from "node:assert/strict";
import {
  account,
  cloud,
  invoker,
  JOB,
  JOB_GRANT,
  make,
  NUMBER,
  PROJECT,
  PROJECT_GRANT,
  REGION,
  refusal,
  SERVICE,
  SERVICE_GRANT,
  service,
} from "./cloud";

describe("control plane: what Google refuses in a grant", () => {
  const prefix = (target: string) =>
    `Error applying IAM policy for ${target}: Error setting IAM policy for ${target}: googleapi: Error`;
  const ON_ORDER = prefix(`cloudrunv2 service "projects/${PROJECT}/locations/${REGION}/services/order"`);

  it("refuses a grant on a service that does not exist", () => {
    assert.equal(
      refusal(() => make(cloud(), SERVICE_GRANT, "g", invoker("user:dev@acme.com"))),
      `${ON_ORDER} 404: Resource 'order' of kind 'SERVICE' in region '${REGION}' in project '${PROJECT}' does not exist.`,
    );
  });

  for (const member of ["dev@acme.com", "users:dev@acme.com", "user:dev", "projectOwner:acme-dev", "principal:x", ""]) {
    it(`refuses the member "${member}"`, () => {
      const controlPlane = cloud();
      make(controlPlane, SERVICE, "order", service("order"));
      assert.equal(
        refusal(() => make(controlPlane, SERVICE_GRANT, "g", invoker(member))),
        `${ON_ORDER} 400: The member ${member} is of an unknown type. Please set a valid type prefix for the member., badRequest`,
      );
    });
  }

  for (const member of [
    "allUsers",
    "allAuthenticatedUsers",
    "user:dev@acme.com",
    "group:g@acme.com",
    "domain:acme.com",
    "principal://iam.googleapis.com/locations/global/workforcePools/acme/subject/x",
    "principalSet://iam.googleapis.com/locations/global/workforcePools/acme/group/x",
    `serviceAccount:service-1@gcp-sa-iap.iam.gserviceaccount.com`,
  ]) {
    it(`takes the member ${member}`, () => {
      const controlPlane = cloud();
      make(controlPlane, SERVICE, "order", service("order"));
      assert.equal(make(controlPlane, SERVICE_GRANT, "g", invoker(member)).state["member"], member);
    });
  }

  it("takes projectOwner on a project", () => {
    const news = { project: PROJECT, role: "roles/viewer", member: `projectOwner:${PROJECT}` };
    assert.equal(make(cloud(), PROJECT_GRANT, "g", news).id, `${PROJECT}/roles/viewer/projectOwner:${PROJECT}`);
  });

  it("refuses an account of a project that it holds and that does not exist", () => {
    const controlPlane = cloud();
    make(controlPlane, SERVICE, "order", service("order"));
    const email = `ghost@${PROJECT}.iam.gserviceaccount.com`;
    assert.equal(
      refusal(() => make(controlPlane, SERVICE_GRANT, "g", invoker(`serviceAccount:${email}`))),
      `${ON_ORDER} 400: Service account ${email} does not exist., badRequest`,
    );
    make(controlPlane, SERVICE_GRANT, "g", invoker("serviceAccount:someone@elsewhere.iam.gserviceaccount.com"));
  });

  it("refuses a service agent that nobody asked for, and takes it once somebody has", () => {
    const controlPlane = cloud();
    make(controlPlane, SERVICE, "order", service("order"));
    const email = `service-${NUMBER}@gcp-sa-iap.iam.gserviceaccount.com`;
    assert.equal(
      refusal(() => make(controlPlane, SERVICE_GRANT, "g", invoker(`serviceAccount:${email}`))),
      `${ON_ORDER} 400: Service account ${email} does not exist., badRequest`,
    );
    const agent = { project: PROJECT, service: "iap.googleapis.com" };
    const { state } = make(controlPlane, "gcp:projects/serviceIdentity:ServiceIdentity", "agent", agent);
    assert.equal(state["email"], email);
    make(controlPlane, SERVICE_GRANT, "g", invoker(`serviceAccount:${email}`));
  });

  it("refuses members that were deleted, as the provider does", () => {
    const news = invoker("deleted:user:dev@acme.com?uid=1");
    assert.deepEqual(cloud().check({ type: SERVICE_GRANT, name: "g", news }).failures, [
      { property: "member", reason: "Terraform does not support IAM members for deleted principals" },
    ]);
  });

  it("refuses conditions on jobs", () => {
    const controlPlane = cloud();
    const template = { template: { containers: [{ image: "example/job:1" }] } };
    make(controlPlane, JOB, "order", { name: "order", location: REGION, template });
    const condition = { title: "until", expression: 'request.time < timestamp("2027-01-01T00:00:00Z")' };
    const target = prefix(`cloudrunv2 job "projects/${PROJECT}/locations/${REGION}/jobs/order"`);
    assert.equal(
      refusal(() => make(controlPlane, JOB_GRANT, "g", invoker("user:dev@acme.com", { condition }))),
      `${target} 400: Conditions are not supported on the IAM policy of a cloudrunv2 job., badRequest`,
    );
  });

  describe("of a Cloud Run service, as the provider does not ask for version 3 of its policy", () => {
    const condition = { title: "until", expression: 'request.time < timestamp("2027-01-01T00:00:00Z")' };
    const person = invoker("user:dev@acme.com", { condition });
    const HIDDEN =
      "400: Role roles/run.invoker_withcond_7592e9d8b297a29f81c2 is not supported for this resource., badRequest";
    const grantId = (member: string) =>
      `projects/${PROJECT}/locations/${REGION}/services/order/roles/run.invoker/${member}`;

    function withHiddenCondition() {
      const controlPlane = cloud();
      make(controlPlane, SERVICE, "order", service("order"));
      make(controlPlane, SERVICE_GRANT, "team", invoker("group:team@acme.com"));
      controlPlane.seed(SERVICE_GRANT, person);
      return controlPlane;
    }

    it("makes a grant with a condition, does not find it, and ends in an error without a state", () => {
      const controlPlane = cloud();
      make(controlPlane, SERVICE, "order", service("order"));
      const urn = `urn:pulumi:test::mesh::${SERVICE_GRANT}::dev`;
      const { inputs } = controlPlane.check({ type: SERVICE_GRANT, name: "dev", news: person });
      assert.throws(() => controlPlane.create({ type: SERVICE_GRANT, name: "dev", urn, inputs }), {
        name: "LostResourceError",
        message: `expected non-nil error with nil state during Create of ${urn}`,
      });
      const [made] = controlPlane.list({ type: SERVICE_GRANT });
      assert.deepEqual(made?.state["condition"], condition, "it is at Google");
      assert.equal(
        controlPlane.read({ type: SERVICE_GRANT, id: made?.id ?? "" }),
        undefined,
        "a refresh finds nothing",
      );
      assert.deepEqual(
        controlPlane
          .log()
          .map(({ operation, outcome }) => [operation, outcome])
          .at(-2),
        ["create", "lost"],
      );
    });

    it("refuses every other change of the policy from then on, also the same once more", () => {
      const controlPlane = withHiddenCondition();
      for (const news of [invoker("group:other@acme.com"), person]) {
        assert.equal(
          refusal(() => make(controlPlane, SERVICE_GRANT, "g", news)),
          `${ON_ORDER} ${HIDDEN}`,
        );
      }
      const id = grantId("group:team@acme.com");
      assert.equal(
        refusal(() => controlPlane.delete({ type: SERVICE_GRANT, id })),
        `Error setting IAM policy for cloudrunv2 service "projects/${PROJECT}/locations/${REGION}/services/order": googleapi: Error ${HIDDEN}`,
      );
      assert.equal(controlPlane.read({ type: SERVICE_GRANT, id })?.id, id, "grants without a condition are still read");
    });

    it("leaves other services alone, and ends with the service, whose policy goes with it", () => {
      const controlPlane = withHiddenCondition();
      make(controlPlane, SERVICE, "user", service("user"));
      make(controlPlane, SERVICE_GRANT, "g", invoker("group:team@acme.com", { name: "user" }));
      controlPlane.delete({ type: SERVICE, id: `projects/${PROJECT}/locations/${REGION}/services/order` });
      make(controlPlane, SERVICE, "order", service("order"));
      make(controlPlane, SERVICE_GRANT, "g", invoker("group:team@acme.com"));
    });
  });

  const conditions: [string, string][] = [
    ['request.time < timestamp("2027-31-01T00:00:00Z")', '"2027-31-01T00:00:00Z" is not a timestamp'],
    ['request.time < timestamp("2027-01-31")', '"2027-01-31" is not a timestamp'],
    ["request.time < 2027", 'expected request.time compared with timestamp("..."), got request.time < 2027'],
    ['request.time < timestamp("2027-01-01T00:00:00Z"', "brackets or quotes do not match"],
    ["", "an operand is missing"],
  ];
  for (const [expression, problem] of conditions) {
    it(`refuses the condition ${expression || "that is empty"}`, () => {
      const controlPlane = cloud();
      make(controlPlane, SERVICE, "order", service("order"));
      assert.equal(
        refusal(() =>
          make(
            controlPlane,
            SERVICE_GRANT,
            "g",
            invoker("user:dev@acme.com", { condition: { title: "until", expression } }),
          ),
        ),
        `${ON_ORDER} 400: Expression in condition is not valid: ${problem}., badRequest`,
      );
    });
  }

  it("takes the same grant twice, as a policy is a set", () => {
    const controlPlane = cloud();
    const email = account(controlPlane, "caller");
    make(controlPlane, SERVICE, "order", service("order"));
    const first = make(controlPlane, SERVICE_GRANT, "g", invoker(`serviceAccount:${email}`));
    assert.equal(make(controlPlane, SERVICE_GRANT, "g2", invoker(`serviceAccount:${email}`)).id, first.id);
  });
});
