import * as assert from "node:assert/strict";
import { type ControlPlane, PartialStateError, type Properties } from "../../../sandbox/control-plane";
import {
  ACCOUNT,
  account,
  cloud,
  make,
  NUMBER,
  PROJECT,
  PROJECT_GRANT,
  SECRET,
  SECRET_GRANT,
  SECRET_VERSION,
  SERVICE,
  SERVICES,
  secretWithValue,
  service,
} from "./cloud";

const EMAIL = `order-sa@${PROJECT}.iam.gserviceaccount.com`;
const MEMBER = `serviceAccount:${EMAIL}`;
const READER = "roles/secretmanager.secretAccessor";

function withSecret(version = "latest"): Properties {
  const envs = [{ name: "KEY", valueSource: { secretKeyRef: { secret: "key", version } } }];
  return service("order", { container: { envs }, template: { serviceAccount: EMAIL } });
}

function prepared(): ControlPlane {
  const controlPlane = cloud();
  account(controlPlane, "order-sa");
  secretWithValue(controlPlane, "key");
  return controlPlane;
}

function grantReader(controlPlane: ControlPlane, more: Properties = {}): string {
  return make(controlPlane, SECRET_GRANT, "g", { secretId: "key", role: READER, member: MEMBER, ...more }).id;
}

/** What the provider reports of a service that exists and does not work. */
function broken(work: () => unknown): PartialStateError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof PartialStateError, String(error));
    return error;
  }
  return assert.fail("nothing was reported");
}

const DENIED = (revision: unknown, doing: string) =>
  `Error waiting to ${doing === "Creating" ? "create" : "update"} Service: Error waiting for ${doing} Service: Error code 13, message: Revision '${revision}' is not ready and cannot serve traffic. spec.template.spec.containers[0].env[0].value_from.secret_key_ref.name: Permission denied on secret: projects/${NUMBER}/secrets/key/versions/latest for Revision service account ${EMAIL}. The service account used must be granted the 'Secret Manager Secret Accessor' role (roles/secretmanager.secretAccessor) at the secret, project or higher level.`;

describe("control plane: secrets of a revision", () => {
  it("starts a revision whose account may read its secret", () => {
    const controlPlane = prepared();
    grantReader(controlPlane);
    const { state } = make(controlPlane, SERVICE, "order", withSecret());
    assert.equal(state["latestReadyRevision"], state["latestCreatedRevision"]);
  });

  it("creates the service and reports that its revision cannot start when the grant is missing", () => {
    const controlPlane = prepared();
    const error = broken(() => make(controlPlane, SERVICE, "order", withSecret()));
    assert.equal(error.message, DENIED(error.state["latestCreatedRevision"], "Creating"));
    assert.equal(error.id, `${SERVICES}/order`);
    assert.equal(error.state["latestReadyRevision"], "");
    assert.equal(controlPlane.list({ type: SERVICE }).length, 1);
    assert.equal(controlPlane.log().at(-1)?.outcome, "partial");
  });

  it("repairs the service with the next update, once the grant is there", () => {
    const controlPlane = prepared();
    const { id, state } = broken(() => make(controlPlane, SERVICE, "order", withSecret()));
    const again = broken(() => controlPlane.update({ type: SERVICE, id, inputs: withSecret() }));
    assert.equal(again.message, DENIED(again.state["latestCreatedRevision"], "Updating"));
    grantReader(controlPlane);
    const repaired = controlPlane.update({ type: SERVICE, id, inputs: withSecret() });
    assert.notEqual(repaired.state["latestReadyRevision"], state["latestCreatedRevision"]);
    assert.equal(repaired.state["latestReadyRevision"], repaired.state["latestCreatedRevision"]);
  });

  it("lets a grant on the project count", () => {
    const controlPlane = prepared();
    make(controlPlane, PROJECT_GRANT, "g", { project: PROJECT, role: READER, member: MEMBER });
    make(controlPlane, SERVICE, "order", withSecret());
  });

  it("does not count another role, another member, or a grant that ended", () => {
    const condition = { title: "until", expression: 'request.time < timestamp("2026-06-01T11:59:59Z")' };
    const others: Properties[] = [
      { role: "roles/secretmanager.viewer" },
      { member: "group:g@acme.com" },
      { condition },
    ];
    for (const more of others) {
      const controlPlane = prepared();
      grantReader(controlPlane, more);
      broken(() => make(controlPlane, SERVICE, "order", withSecret()));
    }
  });

  it("counts a grant that has not ended", () => {
    const controlPlane = prepared();
    grantReader(controlPlane, {
      condition: { title: "t", expression: 'request.time < timestamp("2026-06-01T12:00:01Z")' },
    });
    make(controlPlane, SERVICE, "order", withSecret());
  });

  it("does not count a grant of an account that was deleted and created again", () => {
    const controlPlane = prepared();
    grantReader(controlPlane);
    controlPlane.delete({ type: ACCOUNT, id: `projects/${PROJECT}/serviceAccounts/${EMAIL}` });
    account(controlPlane, "order-sa");
    broken(() => make(controlPlane, SERVICE, "order", withSecret()));
  });

  it("reports a secret without a version, a version that there is not, and a secret that there is not", () => {
    const controlPlane = prepared();
    grantReader(controlPlane);
    const missing = broken(() => make(controlPlane, SERVICE, "order", withSecret("7")));
    assert.match(missing.message, /name: Secret projects\/\d+\/secrets\/key\/versions\/7 was not found$/);
    for (const version of controlPlane.list({ type: SECRET_VERSION })) controlPlane.delete(version);
    const empty = broken(() => controlPlane.update({ type: SERVICE, id: missing.id, inputs: withSecret() }));
    assert.match(empty.message, /key\/versions\/latest was not found$/);
    controlPlane.delete({ type: SECRET, id: `projects/${PROJECT}/secrets/key` });
    broken(() => controlPlane.update({ type: SERVICE, id: missing.id, inputs: withSecret() }));
    assert.equal(controlPlane.list({ type: SECRET_GRANT }).length, 0);
  });

  it("looks at secrets in volumes too", () => {
    const volumes = [{ name: "v", secret: { secret: "key", items: [{ path: "key", version: "1" }] } }];
    const error = broken(() =>
      make(prepared(), SERVICE, "order", service("order", { template: { volumes, serviceAccount: EMAIL } })),
    );
    assert.match(error.message, /spec\.template\.spec\.volumes\[0\]\.secret\.items\.key: Permission denied on secret/);
  });
});

