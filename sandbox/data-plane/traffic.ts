/** Leads what comes through the proxy to the front end or to the Google APIs that are played; each request gets an answer. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Visitor } from "./callers";
import { type Decision, decisionAside, type ReasonCode } from "./decisions";
import { type Answer, send } from "./front-end/answers";
import type { Entrance, FrontEnd } from "./front-end/front-end";
import { refuseUpgrade } from "./front-end/upgrade";
import { GOOGLE_HOSTS, type GoogleApis } from "./identity/google-apis";

export interface TrafficOptions {
  readonly frontEnd: FrontEnd;
  readonly apis: GoogleApis;
  readonly clock: () => Date;
  onDecision(decision: Decision): void;
}

export class Traffic {
  constructor(private readonly options: TrafficOptions) {}

  plays(host: string): boolean {
    return host.endsWith(".run.app") || GOOGLE_HOSTS.includes(host);
  }

  request(visitor: Visitor, host: string, request: IncomingMessage, response: ServerResponse): void {
    const { frontEnd, apis } = this.options;
    const answer = (refusal: Answer) => {
      if (response.headersSent) response.destroy();
      else send(response, refusal, request.method === "HEAD");
    };
    this.#lead(visitor, host, request, answer, async (entrance) => {
      if (!GOOGLE_HOSTS.includes(host)) return frontEnd.handle(entrance, request, response);
      const code = await apis(host, request, response);
      this.#decide(visitor, host, request, code, "played", "played here");
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

  #decide(visitor: Visitor, host: string, request: IncomingMessage, code: number, reason: ReasonCode, message: string) {
    const { method, url: target } = request;
    const now = this.options.clock();
    this.options.onDecision(
      decisionAside({ now, caller: visitor.name(), callee: host, method, target, code, reason, message }),
    );
  }
}
