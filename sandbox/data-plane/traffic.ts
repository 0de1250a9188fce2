/**
 * Leads what comes through the proxy to the load balancer, the front end, the sign-in or the Google APIs that are played;
 * each request gets an answer.
 */
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
import type { IdentityAwareProxy } from "./iap/identity-aware-proxy";
import type { Balanced, LoadBalancer } from "./load-balancer/load-balancer";
import { isServiceHost } from "./run-services";
import type { SignIn } from "./sign-in/sign-in";
import { traceTold } from "./trace";

export interface TrafficOptions {
  readonly frontEnd: FrontEnd;
  readonly balancer: LoadBalancer;
  readonly iap: IdentityAwareProxy;
  readonly signIn: SignIn;
  readonly apis: GoogleApis;
  readonly clock: () => Date;
  onDecision(decision: Decision): void;
}

/** Reasons whose answers are no errors by their status, and refuse nonetheless. */
const REFUSED: ReadonlySet<ReasonCode> = new Set(["iap-sign-in", "iap-no-access"]);

export class Traffic {
  constructor(private readonly options: TrafficOptions) {}

  plays(host: string): boolean {
    const { balancer, signIn } = this.options;
    return isServiceHost(host) || playsHost(host) || balancer.answers(host) || signIn.plays(host);
  }

  /** Whether requests for a host get an answer here; that of a Google API may be that it is not played. */
  answers(host: string): boolean {
    return this.plays(host) || isGoogleApi(host);
  }

  request(visitor: Visitor, host: string, request: IncomingMessage, response: ServerResponse): void {
    const { frontEnd, balancer, iap, signIn, apis } = this.options;
    const answer = answering(request, response);
    this.#lead(visitor, host, request, answer, async (entrance) => {
      if (balancer.answers(host)) {
        const balanced = await balancer.judge(visitor, host, "443", request);
        const led = balanced && this.#balanced(visitor, host, request, balanced, answer);
        return led && frontEnd.handle(led, request, response);
      }
      const step = await iap.redeem(host, request.url ?? "/");
      if (step) {
        answer(step.answer);
        const reason = step.holds ? "iap-own" : "iap-callback";
        return this.#decide(visitor, host, request, step.answer.code, reason, step.message);
      }
      const plays = signIn.plays(host);
      if (!plays && !isGoogleApi(host)) return frontEnd.handle(entrance, request, response);
      const { code, reason, message } = await (plays
        ? signIn.handle(host, request, response)
        : apis(host, request, response));
      this.#decide(visitor, host, request, code, reason, message);
    });
  }

  /** Plain HTTP: what listens on a load balancer's port 80, or the front end's answer that it wants HTTPS. */
  plain(visitor: Visitor, host: string, request: IncomingMessage, response: ServerResponse): void {
    const { frontEnd, balancer } = this.options;
    const answer = answering(request, response);
    this.#lead(visitor, host, request, answer, async () => {
      if (!balancer.answers(host)) {
        // Seen: https://cloud.google.com/run/docs/triggering/https-request, "HTTP requests are redirected to HTTPS".
        const location = `https://${host}${request.url ?? "/"}`;
        answer({
          code: 302,
          type: "text/plain",
          body: "use https\n",
          headers: { Location: location, Connection: "close" },
        });
        return this.#decide(visitor, host, request, 302, "played", "use https");
      }
      const balanced = await balancer.judge(visitor, host, "80", request);
      if (!balanced) {
        const message = `no forwarding rule listens on port 80 for ${host}`;
        answer({ code: 502, type: "text/plain", body: `${message}\n` });
        return this.#decide(visitor, host, request, 502, "no-route", message);
      }
      const led = this.#balanced(visitor, host, request, balanced, answer);
      return led && frontEnd.handle(led, request, response);
    });
  }

  /** How a request goes on that the load balancer does not answer itself. */
  #balanced(
    visitor: Visitor,
    host: string,
    request: IncomingMessage,
    balanced: Balanced,
    send: (answer: Answer) => void,
  ): Entrance | undefined {
    if ("entrance" in balanced) return balanced.entrance;
    const { answer, principal, reason, message, route, backend } = balanced;
    send(answer);
    const { method, url: target } = request;
    const caller = principal?.name ?? visitor.name();
    const about = {
      now: this.options.clock(),
      caller,
      callee: host,
      method,
      target,
      code: answer.code,
      reason,
      message,
      trace: traceTold(request.headers)?.traceId,
    };
    const where = { from: "load-balancer", route, ...(backend !== undefined && { backend }) } as const;
    this.options.onDecision({
      ...decisionAside({ ...about, ...where }),
      ...(REFUSED.has(reason) && { verdict: "refused" }),
    });
    return undefined;
  }

  /** A connection in HTTP/2: hosts have it of which nothing is played, as gRPC knows nothing else. */
  streams(visitor: Visitor, host: string, connection: Duplex): void {
    // Node clears this for the sockets of a tls.Server alone, and HTTP/2 waits until it is.
    Object.assign(connection, { secureConnecting: false });
    const session = performServerHandshake(connection);
    session.on("error", () => connection.destroy());
    session.on("stream", (stream, headers) => {
      const { code, reason, message } = refuseStream(host, stream, headers);
      const request = { method: String(headers[":method"]), url: String(headers[":path"]), headers };
      this.#decide(visitor, host, request, code, reason, message);
    });
  }

  upgrade(visitor: Visitor, host: string, request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { frontEnd, balancer } = this.options;
    const answer = (refusal: Answer) => refuseUpgrade(socket, refusal);
    this.#lead(visitor, host, request, answer, async (entrance) => {
      if (!balancer.answers(host)) return frontEnd.handleUpgrade(entrance, request, socket, head);
      const balanced = await balancer.judge(visitor, host, "443", request);
      const led = balanced && this.#balanced(visitor, host, request, balanced, answer);
      return led && frontEnd.handleUpgrade(led, request, socket, head);
    });
  }

  #lead(
    visitor: Visitor,
    host: string,
    request: IncomingMessage,
    answer: (refusal: Answer) => void,
    work: (entrance: Entrance) => Promise<unknown>,
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
    request: Pick<IncomingMessage, "headers" | "method" | "url">,
    code: number,
    reason: ReasonCode,
    message: string,
  ) {
    const { method, url: target } = request;
    const now = this.options.clock();
    const trace = traceTold(request.headers)?.traceId;
    this.options.onDecision(
      decisionAside({ now, caller: visitor.name(), callee: host, method, target, code, reason, message, trace }),
    );
  }
}

/** Gives an answer to a request; where one has begun already, ends it. */
function answering(request: IncomingMessage, response: ServerResponse): (answer: Answer) => void {
  return (answer) => {
    if (response.headersSent) return void response.destroy();
    if (!request.complete) response.shouldKeepAlive = false;
    send(response, answer);
    request.resume();
  };
}
