/** The program itself, on mocks: what it refuses before it makes anything, and what it makes first. */
import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Program } from "../../sandbox/engine";
import { TODAY } from "../mesh/support";
import { everyConfig } from "./every-config";
import { type Registered, register } from "./support";

const program = require("../../index") as (today: string) => ReturnType<Program>;

const PLACE = {
  "gcp:project": "acme-dev",
  "gcp:region": "europe-west9",
  "cloud-run-mesh:projectNumber": "123456789012",
};
const IMAGE = "europe-docker.pkg.dev/acme/images/app@sha256:0";
const ENCRYPTED = "is encrypted, and everybody who sees the services sees it; write it as it is";
const API = "gcp:projects/service:Service";
const APIS = "cloud-run-mesh:index:ProjectServices";

/** What the program registers for a stack config of whole keys and texts. */
function made(config: Record<string, string>, encrypted: readonly string[] = []): Promise<Registered[]> {
  pulumi.runtime.setAllConfig(config, [...encrypted]);
  return register(() => program(TODAY));
}

const texts = (config: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      `cloud-run-mesh:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );

/** The config with functions whose code is a folder that there is, and without the order that is warned of. */
function deployable(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const {
    functions = {},
    loadBalancer,
    ...rest
  } = config as { functions?: Record<string, object>; loadBalancer?: object };
  const found = Object.entries(functions).map(([key, one]) => [key, { ...one, source: "functions/account-scoring" }]);
  return {
    ...rest,
    ...(found.length > 0 && { functions: Object.fromEntries(found) }),
    ...(loadBalancer && { loadBalancer: { ...loadBalancer, order: undefined } }),
  };
}

describe("the program", () => {
  afterEach(() => pulumi.runtime.setAllConfig({}, []));

  for (const [key, told] of [
    [
      "cloud-run-mesh:services",
      "holds an encrypted value; put it into Secret Manager and name it: { secret, version }",
    ],
    ["cloud-run-mesh:projectNumber", ENCRYPTED],
    ["gcp:region", ENCRYPTED],
  ] as const) {
    it(`makes nothing of a config whose ${key} is encrypted, and says what to do`, async () => {
      const config = { ...PLACE, ...texts({ services: { api: { image: IMAGE } } }) };
      const message = `1 problem in the stack config:\n  ${key.replace(/^cloud-run-mesh:/, "")}: ${told}`;
      await assert.rejects(made(config, [key]), { message });
    });
  }

  it("makes nothing of a config in which a map is text, sound as the rest is", async () => {
    const config = { ...PLACE, ...texts({ services: { api: { image: IMAGE } } }), "cloud-run-mesh:labels": "shop" };
    const problem = "labels: got text, expected a map; write it as YAML below the key";
    await assert.rejects(made(config), { message: `1 problem in the stack config:\n  ${problem}` });
  });

  it("switches the APIs on before it makes anything else, whatever the config says", async () => {
    const before: string[] = [];
    for (const config of everyConfig) {
      const registered = await made({ ...PLACE, ...texts({ ...deployable(config), projectServices: true }) });
      const apis = registered.filter(({ type }) => type === API).map(({ name }) => name);
      assert.ok(apis.length >= 3, JSON.stringify(apis));
      const hasted = registered.filter(
        ({ type, waitsFor }) => type !== API && type !== APIS && !apis.every((api) => waitsFor.includes(api)),
      );
      before.push(...hasted.map(({ type, name }) => `${type} ${name}`));
    }
    assert.deepEqual(before, []);
  });
});
