import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { Ajv2020 } from "ajv/dist/2020";
import { parse } from "yaml";

const ROOT = path.join(__dirname, "../..");
const schema = JSON.parse(readFileSync(path.join(ROOT, "docs/stack-config.schema.json"), "utf8"));
const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);
const files = ["Pulumi.dev.yaml", ...readdirSync(path.join(ROOT, "examples")).map((name) => `examples/${name}`)].filter(
  (name) => name.endsWith(".yaml"),
);

/** What an editor would underline in a file with these services. */
function underlined(services: object, more: object = {}): string[] {
  const config = { "gcp:project": "p", "gcp:region": "europe-west9", "cloud-run-mesh:services": services, ...more };
  return validate({ config }) ? [] : [...new Set(validate.errors!.map(({ instancePath }) => instancePath))];
}

describe("the JSON Schema for editors", () => {
  for (const file of files) {
    it(`accepts ${file}, which points at it`, () => {
      const text = readFileSync(path.join(ROOT, file), "utf8");
      assert.equal(validate(parse(text)), true, JSON.stringify(validate.errors));
      const [, target] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text)!;
      assert.equal(path.join(path.dirname(file), target!), "docs/stack-config.schema.json");
    });
  }

  it("accepts both spellings of an end date, and keys of other programs", () => {
    for (const until of ["2027-03-31", "2027-03-31 00:00:00 +0000 UTC"]) {
      assert.deepEqual(underlined({ web: { image: "i", calls: [{ service: "api", until }] } }, { "other:key": 1 }), []);
    }
  });

  it("underlines what the program would refuse", () => {
    const services = "/config/cloud-run-mesh:services";
    assert.deepEqual(underlined({ web: { image: "i", ingres: "all" } }), [`${services}/web`]);
    assert.deepEqual(underlined({ web: { image: "i", timeoutSeconds: "10" } }), [`${services}/web/timeoutSeconds`]);
    assert.ok(underlined({ web: { image: "i", ingress: "all" } }).includes(`${services}/web/ingress`));
    assert.ok(
      underlined({ web: { image: "i", calls: [{ service: "api", until: "next year" }] } }).includes(
        `${services}/web/calls/0/until`,
      ),
    );
    assert.deepEqual(underlined({ Web: { image: "i" } }), [services]);
    assert.deepEqual(underlined({ web: { image: "i" } }, { "cloud-run-mesh:netwrok": {} }), ["/config"]);
  });
});
