/** Everything that the components make of every key of the config. */
import * as assert from "node:assert/strict";
import { CloudRunMesh, ProjectServices } from "../../components";
import { formatProblems, parseMesh, projectApis } from "../../mesh";
import { soundConfigs } from "../mesh/sound-configs";
import { IMAGE, TODAY } from "../mesh/support";
import { type Mocks, type Registered, register } from "./support";

type Config = Readonly<Record<string, unknown>>;

const PLACE = { project: "acme-dev", region: "europe-west9", projectNumber: "123456789012" };

/** What is made where the config names nothing that is there already. */
const FROM_NOTHING: readonly Config[] = [{ create: {}, privateDnsZone: true }, { create: { connector: true } }].map(
  (network) => ({
    network,
    services: { api: { image: IMAGE } },
    functions: { score: { source: ".", runtime: "nodejs22", entryPoint: "score" } },
  }),
);

/** Values that Google gives back in another form than others would send them. */
const OTHER_FORMS: readonly Config[] = [
  {
    network: { connector: "link", egress: "all-traffic" },
    services: {
      api: {
        image: IMAGE,
        scaling: { minInstances: 0 },
        env: {
          A: { secret: "projects/acme-vault/secrets/key", version: "1" },
          B: { secret: "projects/123456789012/secrets/key", version: "1" },
          C: { secret: "projects/acme-dev/secrets/key", version: "1" },
        },
        ingress: { all: "people call it" },
        access: [{ member: "user:Ann@Acme.com" }],
      },
    },
    functions: { score: { source: ".", runtime: "nodejs22", entryPoint: "score", scaling: { minInstances: 0 } } },
  },
];

/** Sound configs that together set every key and make every type of resource. */
export const everyConfig: readonly Config[] = [...soundConfigs, ...FROM_NOTHING, ...OTHER_FORMS];

/** What the program registers for a config, in order. */
export function made(config: Config, mocks?: Mocks): Promise<Registered[]> {
  const { spec, problems } = parseMesh({ ...PLACE, config }, TODAY);
  assert.ok(spec, formatProblems(problems));
  // The functions' code is a folder that there is.
  const functions = Object.values(spec.functions ?? {}).map((one) => ({ ...one, source: "functions/account-scoring" }));
  const there = { ...spec, ...(spec.functions && { functions: Object.fromEntries(functions.map((f) => [f.key, f])) }) };
  return register(() => {
    if (spec.projectServices) new ProjectServices("apis", { services: projectApis(spec), project: spec.project });
    return new CloudRunMesh("mesh", { spec: there });
  }, mocks);
}