describe("control plane: what is assumed to exist", () => {
  it("takes missing secrets, accounts and networks to exist when told so, and lists them", () => {
    const assumed: string[] = [];
    const controlPlane = cloud({
      missing: "assume",
      onEvent: (event) => event.kind === "assumed" && assumed.push(event.resource.id),
    });
    const vpcAccess = { networkInterfaces: [{ network: "shared", subnetwork: "run" }] };
    const envs = [{ name: "KEY", valueSource: { secretKeyRef: { secret: "key", version: "3" } } }];
    make(
      controlPlane,
      SERVICE,
      "order",
      service("order", { container: { envs }, template: { serviceAccount: EMAIL, vpcAccess } }),
    );
    assert.deepEqual(
      controlPlane
        .assumed()
        .map(({ id }) => id)
        .sort(),
      assumed.sort(),
    );
    assert.equal(assumed.length, 4);
    assert.ok(controlPlane.assumed().every(({ external }) => external === true));
  });

  it("still asks for the grant of an account that it knows on a secret that it takes to exist", () => {
    const controlPlane = cloud({ missing: "assume" });
    account(controlPlane, "order-sa");
    const error = broken(() => make(controlPlane, SERVICE, "order", withSecret()));
    assert.equal(error.message, DENIED(error.state["latestCreatedRevision"], "Creating"));
    grantReader(controlPlane);
    controlPlane.update({ type: SERVICE, id: error.id, inputs: withSecret() });
  });

  it("does not take a service to exist: nobody could call it", () => {
    const grant = { name: "order", role: "roles/run.invoker", member: "user:dev@acme.com" };
    const type = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";
    assert.throws(() => make(cloud({ missing: "assume" }), type, "g", grant), /does not exist\.$/);
  });

  it("takes a network of another project, and the default one, to exist in any case", () => {
    for (const network of ["projects/host/global/networks/shared", "default"]) {
      const controlPlane = cloud();
      make(
        controlPlane,
        SERVICE,
        "order",
        service("order", { template: { vpcAccess: { networkInterfaces: [{ network }] } } }),
      );
      assert.equal(controlPlane.assumed().length, 1);
    }
  });

  it("knows what was there before the program, and refuses to make it again", () => {
    const controlPlane = cloud();
    controlPlane.seed(SECRET, { secretId: "key", replication: { auto: {} } });
    const news = { secretId: "key", replication: { auto: {} } };
    assert.throws(() => make(controlPlane, SECRET, "key", news), /googleapi: Error 409: Resource 'key' already exists/);
  });
});
