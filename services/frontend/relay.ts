import { type Route, ServiceError } from "../runtime/index";

/**
 * Hands `/chat` on to a deployed auth proxy and streams the answer back, so that the page on a laptop stays on one origin
 * and the proxy has no origin to declare. No identity is added: behind `gcloud run services proxy` it is the developer's.
 */
export function relay(origin: string): Route {
  return {
    method: "POST",
    path: "/chat",
    async handler(request) {
      const answer = await fetch(new URL("/chat", origin), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(await request.json()),
        redirect: "manual",
        signal: request.signal,
      }).catch((cause: unknown) => {
        if (request.signal.aborted) throw request.signal.reason;
        throw new ServiceError("callee-unreachable", "CHAT_URL: the connection failed", { cause });
      });
      if (answer.status >= 300 && answer.status < 400) {
        await answer.body?.cancel();
        throw new ServiceError(
          "callee-refused",
          "CHAT_URL: it asks for a sign-in; open it with `gcloud run services proxy` and name that address here",
        );
      }
      return {
        status: answer.status,
        headers: { "content-type": answer.headers.get("content-type") ?? "text/plain", "cache-control": "no-store" },
        body: answer.body ? textOf(answer.body) : "",
      };
    },
  };
}

async function* textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const part of body) yield decoder.decode(part, { stream: true });
}
