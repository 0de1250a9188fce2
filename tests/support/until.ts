import * as assert from "node:assert/strict";

/** Less than a test has, so that what is told is what did not come true. */
const LIMIT_MS = 15_000;

/**
 * Waits for a condition.
 *
 * @param what told where it does not come true in time
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = String(condition),
  limitMs = LIMIT_MS,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    assert.ok(performance.now() < end, `not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
