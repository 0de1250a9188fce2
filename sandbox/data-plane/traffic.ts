/** Leads what comes through the proxy to the front end or to the Google APIs that are played; each request gets an answer. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { performServerHandshake } from "node:http2";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Visitor } from "./callers";
import { type Decision, decisionAside, type ReasonCode } from "./decisions";
import { type Answer, send } from "./front-end/answers";
import type { Entrance, FrontEnd } from "./front-end/front-end";
import { refuseUpgrade } from "./front-end/upgrade";
import { type GoogleApis, isGoogleApi, playsHost } from "./google-apis/apis";
import { refuseStream } from "./google-apis/not-played";

export interface TrafficOptions {
  readonly frontEnd: FrontEnd;
  readonly apis: GoogleApis;
  readonly clock: () => Date;
  onDecision(decision: Decision): void;
}

export class Traffic {
  constructor(private readonly options: TrafficOptions) {}

  plays(host: string): boolean {
    return host.endsWith(".run.app") || playsHost(host);
  }

  /** Whether requests for a host get an answer here; that of a Google API may be that it is not played. */
  answers(host: string): boolean {
    return this.plays(host) || isGoogleApi(host);
  }

  request(visitor: Visitor, host: string, request: IncomingMessage, response: ServerResponse): void {
    const { frontEnd, apis } = this.options;
    const answer = (refusal: Answer) => {
      if (response.headersSent) response.destroy();
      else send(response, refusal, request.method === "HEAD");
    };
    this.#lead(visitor, host, request, answer, async (entrance) => {
      if (!isGoogleApi(host)) return frontEnd.handle(entrance, request, response);
      const { code, reason, message } = await apis(host, request, response);
      this.#decide(visitor, host, request, code, reason, message);
    });
  }

  /** A connection in HTTP/2: hosts have it of which nothing is played, as gRPC knows nothing else. */
  streams(visitor: Visitor, host: string, connection: Duplex): void {
    // Node clears this for the sockets of a tls.Server alone, and HTTP/2 waits until it is.
    Object.assign(connection, { secureConnecting: false });
    const session = performServerHandshake(connection);
    session.on("error", () => connection.destroy());
    session.on("stream", (stream, headers) => {
      const { code, reason, message } = refuseStream(host, stream, headers);
      const request = { method: String(headers[":method"]), url: String(headers[":path"]) };
      this.#decide(visitor, host, request, code, reason, message);
    });
  }

  upgrade(visitor: Visitor, host: string, request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { frontEnd } = this.options;
    const answer = (refusal: Answer) => refuseUpgrade(socket, refusal);
    this.#lead(visitor, host, request, answer, (entrance) => frontEnd.handleUpgrade(entrance, request, socket, head));
  }

  #lead(
    visitor: Visitor,
    host: string,
    request: IncomingMessage,
    answer: (refusal: Answer) => void,
    work: (entrance: Entrance) => Promise<void>,
  ): void {
    const refuse = (code: number, reason: ReasonCode, message: string) => {
      this.#decide(visitor, host, request, code, reason, message);
      answer({ code, type: "text/plain", body: `${message}\n` });
    };
    const lead = async () => {
      const position = visitor.route(host);
      // The route was there when the connection was made, and is gone now.
      if ("unreachable" in position) refuse(502, "no-route", position.unreachable);
      else await work({ visitor, position });
    };
    lead().catch((error: Error) => refuse(500, "sandbox-failed", `the sandbox failed: ${error.message}`));
  }

  #decide(
    visitor: Visitor,
    host: string,
    request: Pick<IncomingMessage, "method" | "url">,
    code: number,
    reason: ReasonCode,
    message: string,
  ) {
    const { method, url: target } = request;
    const now = this.options.clock();
    this.options.onDecision(
      decisionAside({ now, caller: visitor.name(), callee: host, method, target, code, reason, message }),
    );
  }
}
