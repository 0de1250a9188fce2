/** Says in one sentence how an account stands. */
const functions = require("@google-cloud/functions-framework");

functions.http("summarizeAccount", (request, response) => {
  const { account = "the account", score = 0 } = request.body ?? {};
  const state = score >= 70 ? "ready for an offer" : score >= 30 ? "worth a call" : "quiet";
  response.json({ summary: `${account} is ${state}` });
});
