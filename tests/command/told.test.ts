import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { formatProblems } from "../../mesh";
import { JsonDocument } from "../../tools/command/document";
import { told } from "../../tools/command/told";

const CANARY = "canary-7f3a";

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing was thrown");
}

describe("an error in words", () => {
  const trace = "; with MESH_TRACE=1 the same command prints the whole trace, which may hold values of the config";

  it("is the message that was written for people", () => {
    assert.equal(told(new Error('no such file "a.yaml"')), 'no such file "a.yaml"');
  });

  it("is what the operating system said, although it came to nobody or is wrapped", () => {
    const missing = thrownBy(() => readFileSync("/nowhere/at/all"));
    const message = "ENOENT: no such file or directory, open '/nowhere/at/all'";
    assert.equal(told(missing, true), message);
    assert.equal(told(new TypeError("fetch failed", { cause: missing })), message);
  });

  it("names the place of a defect and quotes nothing", () => {
    const defect = thrownBy(() => formatProblems(undefined as never));
    assert.equal(
      told(defect),
      `this is a defect of cloud-run-mesh: TypeError in formatProblems (mesh/problems.ts)${trace}`,
    );
    const quoting = thrownBy(() => JSON.parse(`{ ${CANARY}`));
    assert.doesNotMatch(told(quoting), /canary/);
    assert.match(told(quoting), /^this is a defect of cloud-run-mesh: SyntaxError in /);
  });

  it("says nothing of what nobody handled but where it is from", () => {
    const stray = Object.assign(new Error(`the config is ${CANARY}\n    at ${CANARY} (/x.ts:1:1)`), {
      name: "Strange",
    });
    assert.match(
      told(stray, true),
      /^this is a defect of cloud-run-mesh: Strange in .*\(tests\/command\/told\.test\.ts\);/,
    );
    assert.doesNotMatch(told(stray, true), /canary/);
    assert.equal(
      told({ config: CANARY }, true),
      `this is a defect of cloud-run-mesh: something that is no Error was thrown${trace}`,
    );
  });
});

describe("the document of a command", () => {
  it("is printed once, where --json is among the arguments", () => {
    const printed: string[] = [];
    const { write } = process.stdout;
    process.stdout.write = ((text: string) => printed.push(text) > 0) as typeof write;
    try {
      new JsonDocument(["--once"]).print({ ok: true });
      const document = new JsonDocument(["--json"]);
      document.add({ ok: true, steps: 2 });
      document.print({ ok: false, error: "no port is free" });
      document.print({ ok: true });
    } finally {
      process.stdout.write = write;
    }
    assert.deepEqual(
      printed.map((text) => JSON.parse(text)),
      [{ ok: false, steps: 2, error: "no port is free" }],
    );
  });
});
