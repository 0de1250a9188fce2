import * as assert from "node:assert/strict";
import { InlineProgram } from "../../../sandbox/engine/inline-program";

const { getStore, withLocalStorage } = require("@pulumi/pulumi/runtime/state") as {
  getStore(): { settings: Record<string, { close(): void }> };
  withLocalStorage<T>(work: () => T): T;
};

describe("an inline program", () => {
  it("leaves no connection open after its runs", async () => {
    const closed: string[] = [];
    const program = new InlineProgram(async () => {
      for (const name of ["monitor", "engine"]) getStore().settings[name] = { close: () => closed.push(name) };
      return {};
    });
    for (let run = 0; run < 2; run++) await withLocalStorage(program.run);
    await program.close();
    assert.deepEqual(closed, ["monitor", "engine", "monitor", "engine"]);
    await program.close();
    assert.equal(closed.length, 4);
  });
});
