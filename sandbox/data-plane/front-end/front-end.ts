/** Plays what stands in front of every `*.run.app` host: decides, answers or forwards, and tells what it did. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Visitor } from "../callers";
import type { Decision, ReasonCode } from "../decisions";
import type { IapPassed } from "../iap/identity-aware-proxy";
import type { Position } from "../network";
import type { RunService } from "../run-services";
import { traceTold } from "../trace";
import { type Admission, type Arrival, admit, type Judges } from "./admission";
import { send } from "./answers";
import { type Backend, forward, type Outcome } from "./forward";
import { headersForContainer } from "./headers";
import { answerAsStandIn } from "./stand-in";
import { forwardUpgrade, refuseUpgrade } from "./upgrade";

export interface FrontEndOptions extends Judges {
  /** The process of a service; a stand-in answers where there is none. */
  backendOf(service: RunService): Backend | undefined;
  onDecision(decision: Decision): void;
}

/** How a request got here. */
export interface Entrance {
  readonly visitor: Visitor;
  readonly position: Position;
  /** Set by a load balancer, which knows the service and not its host. */
  readonly service?: RunService;
  /** Where the request came through in a load balancer. */
  readonly balanced?: Pick<Decision, "route" | "backend">;
  /** What Identity-Aware Proxy on the load balancer let through. */
  readonly iap?: IapPassed;
}

/** Addresses from the ranges for documentation and for private networks: nobody's real one. */
const CLIENT_ADDRESS = {
  internet: "203.0.113.10",
  vpc: "10.128.0.10",
  google: "203.0.113.30",
  "load-balancer": "203.0.113.20",
} as const;

export class FrontEnd {
  constructor(private readonly options: FrontEndOptions) {}

  async handle(entrance: Entrance, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrival = arrivalOf(entrance, request);
    const admission = await admit(arrival, this.options);
    const report = this.#reporter(entrance, arrival, request, admission);
    if (!admission.admitted) {
      if (!request.complete) response.shouldKeepAlive = false;
      send(response, admission.answer);
      request.resume();
      return report({ code: admission.answer.code });
    }
    const { service, tokenHeader, iapHeaders } = admission;
    request.url = admission.target;
    const clientAddress = CLIENT_ADDRESS[arrival.position.from];
    const headers = headersForContainer(request, { host: arrival.host, clientAddress, tokenHeader, iapHeaders });
    const backend = this.options.backendOf(service);
    if (!backend) {
      answerAsStandIn(service, admission.principal, request, response);
      return report({ code: 200 });
    }
    await forward({ request, response, backend, headers, timeoutMs: service.timeoutMs, report });
  }

  async handleUpgrade(entrance: Entrance, request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    socket.on("error", () => {});
    const arrival = arrivalOf(entrance, request);
    const admission = await admit(arrival, this.options);
    const report = this.#reporter(entrance, arrival, request, admission);
    if (!admission.admitted) {
      report({ code: admission.answer.code });
      return refuseUpgrade(socket, admission.answer);
    }
    const { service, tokenHeader, iapHeaders } = admission;
    request.url = admission.target;
    const clientAddress = CLIENT_ADDRESS[arrival.position.from];
    const headers = headersForContainer(request, { host: arrival.host, clientAddress, tokenHeader, iapHeaders });
    const backend = this.options.backendOf(service);
    if (!backend) {
      report({ code: 501 });
      return refuseUpgrade(socket, { code: 501, type: "text/plain", body: "a stand-in takes no upgrades\n" });
    }
    await forwardUpgrade({ request, socket, head, backend, headers, timeoutMs: service.timeoutMs, report });
  }

  #reporter({ visitor, balanced }: Entrance, arrival: Arrival, request: IncomingMessage, admission: Admission) {
    const { clock, onDecision } = this.options;
    const { service, principal } = admission;
    const { traceId: trace } = traceTold(request.headers) ?? {};
    return ({ code, failure }: Outcome): void => {
      const refused = !admission.admitted;
      const own = !refused && code >= 400 ? "; the answer is the container's own" : "";
      const reason: ReasonCode = failure?.reason ?? admission.reason;
      const isAnswered = refused && reason !== "iap-own";
      onDecision({
        time: clock().toISOString(),
        caller: principal?.name ?? visitor.name(),
        from: arrival.position.from,
        callee: service?.name ?? arrival.host,
        method: request.method ?? "",
        path: arrival.target.split("?", 1)[0] ?? "/",
        verdict: failure ? "failed" : isAnswered ? "refused" : "allowed",
        code,
        reason,
        message: failure?.message ?? `${admission.message}${own}`,
        ...balanced,
        ...(trace !== undefined && { trace }),
      });
    };
  }
}

function arrivalOf({ visitor, position, service, iap }: Entrance, request: IncomingMessage): Arrival {
  const { headers } = request;
  const host = (headers.host ?? "").toLowerCase().replace(/:\d+$/, "");
  const { person } = visitor;
  return {
    host,
    method: request.method ?? "",
    target: request.url ?? "/",
    headers,
    position,
    ...(person && { person }),
    ...(service && { service }),
    ...(iap && { iap }),
  };
}
