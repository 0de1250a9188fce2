import { type Clock, type ServiceDefinition, type ServiceRequest, sleep } from "../runtime/index";
import { answerTo, questionIn } from "./answer";

export const SERVICE = "chat-backend (TypeScript)";

/** Time between two words. */
const PAUSE_MS = 40;

/**
 * `POST /chat` with `{ "message": "…", "history"?: […] }`: the answer as server-sent events, one word each as
 * `data: {"text":"…"}`, then `event: done`. Who may call is Cloud Run's to check; it stops when the client goes.
 */
export function chatBackend(): ServiceDefinition<never> {
  return {
    name: SERVICE,
    calls: [],
    routes: ({ clock }) => [
      {
        method: "POST",
        path: "/chat",
        async handler(request) {
          const answer = answerTo(questionIn(await request.json()), userOf(request));
          return {
            headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" },
            body: events(answer.match(/\S+\s*/g) ?? [], clock, request.signal),
          };
        },
      },
    ],
  };
}

async function* events(words: readonly string[], clock: Clock, signal: AbortSignal): AsyncGenerator<string> {
  for (const text of words) {
    yield `data: ${JSON.stringify({ text })}\n\n`;
    await sleep(clock, PAUSE_MS, signal);
  }
  yield `event: done\ndata: ${JSON.stringify({ words: words.length })}\n\n`;
}

/** The auth proxy sets these from IAP's assertion and takes them from nobody; only the proxy may invoke this service. */
function userOf({ headers }: ServiceRequest): string | undefined {
  const value = headers["x-auth-proxy-email"] ?? headers["x-auth-proxy-user"];
  return typeof value === "string" ? value : undefined;
}
