import * as assert from "node:assert/strict";
import type { ControlPlane, DiffResult, Properties } from "../../../sandbox/control-plane";
import {
  cloud,
  invoker,
  make,
  NETWORK,
  PROJECT,
  PROJECT_GRANT,
  REGION,
  SECRET,
  SECRET_GRANT,
  SERVICE,
  SERVICE_GRANT,
  SERVICES,
  SUBNETWORK,
  service,
} from "./cloud";

const READER = "roles/secretmanager.secretAccessor";
const OTHER = "acme-vault";

/** Makes it, and asks what the next update of the same program would change. */
function again(controlPlane: ControlPlane, type: string, news: Properties): { state: Properties; diff: DiffResult } {
  const { id, state } = make(controlPlane, type, "it", news);
  return { state, diff: controlPlane.diff({ type, id, oldInputs: news, oldState: state, news }) };
}

function withSecrets(): ControlPlane {
  const controlPlane = cloud();
  for (const project of [PROJECT, OTHER]) {
    controlPlane.seed(SECRET, { secretId: "key", project, replication: { auto: {} } });
  }
  make(controlPlane, SERVICE, "order", service("order"));
  return controlPlane;
}

describe("control plane: what the provider reads back", () => {
  const onSecret = (more: Properties) => ({ role: READER, member: "user:dev@acme.com", ...more });
  const order = `${SERVICES}/order`;

  const unchanged: [string, string, Properties, Properties][] = [
    [
      "the whole path of a secret that is named by its name",
      SECRET_GRANT,
      onSecret({ secretId: "key", project: PROJECT }),
      { secretId: `projects/${PROJECT}/secrets/key`, project: PROJECT },
    ],
    [
      "the project of a secret that is named by its path, where none is said beside it",
      SECRET_GRANT,
      onSecret({ secretId: `projects/${OTHER}/secrets/key` }),
      { secretId: `projects/${OTHER}/secrets/key`, project: OTHER },
    ],
    [
      "the whole path of a service that is named by its name",
      SERVICE_GRANT,
      invoker("user:dev@acme.com"),
      { name: order, project: PROJECT, location: REGION },
    ],
    ["addresses in lower case", SERVICE_GRANT, invoker("user:Dev@Acme.com"), { member: "user:dev@acme.com" }],
    [
      "the path of a project that is named by its path",
      PROJECT_GRANT,
      { project: `projects/${PROJECT}`, role: "roles/viewer", member: "user:dev@acme.com" },
      { project: `projects/${PROJECT}` },
    ],
  ];
  for (const [what, type, news, expected] of unchanged) {
    it(`is ${what}, and no difference`, () => {
      const { state, diff } = again(withSecrets(), type, news);
      assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, state[key]])), expected);
      assert.deepEqual(diff.detailedDiff, {});
    });
  }

  const LINK = "https://www.googleapis.com/compute/v1";
  const MAIN = `projects/${PROJECT}/global/networks/main`;
  const variables = (...names: string[]) =>
    service("user", { container: { envs: names.map((name) => ({ name, value: "x" })) } });

  const others: [string, string, Properties, Properties, Properties][] = [
    ...[`${LINK}/${MAIN}`, MAIN].map((network): [string, string, Properties, Properties, Properties] => [
      `a network by its link, also where ${network} was sent`,
      SUBNETWORK,
      { name: "run", network: "main", ipCidrRange: "10.0.0.0/26" },
      { name: "run", network, ipCidrRange: "10.0.0.0/26" },
      { network: `${LINK}/${MAIN}` },
    ]),
    [
      "the network of a router by its link",
      "gcp:compute/router:Router",
      { name: "way-out", network: MAIN, region: REGION },
      { name: "way-out", network: "main", region: REGION },
      { network: `${LINK}/${MAIN}`, region: REGION },
    ],
    [
      "the networks of a zone by their links",
      "gcp:dns/managedZone:ManagedZone",
      { name: "run-app", dnsName: "run.app.", privateVisibilityConfig: { networks: [{ networkUrl: MAIN }] } },
      {
        name: "run-app",
        dnsName: "run.app.",
        privateVisibilityConfig: { networks: [{ networkUrl: `${LINK}/${MAIN}` }] },
      },
      { privateVisibilityConfig: { networks: [{ networkUrl: `${LINK}/${MAIN}` }] } },
    ],
    [
      "the place of a bucket in capitals",
      "gcp:storage/bucket:Bucket",
      { name: "acme-code", location: "europe-west9" },
      { name: "acme-code", location: "Europe-West9" },
      { location: "EUROPE-WEST9" },
    ],
    ["a set, in whatever order", SERVICE, variables("A", "B"), variables("B", "A"), {}],
  ];
  for (const [what, type, sent, alike, expected] of others) {
    it(`is ${what}: no difference to the same in another form`, () => {
      const controlPlane = withSecrets();
      make(controlPlane, NETWORK, "main", { name: "main" });
      const { id, state } = make(controlPlane, type, "it", sent);
      assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, state[key]])), expected);
      for (const news of [sent, alike]) {
        assert.deepEqual(controlPlane.diff({ type, id, oldInputs: sent, oldState: state, news }).detailedDiff, {});
      }
    });
  }

  it("is a difference where a set has another member, or one more", () => {
    const controlPlane = cloud();
    const { id, state } = make(controlPlane, SERVICE, "it", variables("A", "B"));
    const changed = (...names: string[]) =>
      controlPlane.diff({
        type: SERVICE,
        id,
        oldInputs: variables("A", "B"),
        oldState: state,
        news: variables(...names),
      }).diffs;
    assert.deepEqual(changed("A", "C"), ["template"]);
    assert.deepEqual(changed("A", "B", "C"), ["template"]);
  });

  it("is nothing of a scaling that is 0 and alone: every update sends it again", () => {
    const scaling = (maxInstanceCount?: number) =>
      service("user", {
        template: { scaling: { minInstanceCount: 0, ...(maxInstanceCount && { maxInstanceCount }) } },
      });
    assert.deepEqual(again(cloud(), SERVICE, scaling()).diff.detailedDiff, { "template.scaling": "add" });
    assert.deepEqual(again(cloud(), SERVICE, scaling(2)).diff.detailedDiff, {});
  });

  it("is the project of the secret's path, whatever is said beside it: the next update replaces the grant", () => {
    const news = onSecret({ secretId: `projects/${OTHER}/secrets/key`, project: PROJECT });
    const { state, diff } = again(withSecrets(), SECRET_GRANT, news);
    assert.equal(state["project"], OTHER);
    assert.deepEqual(diff, {
      changes: true,
      diffs: ["project"],
      replaces: ["project"],
      deleteBeforeReplace: false,
      detailedDiff: { project: "update-replace" },
    });
  });

  it("is what a refresh makes of the inputs", () => {
    const controlPlane = withSecrets();
    const { id, state } = make(controlPlane, SECRET_GRANT, "it", onSecret({ secretId: "key", project: PROJECT }));
    const read = controlPlane.read({ type: SECRET_GRANT, id });
    assert.deepEqual(read?.state, state);
    assert.deepEqual(read?.inputs, onSecret({ secretId: `projects/${PROJECT}/secrets/key`, project: PROJECT }));
  });

  it("is gone with its member, also where another entry of the state names the same membership", () => {
    const controlPlane = withSecrets();
    const byName = make(controlPlane, SECRET_GRANT, "a", onSecret({ secretId: "key", project: PROJECT }));
    const byPath = make(controlPlane, SECRET_GRANT, "b", onSecret({ secretId: `projects/${PROJECT}/secrets/key` }));
    controlPlane.delete({ type: SECRET_GRANT, id: byName.id });
    assert.equal(controlPlane.read({ type: SECRET_GRANT, id: byPath.id }), undefined);
    assert.deepEqual(controlPlane.list({ type: SECRET_GRANT }), []);
  });

  it("keeps two grants whose conditions differ apart, as they are two bindings", () => {
    const controlPlane = withSecrets();
    const until = (year: number) => ({
      condition: { title: "until", expression: `request.time < timestamp("${year}-01-01T00:00:00Z")` },
    });
    const before = make(controlPlane, SECRET_GRANT, "a", onSecret({ secretId: "key", ...until(2027) }));
    const after = make(controlPlane, SECRET_GRANT, "b", onSecret({ secretId: "key", ...until(2028) }));
    controlPlane.delete({ type: SECRET_GRANT, id: before.id });
    assert.deepEqual(
      controlPlane.list({ type: SECRET_GRANT }).map(({ id }) => id),
      [after.id],
    );
  });
});
