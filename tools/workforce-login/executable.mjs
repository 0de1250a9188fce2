// Run by Google's libraries, as credentials of `npm run workforce-login --token-command` name it: runs the command that
// prints an ID token, and prints that in the form that the libraries read. The libraries take standard error for a part
// of the answer: everything that the command says there goes into the message.
// Source: https://google.aip.dev/auth/4117#determining-the-subject-token-in-executable-sourced-credentials
import { spawnSync } from "node:child_process";

const TYPE = "urn:ietf:params:oauth:token-type:id_token";

const [command = ""] = process.argv.slice(2);
const { status, stdout, stderr, error } = spawnSync(command, {
  shell: true,
  encoding: "utf8",
  stdio: ["ignore", "pipe", "pipe"],
});
const token = (stdout ?? "").trim();
if (error || status !== 0) {
  const why = error?.message ?? (stderr.trim().slice(-400) || `it ended with ${status}`);
  refuse("COMMAND_FAILED", `the token command failed: ${why}`);
} else {
  const expires = endOf(token);
  if (expires === undefined)
    refuse("NO_TOKEN", "the token command printed something else than a token that says when it ends");
  else print({ success: true, token_type: TYPE, id_token: token, expiration_time: expires });
}

/** Seconds since 1970; undefined for what is no token. */
function endOf(text) {
  try {
    const { exp } = JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString("utf8"));
    return text.split(".").length === 3 && Number.isInteger(exp) ? exp : undefined;
  } catch {
    return undefined;
  }
}

function refuse(code, message) {
  print({ success: false, code, message });
}

function print(answer) {
  process.stdout.write(`${JSON.stringify({ version: 1, ...answer })}\n`);
}
