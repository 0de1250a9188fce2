import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { CloudRunMesh, ProjectServices } from "../../components";
import { formatProblems, parseMesh, projectApis } from "../../mesh";
import type { Properties } from "../../sandbox/control-plane";
import { BODIES } from "../../sandbox/control-plane/api/bodies";
import { unknownNames } from "../../sandbox/control-plane/api/unknown-names";
import { type DiscoveryDocument, extract } from "../../tools/google-apis/extract";
import { soundConfigs } from "../mesh/sound-configs";
import { IMAGE, TODAY } from "../mesh/support";
import { needs } from "../support/needs";
import { type Registered, register } from "./support";

const PLACE = { project: "acme-dev", region: "europe-west9", projectNumber: "123456789012" };
const MESSAGES = "sandbox/control-plane/api/messages.json";

async function made(config: Readonly<Record<string, unknown>>): Promise<Registered[]> {
  const { spec, problems } = parseMesh({ ...PLACE, config }, TODAY);
  assert.ok(spec, formatProblems(problems));
  // The functions' code is a folder that there is.
  const functions = Object.values(spec.functions ?? {}).map((one) => ({ ...one, source: "functions/account-scoring" }));
  const there = { ...spec, ...(spec.functions && { functions: Object.fromEntries(functions.map((f) => [f.key, f])) }) };
  return register(() => {
    if (spec.projectServices) new ProjectServices("apis", { services: projectApis(spec), project: spec.project });
    return new CloudRunMesh("mesh", { spec: there });
  });
}

/** What is made where the config names nothing that is there already. */
const FROM_NOTHING: readonly Readonly<Record<string, unknown>>[] = [
  { create: {}, privateDnsZone: true },
  { create: { connector: true } },
].map((network) => ({
  network,
  services: { api: { image: IMAGE } },
  functions: { score: { source: ".", runtime: "nodejs22", entryPoint: "score" } },
}));

/** Where PyPI's google-api-python-client has its discovery documents, where it is installed. */
function discoveryDocuments(): string | undefined {
  const find =
    "import importlib.util as u; s = u.find_spec('googleapiclient'); print(s.submodule_search_locations[0] if s else '')";
  const { stdout } = spawnSync(process.env["MESH_PYTHON"] ?? "python3", ["-c", find], { encoding: "utf8" });
  return stdout?.trim() ? path.join(stdout.trim(), "discovery_cache/documents") : undefined;
}

describe("what the components send", () => {
  it("has names that Google's API has, whatever the config says", async () => {
    const types = new Set<string>();
    const unknown: string[] = [];
    for (const config of [...soundConfigs, ...FROM_NOTHING]) {
      for (const { type, name, inputs } of await made(config)) {
        if (!type.startsWith("gcp:")) continue;
        types.add(type);
        for (const one of unknownNames(type, inputs as Properties))
          unknown.push(`${type} ${name}: ${one.at} ${one.name}`);
      }
    }
    assert.deepEqual(unknown, []);
    assert.deepEqual([...types].sort(), Object.keys(BODIES).sort(), "every type has a row, and every row is of use");
  });

  it("is held against messages that are Google's own", function () {
    const documents = discoveryDocuments();
    needs(this, "google-api-python-client (tests/fixtures/google-apis.txt) for MESH_PYTHON", documents !== undefined);
    const document = (api: string) =>
      JSON.parse(readFileSync(path.join(documents ?? "", `${api}.json`), "utf8")) as DiscoveryDocument;
    assert.deepEqual(
      JSON.parse(readFileSync(MESSAGES, "utf8")),
      extract(document),
      `${MESSAGES} is not what tools/google-apis/main.ts makes of ${documents}`,
    );
  });
});
