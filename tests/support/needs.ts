/**
 * Says what a test needs that not every machine has. Where it is missing, the test is skipped with a line that names
 * it, except in CI, where everything has to be there and a skipped test would be a hole.
 */
export function needs(context: Mocha.Context, name: string, available: boolean): void {
  if (available) return;
  if (process.env.CI === "true") throw new Error(`${name} is needed in CI and is not there`);
  console.log(`      not run: ${name}`);
  context.skip();
}
