/** The pack over a stack in a file, as OPA takes a plan: reads, judges, prints how many grants to everybody there are. */
const { readFileSync } = require("node:fs");
const { judge, judgeStack } = require("../../policy/dist/judge.js");

const stack = JSON.parse(readFileSync(process.argv[2], "utf8"));
const found = [...stack.flatMap((resource) => judge(resource)), ...judgeStack(stack)];
console.log(found.filter(({ rule }) => rule === "no-public-principals").length);
