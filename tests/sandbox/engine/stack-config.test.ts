import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, it } from "mocha";
import { EngineError, readStackConfig, stacksIn } from "../../../sandbox/engine";
import { temporaryFolder, usesPulumi } from "../../support/pulumi-cli";

const PROJECT = "name: orders\nruntime: nodejs\n";

/** Everything in which Go's YAML parser is known to differ from a JavaScript one. */
const PECULIAR = `config:
  orders:date: 2027-03-31
  orders:dateShort: 2027-3-1
  orders:time: 2027-03-31T10:11:12Z
  orders:timeFraction: 2027-03-31T10:11:12.500Z
  orders:timeZone: 2027-03-31T10:11:12+02:00
  orders:timeNoZone: 2027-03-31 10:11:12
  orders:timeLoose: 2027-03-31 10:11:12.5 +02:00
  orders:yes: yes
  orders:on: on
  orders:bool: True
  orders:int: 12
  orders:hex: 0x1F
  orders:octal: 010
  orders:octalNew: 0o10
  orders:grouped: 1_000
  orders:float: 1.50
  orders:exponent: 1.5e21
  orders:nothing:
  orders:sexagesimal: 12:30:45
  orders:quoted: "2027-03-31"
  orders:lines: |
    a
    b
  orders:list: [a, 2, 2027-01-01]
  orders:object: { until: 2027-03-31, n: 1.50, b: yes, list: [{ a: 1 }], nothing: ~, "0 3": x, 1: y }
  gcp:project: acme-dev
  bare: v
`;

describe("stack config", function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder();
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (stackFile: string | undefined, projectFile = PROJECT) => {
    writeFileSync(path.join(folder, "Pulumi.yaml"), projectFile);
    if (stackFile !== undefined) writeFileSync(path.join(folder, "Pulumi.dev.yaml"), stackFile);
  };

  it("turns an unquoted date into what Pulumi makes of it, and leaves a quoted one", () => {
    write('config:\n  orders:a: 2027-03-31\n  orders:b: "2027-03-31"\n  orders:c: { until: 2027-03-31 }\n');
    assert.deepEqual(readStackConfig(folder, "dev").config, {
      "orders:a": "2027-03-31 00:00:00 +0000 UTC",
      "orders:b": "2027-03-31",
      "orders:c": '{"until":"2027-03-31 00:00:00 +0000 UTC"}',
    });
  });

  it("takes defaults from Pulumi.yaml and puts keys without a namespace into the project's", () => {
    write(
      "config:\n  retries: 3\n",
      `${PROJECT}config:\n  labels: { type: object, default: {} }\n  region: europe-west9\n`,
    );
    const { config, project } = readStackConfig(folder, "dev");
    assert.equal(project, "orders");
    assert.deepEqual(config, { "orders:labels": "{}", "orders:region": "europe-west9", "orders:retries": "3" });
  });

  it("names the file that is missing, and the stacks there are", () => {
    write("config: {}\n");
    assert.deepEqual(stacksIn(folder), ["dev"]);
    refuses(() => readStackConfig(folder, "prod"), `no such file "${folder}/Pulumi.prod.yaml"; stacks here: dev`);
    const empty = path.join(folder, "empty");
    refuses(() => readStackConfig(empty, "dev"), `no such file "${empty}/Pulumi.yaml"; a Pulumi project has one`);
  });

  it("takes a source from the folder of the file that names it", () => {
    write(
      "config:\n  cloud-run-mesh:services: { a: { source: ../code }, b: { source: /srv/b }, c: { image: i }, d: 1 }\n" +
        "  cloud-run-mesh:functions: { f: { source: my code } }\n  orders:services: { a: { source: x } }\n",
    );
    const { config } = readStackConfig(path.relative(process.cwd(), folder), "dev");
    assert.deepEqual(JSON.parse(config["cloud-run-mesh:services"]!), {
      a: { source: path.join(folder, "../code") },
      b: { source: "/srv/b" },
      c: { image: "i" },
      d: 1,
    });
    assert.deepEqual(JSON.parse(config["cloud-run-mesh:functions"]!), { f: { source: path.join(folder, "my code") } });
    assert.deepEqual(JSON.parse(config["orders:services"]!), { a: { source: "x" } });
    write("config:\n  cloud-run-mesh:services: [{ source: x }]\n  cloud-run-mesh:functions: text\n");
    const wrong = readStackConfig(folder, "dev").config;
    assert.equal(wrong["cloud-run-mesh:services"], '[{"source":"x"}]');
    assert.equal(wrong["cloud-run-mesh:functions"], "text");
  });

  it("names the place of a syntax error", () => {
    write("config:\n  orders:a: [1, 2\n  orders:b: 3\n");
    refuses(() => readStackConfig(folder, "dev"), /^invalid ".*\/Pulumi\.dev\.yaml": .* at line \d+, column \d+$/);
  });

  it("refuses config that is no map", () => {
    write("config: [a]\n");
    refuses(
      () => readStackConfig(folder, "dev"),
      `invalid "${folder}/Pulumi.dev.yaml": expected config to be a map, got a list`,
    );
  });

  it("refuses encrypted values by their path, and does not show them", () => {
    write("config:\n  orders:key:\n    secure: v1:abc:def\n");
    refuses(() => readStackConfig(folder, "dev"), /"orders:key" is encrypted/);
    write("config:\n  orders:keys: { list: [ { secure: v1:abc:def } ] }\n");
    refuses(() => readStackConfig(folder, "dev"), /"orders:keys\.list\[0\]" is encrypted(?!.*v1:abc)/);
    write("config:\n  orders:a: { secure: v1:abc }\n  orders:b: { c: { secure: v1:abc } }\n");
    refuses(
      () => readStackConfig(folder, "dev"),
      `invalid "${folder}/Pulumi.dev.yaml": "orders:a", "orders:b.c" are encrypted, and the key to that is not used outside of Pulumi's own runs; write a plain value into a stack config of the sandbox's own`,
    );
  });

  describe("beside the real Pulumi CLI", () => {
    const cli = usesPulumi();

    it("reads every scalar as the CLI does", () => {
      write(PECULIAR);
      const [home, backend] = [path.join(folder, "home"), path.join(folder, "backend")];
      for (const made of [home, backend]) mkdirSync(made);
      const env = {
        PATH: process.env.PATH,
        HOME: home,
        PULUMI_HOME: home,
        PULUMI_BACKEND_URL: pathToFileURL(backend).href,
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
      };
      const pulumi = (...args: string[]) =>
        execFileSync(cli().command, args, { cwd: folder, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
      pulumi("stack", "init", "dev", "--non-interactive");
      // Making the stack rewrites the file, with the dates already turned into text.
      write(PECULIAR);
      const answers: Record<string, { value: string }> = JSON.parse(pulumi("config", "--json", "--stack", "dev"));
      const expected = Object.fromEntries(Object.entries(answers).map(([key, { value }]) => [key, value]));
      assert.deepEqual(comparable(readStackConfig(folder, "dev").config), comparable(expected));
    });
  });
});

/** Objects are compared as values: the order of their keys means nothing. */
function comparable(config: Readonly<Record<string, string>>): Record<string, unknown> {
  const parsed = (text: string) => (/^[[{]/.test(text) ? JSON.parse(text) : text);
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, parsed(value)]));
}

function refuses(work: () => unknown, message: string | RegExp): void {
  assert.throws(work, (error: unknown) => {
    assert.ok(error instanceof EngineError);
    assert.equal(error.code, "stack-config");
    if (typeof message === "string") assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  });
}
