import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { InlineProgram } from "../../../sandbox/engine/inline-program";

const { getStore, withLocalStorage } = require("@pulumi/pulumi/runtime/state") as {
  getStore(): { settings: Record<string, unknown> };
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

  it("does not keep later programs from logging by what it logs too late", async () => {
    let logTooLate: () => Promise<unknown> = async () => {};
    const program = new InlineProgram(async () => {
      const { settings } = getStore();
      settings["engine"] = {
        close: () => {},
        log: () => {
          throw new Error("the channel has been shut down");
        },
      };
      logTooLate = () =>
        withLocalStorage(async () => Object.assign(getStore(), { settings }) && pulumi.log.warn("too late"));
      return {};
    });
    await withLocalStorage(program.run);
    await program.close();
    await logTooLate();

    const heard: string[] = [];
    await withLocalStorage(async () => {
      const log = (request: { getMessage(): string }, done: () => void) => {
        heard.push(request.getMessage());
        done();
      };
      getStore().settings["engine"] = { close: () => {}, log };
      await pulumi.log.warn("in time");
    });
    assert.deepEqual(heard, ["in time"]);
  });
});
