/** Answers for a service whose code is not on this machine, and says so. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Principal } from "../identity/directory";
import type { RunService } from "../run-services";

export function answerAsStandIn(
  service: RunService,
  principal: Principal | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { method, url } = request;
  const body = { standIn: true, service: service.name, method, path: url, caller: principal?.name ?? null };
  const text = `${JSON.stringify(body)}\n`;
  request.resume();
  response.writeHead(200, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(text),
    "X-Sandbox-Stand-In": service.name,
    Server: "Google Frontend",
  });
  response.end(method === "HEAD" ? undefined : text);
}
