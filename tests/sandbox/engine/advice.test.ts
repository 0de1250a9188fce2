import * as assert from "node:assert/strict";
import { adviceFor } from "../../../sandbox/engine/advice";
import type { EngineResult } from "../../../sandbox/engine/result";
import { retyped } from "../../../sandbox/hints";

const TYPED = ["my mesh.yaml", "--state", "/tmp/it's here", "--fresh", "--once"];
const AGAIN = "npm start -- 'my mesh.yaml' --state '/tmp/it'\\''s here' --once";
const URN = "urn:pulumi:dev::mesh::gcp:pubsub/topic:Topic::orders";

const outcome = (change: Partial<EngineResult>): EngineResult => ({
  ...{ operation: "up", engine: "pulumi", ok: false, interrupted: false, steps: [], findings: [], diagnostics: [] },
  ...{ counts: {}, outputs: {}, pending: [], advice: [], durationMs: 1 },
  ...change,
});
const pending = (kind: string) =>
  ({ kind, urn: URN, type: "gcp:pubsub/topic:Topic", name: "orders", inputs: {} }) as const;

describe("advice after a run", () => {
  it("names the command that was typed, file and options included, as a shell takes it", () => {
    const words = retyped(TYPED);
    assert.deepEqual(words, { again: AGAIN, recover: `${AGAIN} --recover` });
    const recover = `run "${AGAIN} --recover"`;
    const exists = { severity: "error", urn: URN, message: "Error 409: it already exists" } as const;
    const cases: readonly [Partial<EngineResult>, string][] = [
      [{ pending: [pending("creating")] }, recover],
      [{ pending: [pending("updating")] }, recover],
      [{ diagnostics: [exists] }, recover],
      [{ interrupted: true }, `run "${AGAIN}" again; it goes on from here`],
    ];
    for (const [change, command] of cases) {
      const [sentence = "", ...others] = adviceFor(outcome(change), words);
      assert.ok(sentence.includes(command), sentence);
      assert.deepEqual(others, []);
    }
  });

  it("says how a protected resource goes, and that a renamed key keeps it", () => {
    const message = "cannot destroy service without setting deletion_protection=false and running `pulumi up`";
    assert.deepEqual(adviceFor(outcome({ diagnostics: [{ severity: "error", urn: URN, message }] })), [
      '"orders" is protected from being deleted; where its key was renamed, set "formerly: orders" on the new key; ' +
        'to delete it, put it back with "deletionProtection: false", deploy, then take it out',
    ]);
  });

  it("neither says --recover twice nor anything that nobody typed", () => {
    assert.deepEqual(retyped([]), { again: "npm start", recover: "npm start -- --recover" });
    const recovering = "npm start -- --recover --json";
    assert.deepEqual(retyped(["--recover", "--json"]), { again: recovering, recover: recovering });
  });
});
