import type { ServiceError } from "../runtime/index";
import type { Refusal, Step } from "./page";

const SIGN_IN: Step = {
  text: "Sign in on this machine, as the person that the stack config names under developers:",
  command: "gcloud auth application-default login",
};

const NAME_THE_ACCOUNT: Step = {
  text: "Start this app with GOOGLE_IMPERSONATE_SERVICE_ACCOUNT set to the account that the stack made for it:",
  command: "pulumi stack output serviceAccounts --json",
};

/**
 * Why a call was not made or not answered, for the person at the screen.
 *
 * @param account `GOOGLE_IMPERSONATE_SERVICE_ACCOUNT`: in whose name the app calls
 */
export function explain(error: ServiceError, account: string | undefined): Refusal {
  const { code, message } = error;
  switch (code) {
    case "credentials-unavailable":
      return {
        title: "This machine has no credentials that mint ID tokens",
        reason: message,
        steps: account === undefined ? [SIGN_IN, NAME_THE_ACCOUNT] : [SIGN_IN],
      };
    case "token-unavailable":
    case "token-invalid":
      return withoutToken(error, account ?? "the account");
    case "callee-refused":
      return refusedByCallee(error, account ?? "the account");
    default:
      return { title: "No answer", reason: message, steps: [{ text: "Try again in a moment." }] };
  }
}

/** Source of Google's answers: https://cloud.google.com/iam/docs/troubleshoot-permissions, RFC 6749 section 5.2. */
function withoutToken({ message, cause }: ServiceError, account: string): Refusal {
  const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
  const status = (cause as { status?: unknown } | undefined)?.status;
  if (status === 403) {
    return {
      title: `You may not mint ID tokens of ${account}`,
      reason,
      steps: [
        { text: "Your last day may be over: ask for a later `until` under developers in the stack config." },
        { ...SIGN_IN, text: "You may be signed in as somebody else; sign in as the person that is named there:" },
      ],
    };
  }
  if (status === 400 || status === 401) {
    return { title: "Your sign-in does not hold any more", reason, steps: [SIGN_IN] };
  }
  return {
    title: "No ID token could be had",
    reason,
    steps: [{ text: "See whether this machine reaches iamcredentials.googleapis.com, and try again." }],
  };
}

function refusedByCallee({ message, details }: ServiceError, account: string): Refusal {
  const [{ path: callee, status } = { path: "the function", status: undefined }] = details;
  if (status === 403) {
    return {
      title: `${account} may not call ${callee}`,
      reason: message,
      steps: [
        { text: `Name ${callee} in this developer's \`calls\` in the stack config, which grants roles/run.invoker.` },
        { text: "A new grant takes some minutes until it counts." },
      ],
    };
  }
  return {
    title: `${callee} does not accept the ID token`,
    reason: message,
    steps: [
      {
        text: "Compare its URL in this app's environment, which is the token's audience, with the deployed one:",
        command: "pulumi stack output urls --json",
      },
    ],
  };
}
