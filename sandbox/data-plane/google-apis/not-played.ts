/**
 * What a Google API that is not played answers: 501 and not 404, which a client would take for a resource that does not
 * exist, and not 503, which it would send again.
 */
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { type ApiAnswer, failure } from "./api";
import type { Outcome } from "./apis";

export function notPlayed(host: string, method: string, path: string): { answer: ApiAnswer; outcome: Outcome } {
  return {
    answer: failure(501, "UNIMPLEMENTED", `the sandbox does not play ${method} ${host}${path}`),
    outcome: { code: 501, reason: "api-not-played", message: `not played: ${method} ${path}` },
  };
}

/** gRPC's code for 501. Source: https://github.com/grpc/grpc/blob/master/doc/statuscodes.md */
const UNIMPLEMENTED = "12";

/** The same in HTTP/2, to a gRPC client in the form that it reads. */
export function refuseStream(host: string, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Outcome {
  const [method, target] = [String(headers[":method"]), String(headers[":path"])];
  const { answer, outcome } = notPlayed(host, method, target.split("?", 1)[0] ?? "");
  stream.on("error", () => {});
  const type = headers["content-type"] ?? "";
  if (type.startsWith("application/grpc")) {
    const message = encodeURIComponent(`the sandbox does not play ${host}${target}`);
    const trailers = { "grpc-status": UNIMPLEMENTED, "grpc-message": message };
    stream.respond({ ":status": 200, "content-type": type, ...trailers }, { endStream: true });
  } else {
    stream.respond({ ":status": outcome.code, "content-type": "application/json; charset=UTF-8" });
    stream.end(`${JSON.stringify(answer.json, undefined, 2)}\n`);
  }
  return outcome;
}
