import * as assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { Deadline, sleep, unlessAborted } from "../../services/runtime/index";
import { HeldClock, settled } from "./support";

const late = () => new Error("too late");
const listenersOf = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

describe("what waits for a time", () => {
  it("lets go of the signal once it is done: one signal outlives many waits", async () => {
    const clock = new HeldClock();
    const { signal } = new AbortController();
    const slept = sleep(clock, 10, signal);
    const deadline = new Deadline(clock, 10, late, signal);
    const worked = unlessAborted(Promise.resolve("work"), signal);
    assert.equal(listenersOf(signal), 3);
    await clock.pass(5);
    deadline.dispose();
    await clock.pass(5);
    await Promise.all([slept, worked]);
    await settled();
    assert.equal(listenersOf(signal), 0);
    assert.equal(clock.waiting, 0);
    assert.equal(deadline.signal.aborted, false, "a deadline that was let go of does not pass");
  });

  it("ends with the signal's reason, and its timer with it", async () => {
    const clock = new HeldClock();
    const parent = new AbortController();
    const deadline = new Deadline(clock, 10, late, parent.signal);
    const slept = sleep(clock, 10, parent.signal);
    const worked = unlessAborted(new Promise(() => {}), parent.signal);
    const reason = new Error("the client is gone");
    parent.abort(reason);
    await assert.rejects(slept, reason);
    await assert.rejects(worked, reason);
    assert.equal(deadline.signal.reason, reason);
    assert.equal(clock.waiting, 0);
  });

  it("ends at once where the signal had ended before", async () => {
    const clock = new HeldClock();
    const reason = new Error("the client is gone");
    const signal = AbortSignal.abort(reason);
    assert.equal(new Deadline(clock, 10, late, signal).signal.reason, reason);
    await assert.rejects(sleep(clock, 10, signal), reason);
    await assert.rejects(unlessAborted(new Promise(() => {}), signal), reason);
    assert.equal(clock.waiting, 0);
  });

  it("needs no signal", async () => {
    const clock = new HeldClock();
    const slept = sleep(clock, 10);
    const deadline = new Deadline(clock, 10, late);
    assert.equal(deadline.atMs, clock.now() + 10);
    await clock.pass(10);
    await slept;
    assert.equal(await unlessAborted(Promise.resolve("work"), undefined), "work");
    assert.deepEqual(deadline.signal.reason, late());
  });
});
