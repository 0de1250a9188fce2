import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { withImage } from "../../tools/images/config-edit";

const ROOT = path.join(__dirname, "../..");
const IMAGE = `europe-west9-docker.pkg.dev/shop/cloud-run-mesh/web@sha256:${"a".repeat(64)}`;

/** A config whose services are these lines. */
const config = (...lines: string[]) => ["config:", "  cloud-run-mesh:services:", ...lines, ""].join("\n");

/** The lines of a service, and what becomes of them. */
const EDITS: Readonly<Record<string, readonly [before: string, after: string]>> = {
  "a plain image, with its comment": [
    `    web: \n      image:   old   # why\n`,
    `    web: \n      image:   ${IMAGE}   # why\n`,
  ],
  "an image in double quotes": [`    web:\n      "image": "old"\n`, `    web:\n      "image": "${IMAGE}"\n`],
  "an image in single quotes": [`    web:\n      image: 'it''s'\n`, `    web:\n      image: '${IMAGE}'\n`],
  "an image below its key": [`    web:\n      image:\n        old\n`, `    web:\n      image:\n        ${IMAGE}\n`],
  "a folded image": [
    `    web:\n      image: >-\n        old\n        er\n      source: web\n`,
    `    web:\n      image: ${IMAGE}\n      source: web\n`,
  ],
  "an anchored image, which stays the anchor of others": [
    `    web: { image: &i !!str old }\n    api: { image: *i }\n`,
    `    web: { image: &i !!str ${IMAGE} }\n    api: { image: *i }\n`,
  ],
  "an alias, whose anchor stays": [
    `    api: { image: &i old }\n    web: { image: *i }\n`,
    `    api: { image: &i old }\n    web: { image: ${IMAGE} }\n`,
  ],
  "an image that says nothing": [
    `    web:\n      image:\n      port: 8`,
    `    web:\n      image: ${IMAGE}\n      port: 8`,
  ],
  "an image that says nothing, with a comment": [
    `    web:\n      image: # later`,
    `    web:\n      image: ${IMAGE} # later`,
  ],
  "an image that says nothing, with a comment below": [
    `    web:\n      image:\n      # later\n      port: 8`,
    `    web:\n      image: ${IMAGE}\n      # later\n      port: 8`,
  ],
  "an image that is null": [`    web: { image: ~, port: 8 }`, `    web: { image: ${IMAGE}, port: 8 }`],
  "no image: a line below the source": [
    `    web:\n        port: 8\n        source: web # code\n        # of the mesh\n        calls: [a,   b]\n`,
    `    web:\n        port: 8\n        source: web # code\n        image: ${IMAGE}\n        # of the mesh\n        calls: [a,   b]\n`,
  ],
  "no image, and a source in the last line without an end": [
    `    web:\n      source: "web"`,
    `    web:\n      source: "web"\n      image: "${IMAGE}"`,
  ],
  "no image, in braces": [`    web: {port: 8, source: web,}`, `    web: {port: 8, source: web, image: ${IMAGE},}`],
  "no image, in JSON": [`    web: {"source":"web"}`, `    web: {"source":"web", "image": "${IMAGE}"}`],
  "no image, and a source that comes from elsewhere": [
    `    base: &base { source: web }\n    web:\n      <<: *base\n      port: 8\n`,
    `    base: &base { source: web }\n    web:\n      <<: *base\n      image: ${IMAGE}\n      port: 8\n`,
  ],
  "no image, and a source as a block of text": [
    `    web:\n      source: |-\n        web\n      port: 8\n`,
    `    web:\n      source: |-\n        web\n      image: |-\n        ${IMAGE}\n      port: 8\n`.replace(
      "|-\n        eu",
      "eu",
    ),
  ],
};

describe("an image written into a stack config", () => {
  for (const [what, [before, after]] of Object.entries(EDITS)) {
    it(`takes the place of ${what}`, () => {
      const around = (lines: string) => `# Ours.\nconfig:\n  a:b:   'x'\n  cloud-run-mesh:services:\n${lines}`;
      assert.equal(withImage(around(before), "web", IMAGE), around(after));
      assert.equal(withImage(around(after), "web", IMAGE), around(after));
    });

    it(`takes the place of ${what}, between Windows' line ends and behind a byte order mark`, () => {
      const around = (lines: string) => `\uFEFFconfig:\n  cloud-run-mesh:services:\n${lines}`.replaceAll("\n", "\r\n");
      assert.equal(withImage(around(before), "web", IMAGE), around(after));
    });
  }

  it("changes one line of each config that this project has, and adds at most one", () => {
    const files = ["Pulumi.dev.yaml", ...readdirSync(path.join(ROOT, "examples")).map((name) => `examples/${name}`)];
    for (const file of files.filter((name) => name.endsWith(".yaml"))) {
      const text = readFileSync(path.join(ROOT, file), "utf8");
      for (const key of Object.keys(parse(text).config["cloud-run-mesh:services"])) {
        const [before, after] = [text.split("\n"), withImage(text, key, IMAGE).split("\n")];
        const same = before.findIndex((line, i) => line !== after[i]);
        const sameAtEnd = before.toReversed().findIndex((line, i) => line !== after.at(-1 - i));
        const changed = after.slice(same, after.length - sameAtEnd);
        assert.equal(changed.length, 1, `${file} ${key}: ${changed.join("\n")}`);
        assert.ok(changed[0]?.includes(IMAGE));
      }
    }
  });

  const REFUSED: Readonly<Record<string, readonly [text: string, message: string]>> = {
    "whose block another one has too": [
      config("    api: &base { source: api }", "    web: *base"),
      'services.web is an alias, "*base"; write its keys out, so that it has its own image',
    ],
    "that is gone": [config("    api: { source: api }"), 'there is no service "web" in it'],
    "of a file that was cut": [
      config('    web: { source: "w'),
      'it is no sound YAML: Missing closing "quote at line 4, column 1',
    ],
    "whose keys are written the long way": [
      config("    web:", "      ? source", "      : web"),
      "services.web is written in a form that is not edited",
    ],
  };
  for (const [what, [text, message]] of Object.entries(REFUSED)) {
    it(`is refused for a service ${what}`, () => {
      assert.throws(() => withImage(text, "web", IMAGE), { message });
    });
  }
});
