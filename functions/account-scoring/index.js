/** Scores an account by what its team wrote down: 0 to 100, and why. */
const functions = require("@google-cloud/functions-framework");
const { kindOf, takesJson } = require("./requests");

/** Weights of what is known of an account; together 100. */
const WEIGHTS = { openDeals: 50, recentContact: 30, renewal: 20 };

const FACTS = Object.keys(WEIGHTS);

/** What is not said is not so. */
function fact(value) {
  if (value !== undefined && typeof value !== "boolean") return `got ${kindOf(value)}; allowed: true or false`;
}

functions.http(
  "scoreAccount",
  takesJson(Object.fromEntries(FACTS.map((name) => [name, fact])), (known) => {
    const because = FACTS.filter((name) => known[name] === true);
    return { score: because.reduce((sum, name) => sum + WEIGHTS[name], 0), because };
  }),
);
