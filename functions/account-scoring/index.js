/** Scores an account by what its team wrote down: 0 to 100, and why. */
const functions = require("@google-cloud/functions-framework");

/** Weights of what is known of an account; together 100. */
const WEIGHTS = { openDeals: 50, recentContact: 30, renewal: 20 };

functions.http("scoreAccount", (request, response) => {
  const known = request.body ?? {};
  const because = Object.keys(WEIGHTS).filter((fact) => known[fact] === true);
  response.json({ score: because.reduce((sum, fact) => sum + WEIGHTS[fact], 0), because });
});
