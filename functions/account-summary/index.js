/** Says in one sentence how an account stands. */
const functions = require("@google-cloud/functions-framework");
const { kindOf, takesJson } = require("./requests");

function account(value) {
  const length = typeof value === "string" ? value.trim().length : 0;
  if (length >= 1 && length <= 100) return;
  return `got ${typeof value === "string" ? "another text" : kindOf(value)}; allowed: a text of 1 to 100 characters`;
}

function score(value) {
  if (typeof value === "number" && value >= 0 && value <= 100) return;
  return `got ${typeof value === "number" ? "another number" : kindOf(value)}; allowed: a number from 0 to 100`;
}

functions.http(
  "summarizeAccount",
  takesJson({ account, score }, (known) => {
    const state = known.score >= 70 ? "ready for an offer" : known.score >= 30 ? "worth a call" : "quiet";
    return { summary: `${known.account.trim()} is ${state}` };
  }),
);
