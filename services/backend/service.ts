import {
  type Clock,
  createIapVerifier,
  type Handler,
  requireIapIdentity,
  type ServiceDefinition,
  type ServiceRequest,
  sleep,
} from "../runtime/index";
import { answerTo, questionIn } from "./answer";

export const SERVICE = "chat-backend (TypeScript)";

/** Time between two words. */
const PAUSE_MS = 40;

/**
 * `POST /chat` with `{ "message": "…", "history"?: […] }`: the answer as server-sent events, one word each as
 * `data: {"text":"…"}`, then `event: done`. It stops when the client goes. Whoever opens `/chat` is sent back to the page:
 * a browser comes by for a session with Identity-Aware Proxy, which has one for each backend.
 *
 * Behind the auth proxy, who may call is Cloud Run's to check. Where Identity-Aware Proxy is in front of the service itself,
 * which `IAP_AUDIENCE` says, people alone are answered whom its assertion names.
 */
export function chatBackend(): ServiceDefinition<never> {
  return {
    name: SERVICE,
    calls: [],
    routes({ options: { iapAudiences: audiences }, ...tools }) {
      const { clock } = tools;
      const signedIn = requireIapIdentity(createIapVerifier({ ...tools, audiences, requireEmail: false }));
      const handler: Handler =
        audiences.length > 0
          ? signedIn((request) => answer(request, request.identity.email, clock))
          : (request) => answer(request, proxied(request), clock);
      return [
        { method: "POST", path: "/chat", handler },
        { method: "GET", path: "/chat", handler: () => ({ status: 303, headers: { location: "/" } }) },
      ];
    },
  };
}

async function answer(request: ServiceRequest, user: string | undefined, clock: Clock) {
  const said = answerTo(questionIn(await request.json()), user);
  return {
    headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" },
    body: events(said.match(/\S+\s*/g) ?? [], clock, request.signal),
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
function proxied({ headers }: ServiceRequest): string | undefined {
  const value = headers["x-auth-proxy-email"] ?? headers["x-auth-proxy-user"];
  return typeof value === "string" ? value : undefined;
}
