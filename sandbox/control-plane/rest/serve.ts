import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ControlPlane } from "../control-plane";
import { GoogleError, LostAnswerError } from "../errors";
import { answerIam } from "./iam";

export interface ServedApi {
  /** Where the API is, with its version, as the gcp provider takes it: `http://127.0.0.1:PORT/v1/`. */
  readonly endpoint: string;
  /** The one access token that is taken. */
  readonly accessToken: string;
  close(): Promise<void>;
}

/** Serves the part of Google's IAM API that programs call themselves, over the control plane's state, to this machine. */
export async function serveIamApi(controlPlane: ControlPlane): Promise<ServedApi> {
  const accessToken = randomBytes(24).toString("base64url");
  const server = createServer((request, response) => {
    // A client that goes before its request is whole gets no answer.
    answer(request, response, controlPlane, accessToken).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`,
    accessToken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  controlPlane: ControlPlane,
  accessToken: string,
): Promise<void> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  const say = (status: number, json: unknown) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
  try {
    if (request.headers.authorization !== `Bearer ${accessToken}`) {
      throw new GoogleError(401, "Request had invalid authentication credentials.");
    }
    say(200, answerIam({ method: request.method ?? "GET", target: request.url ?? "/", body }, controlPlane));
  } catch (error) {
    // Took effect, and nobody hears of it.
    if (error instanceof LostAnswerError) return void request.socket.destroy();
    const { code, detail: message } =
      error instanceof GoogleError ? error : { code: 500, detail: "Internal error encountered." };
    say(code, { error: { code, message } });
  }
}
