import * as assert from "node:assert/strict";
import { UNKNOWN } from "../../../sandbox/control-plane";
import {
  ACCOUNT,
  account,
  cloud,
  invoker,
  JOB,
  make,
  NETWORK,
  NOW,
  NUMBER,
  PROJECT,
  REGION,
  SECRET_GRANT,
  SECRET_VERSION,
  SERVICE,
  SERVICE_GRANT,
  SERVICES,
  SUBNETWORK,
  secretWithValue,
  service,
} from "./cloud";

describe("control plane: what Google computes", () => {
  it("gives a service the deterministic URL, the one with a hash, and what follows from its creation", () => {
    const { id, state } = make(cloud(), SERVICE, "order", service("order"));
    assert.equal(id, `${SERVICES}/order`);
    assert.equal(state["uri"], `https://order-${NUMBER}.${REGION}.run.app`);
    assert.match(String((state["urls"] as string[])[1]), /^https:\/\/order-[a-z0-9]{10}-[a-z]{2}\.a\.run\.app$/);
    assert.equal(state["ingress"], "INGRESS_TRAFFIC_ALL");
    assert.equal(state["generation"], "1");
    assert.equal(state["createTime"], NOW.toISOString());
    assert.match(String(state["latestReadyRevision"]), /^order-00001-[a-z]{3}$/);
    assert.equal(state["project"], PROJECT);
  });

  it("protects a service from deletion unless it says otherwise", () => {
    const inputs = service("order");
    assert.equal(
      make(cloud(), SERVICE, "order", { ...inputs, deletionProtection: null }).state["deletionProtection"],
      true,
    );
  });

  it("has only the URL with a hash where the DNS label would be longer than 63 characters", () => {
    const long = cloud({ projects: [{ id: PROJECT, number: "1234567890123456" }] });
    const urls = make(long, SERVICE, "x", service("x".repeat(49))).state["urls"] as string[];
    assert.equal(urls.length, 1);
    assert.match(String(urls[0]), /\.a\.run\.app$/);
  });

  it("makes a new revision when the template changes, and none when a label does", () => {
    const controlPlane = cloud();
    const { id, state } = make(controlPlane, SERVICE, "order", service("order"));
    const labelled = controlPlane.update({
      type: SERVICE,
      id,
      inputs: service("order", { self: { labels: { a: "b" } } }),
    });
    assert.equal(labelled.state["latestCreatedRevision"], state["latestCreatedRevision"]);
    assert.equal(labelled.state["generation"], "2");
    const changed = controlPlane.update({
      type: SERVICE,
      id,
      inputs: service("order", { container: { image: "app:2" } }),
    });
    assert.match(String(changed.state["latestCreatedRevision"]), /^order-00003-[a-z]{3}$/);
    assert.equal(changed.state["uid"], state["uid"]);
  });

  it("gives another uid to a service that is created again", () => {
    const controlPlane = cloud();
    const first = make(controlPlane, SERVICE, "order", service("order"));
    controlPlane.delete({ type: SERVICE, id: first.id });
    assert.notEqual(make(controlPlane, SERVICE, "order", service("order")).state["uid"], first.state["uid"]);
  });

  it("forms the ids of grants as the provider does, with the condition at the end", () => {
    const controlPlane = cloud();
    secretWithValue(controlPlane, "key");
    const condition = { title: "until", expression: 'request.time < timestamp("2027-01-01T00:00:00Z")' };
    const role = "roles/secretmanager.secretAccessor";
    const reader = { secretId: "key", role, member: "user:Dev@Acme.com", condition };
    const { id } = make(controlPlane, SECRET_GRANT, "dev", reader);
    assert.equal(id, `projects/${PROJECT}/secrets/key/${role}/user:dev@acme.com/until//${condition.expression}`);
  });

  it("answers an account's address, member, name and number", () => {
    const { id, state } = make(cloud(), ACCOUNT, "order", { accountId: "order-sa" });
    assert.equal(id, `projects/${PROJECT}/serviceAccounts/order-sa@${PROJECT}.iam.gserviceaccount.com`);
    assert.equal(state["member"], `serviceAccount:order-sa@${PROJECT}.iam.gserviceaccount.com`);
    assert.equal(state["name"], id);
    assert.match(String(state["uniqueId"]), /^\d{21}$/);
  });

  it("numbers the versions of a secret and does not use a number again", () => {
    const controlPlane = cloud();
    secretWithValue(controlPlane, "key");
    const [first] = controlPlane.list({ type: SECRET_VERSION });
    controlPlane.delete({ type: SECRET_VERSION, id: first!.id });
    const news = { secret: `projects/${PROJECT}/secrets/key`, secretData: "next" };
    assert.equal(make(controlPlane, SECRET_VERSION, "key", news).id, `projects/${NUMBER}/secrets/key/versions/2`);
  });

  it("knows an account's address in a preview, and no value that only Google knows", () => {
    const controlPlane = cloud();
    const planned = controlPlane.create({ type: ACCOUNT, inputs: { accountId: "order-sa" }, preview: true });
    assert.equal(planned.id, "");
    assert.equal(planned.state["email"], `order-sa@${PROJECT}.iam.gserviceaccount.com`);
    assert.equal(planned.state["uniqueId"], UNKNOWN);
    assert.equal(controlPlane.list().length, 0);
    assert.equal(controlPlane.log().length, 0);
  });

  it("reads a service by the short forms that an import accepts, and a grant by its parts", () => {
    const controlPlane = cloud();
    const { id } = make(controlPlane, SERVICE, "order", service("order"));
    const granted = make(controlPlane, SERVICE_GRANT, "g", invoker("user:dev@acme.com"));
    for (const form of ["order", `${REGION}/order`, `${PROJECT}/${REGION}/order`, id]) {
      assert.equal(controlPlane.read({ type: SERVICE, id: form })?.id, id);
    }
    const parts = `${id} roles/run.invoker user:dev@acme.com`;
    assert.equal(controlPlane.read({ type: SERVICE_GRANT, id: parts })?.id, granted.id);
  });

  it("takes the grants of a service with it", () => {
    const controlPlane = cloud();
    const { id } = make(controlPlane, SERVICE, "order", service("order"));
    const granted = make(controlPlane, SERVICE_GRANT, "g", invoker("user:dev@acme.com"));
    controlPlane.delete({ type: SERVICE, id });
    assert.equal(controlPlane.read({ type: SERVICE_GRANT, id: granted.id }), undefined);
  });

  it("leaves `deleted:` in the policy when an account goes, and does not revive the grant with the account", () => {
    const controlPlane = cloud();
    const email = account(controlPlane, "caller");
    make(controlPlane, SERVICE, "order", service("order"));
    const { id } = make(controlPlane, SERVICE_GRANT, "g", invoker(`serviceAccount:${email}`));
    controlPlane.delete({ type: ACCOUNT, id: `projects/${PROJECT}/serviceAccounts/${email}` });
    account(controlPlane, "caller");
    assert.match(
      String(controlPlane.get(SERVICE_GRANT, id)?.state["member"]),
      /^deleted:serviceAccount:caller@.*\?uid=\d+$/,
    );
    assert.equal(controlPlane.read({ type: SERVICE_GRANT, id }), undefined);
  });

  it("takes a network by name, id or link", () => {
    for (const network of [
      "main",
      `projects/${PROJECT}/global/networks/main`,
      `https://www.googleapis.com/compute/v1/projects/${PROJECT}/global/networks/main`,
    ]) {
      const controlPlane = cloud();
      make(controlPlane, NETWORK, "main", { name: "main" });
      const { state } = make(controlPlane, SUBNETWORK, "run", { name: "run", network, ipCidrRange: "10.0.0.0/26" });
      assert.equal(state["network"], `https://www.googleapis.com/compute/v1/projects/${PROJECT}/global/networks/main`);
      assert.equal(state["gatewayAddress"], "10.0.0.1");
    }
  });

  it("stores a type that nobody plays as it is, and warns once", () => {
    const warned: string[] = [];
    const controlPlane = cloud({ onEvent: (event) => event.kind === "unhandled" && warned.push(event.type) });
    make(controlPlane, "gcp:compute/firewall:Firewall", "wall", { name: "wall", network: "main" });
    make(controlPlane, "gcp:compute/firewall:Firewall", "wall2", { name: "wall2", network: "main" });
    assert.deepEqual(warned, ["gcp:compute/firewall:Firewall"]);
    assert.deepEqual(controlPlane.unhandled(), warned);
    assert.equal(controlPlane.list({ type: "gcp:compute/firewall:Firewall" })[0]?.inputs["name"], "wall");
  });

  it("answers getProject with the number given, and with a stable one where none was", () => {
    const token = "gcp:organizations/getProject:getProject";
    assert.equal(cloud().invoke({ token, args: { projectId: PROJECT } })["number"], NUMBER);
    const other = cloud().invoke({ token, args: { projectId: "other" } })["number"];
    assert.match(String(other), /^\d{12}$/);
    assert.equal(cloud().invoke({ token, args: { projectId: "other" } })["number"], other);
  });

  it("creates a job with its path and Google's defaults", () => {
    const template = { template: { containers: [{ image: "example/job:1" }] } };
    const { id, state } = make(cloud(), JOB, "nightly", { name: "nightly", location: REGION, template });
    assert.equal(id, `projects/${PROJECT}/locations/${REGION}/jobs/nightly`);
    assert.equal((state["template"] as { taskCount?: number }).taskCount, 1);
  });
});
