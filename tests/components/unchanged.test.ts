import * as assert from "node:assert/strict";
import { openControlPlane, type Properties } from "../../sandbox/control-plane";
import { BODIES } from "../../sandbox/control-plane/api/bodies";
import { READ_BACK } from "../../sandbox/control-plane/read-back/table";
import { everyConfig, made } from "./every-config";

interface Made {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly news: Properties;
  readonly state: Properties;
}

/** Everything that is made of a config on a control plane, which holds it. */
async function deploy(config: Readonly<Record<string, unknown>>) {
  const controlPlane = openControlPlane({ missing: "assume", projects: [{ id: "acme-dev", number: "123456789012" }] });
  controlPlane.configure({ project: "acme-dev", region: "europe-west9" });
  const resources: Made[] = [];
  const refused: unknown[] = [];
  await made(config, {
    call: ({ token, inputs }) => controlPlane.invoke({ token, args: inputs }),
    newResource: ({ type, name, inputs }) => {
      // Of code that is uploaded, a file is what it is called.
      const plain = JSON.parse(JSON.stringify(inputs)) as Properties;
      if (!type.startsWith("gcp:")) return { id: name, state: plain };
      try {
        const { inputs: news, failures } = controlPlane.check({ type, name, news: plain });
        assert.deepEqual(failures, []);
        const { traffics, ...first } = news;
        const isSplit = JSON.stringify(traffics ?? []).includes('"revision"');
        const created = controlPlane.create({ type, name, inputs: isSplit ? first : news });
        const { id } = created;
        // A service has no revision to lead traffic to before it is there.
        const { state } = isSplit ? controlPlane.update({ type, id, inputs: news }) : created;
        resources.push({ type, name, id, news, state });
        return { id, state };
      } catch (error) {
        refused.push(error);
        return { id: name, state: plain };
      }
    },
  });
  assert.deepEqual(refused, []);
  return { controlPlane, resources };
}

describe("what the components send", () => {
  it("is what the provider reads back, whatever the config says: a second update changes nothing", async () => {
    const changed: string[] = [];
    for (const config of everyConfig) {
      const { controlPlane, resources } = await deploy(config);
      for (const { type, name, id, news, state } of resources) {
        const read = controlPlane.read({ type, id });
        assert.ok(read, `${type} ${name} is there`);
        assert.deepEqual(read.state, state);
        for (const oldInputs of [news, read.inputs]) {
          const { detailedDiff } = controlPlane.diff({ type, id, oldInputs, oldState: state, news });
          changed.push(...Object.entries(detailedDiff).map(([path, kind]) => `${kind} ${type} ${name} ${path}`));
        }
      }
    }
    assert.deepEqual(changed, []);
  });

  it("is the same with hosts outside and without them, which the sandbox alone looks at", async () => {
    const without = (config: unknown): unknown =>
      JSON.parse(
        JSON.stringify(config, (key, value) => (key === "egress" && Array.isArray(value) ? undefined : value)),
      );
    const [config] = everyConfig.filter((one) => JSON.stringify(one) !== JSON.stringify(without(one)));
    assert.ok(config);
    assert.deepEqual(await made(config), await made(without(config) as typeof config));
  });

  it("has a row of what is read back for each type that is made", () => {
    assert.deepEqual(
      Object.keys(BODIES).filter((type) => READ_BACK[type] === undefined),
      [],
    );
  });
});
