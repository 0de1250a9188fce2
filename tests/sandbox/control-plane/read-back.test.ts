import * as assert from "node:assert/strict";
import type { ControlPlane, DiffResult, Properties } from "../../../sandbox/control-plane";
import {
  cloud,
  invoker,
  make,
  PROJECT,
  PROJECT_GRANT,
  REGION,
  SECRET,
  SECRET_GRANT,
  SERVICE,
  SERVICE_GRANT,
  SERVICES,
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
