/** Judges a stack of as many services as the argument says, some times, and prints the best time and the memory that it took. */
const { judge, judgeStack } = require("../../policy/dist/judge.js");
const { pulumiStack, FAULTY_EVERY } = require("./stack.cjs");

const count = Number(process.argv[2]);
const resources = pulumiStack(count);
const times = [];
/** Enough to be compiled, bounded for large stacks. */
const rounds = Math.max(5, Math.ceil(20_000 / resources.length));
for (let round = 0; round < rounds; round++) {
  // A new list each time: the pack remembers what it made of one.
  const stack = [...resources];
  const started = performance.now();
  const found = [...stack.flatMap((resource) => judge(resource)), ...judgeStack(stack)];
  times.push(performance.now() - started);
  const open = found.filter(({ rule }) => rule === "no-public-principals").length;
  if (open !== Math.ceil(count / FAULTY_EVERY)) throw new Error(`found ${open} grants to everybody`);
}
times.sort((a, b) => a - b);

const maxRssMib = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ resources: resources.length, msPerResource: times[0] / resources.length, maxRssMib }));
