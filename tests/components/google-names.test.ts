import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import type { Properties } from "../../sandbox/control-plane";
import { BODIES } from "../../sandbox/control-plane/api/bodies";
import { unknownNames } from "../../sandbox/control-plane/api/unknown-names";
import { type DiscoveryDocument, extract } from "../../tools/google-apis/extract";
import { PARTS, type Part, SAID } from "../sandbox/control-plane/balancer";
import { ACCESSOR, accessor, type Piece, WORKFORCE, WORKFORCE_SAID } from "../sandbox/control-plane/workforce";
import { needs } from "../support/needs";
import { everyConfig, made } from "./every-config";

const MESSAGES = "sandbox/control-plane/api/messages.json";

/** Where PyPI's google-api-python-client has its discovery documents, where it is installed. */
function discoveryDocuments(): string | undefined {
  const find =
    "import importlib.util as u; s = u.find_spec('googleapiclient'); print(s.submodule_search_locations[0] if s else '')";
  const { stdout } = spawnSync(process.env["MESH_PYTHON"] ?? "python3", ["-c", find], { encoding: "utf8" });
  return stdout?.trim() ? path.join(stdout.trim(), "discovery_cache/documents") : undefined;
}

describe("what the components send, and the tests of the control plane", () => {
  it("has names that Google's API has, whatever the config says", async () => {
    const types = new Set<string>();
    const unknown: string[] = [];
    const hold = (type: string, name: string, inputs: Properties) => {
      types.add(type);
      for (const one of unknownNames(type, inputs)) unknown.push(`${type} ${name}: ${one.at} ${one.name}`);
    };
    for (const config of everyConfig) {
      for (const { type, name, inputs } of await made(config)) {
        if (type.startsWith("gcp:")) hold(type, name, inputs as Properties);
      }
    }
    for (const name of Object.keys(PARTS) as Part[]) hold(PARTS[name], name, SAID[name]);
    for (const name of Object.keys(WORKFORCE) as Piece[]) hold(WORKFORCE[name], name, WORKFORCE_SAID[name]);
    hold(ACCESSOR, "accessor", accessor());
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
