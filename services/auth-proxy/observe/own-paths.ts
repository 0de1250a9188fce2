import type { IncomingMessage, ServerResponse } from "node:http";
import { ERRORS, ServiceError } from "../../runtime/index";
import type { Core } from "../core";
import type { Backend } from "../forward/backend";
import type { Metrics } from "./metrics";

/** The paths that the proxy answers itself, by their path. */
export type OwnPaths = ReadonlyMap<string, (incoming: IncomingMessage, response: ServerResponse) => void>;

export function createOwnPaths(
  name: string,
  core: Core,
  backends: readonly Backend[],
  metrics: Metrics | undefined,
): OwnPaths {
  const { healthPath, readyPath, metricsPath } = core.options;
  const paths = new Map<string, (incoming: IncomingMessage, response: ServerResponse) => void>();
  const json = (incoming: IncomingMessage, response: ServerResponse, status: number, value: unknown) =>
    send(incoming, response, status, "application/json; charset=utf-8", JSON.stringify(value), core.draining());

  if (metricsPath !== undefined && metrics) {
    paths.set(metricsPath, (incoming, response) =>
      send(incoming, response, 200, "text/plain; version=0.0.4", metrics.text(core.flights.size), core.draining()),
    );
  }
  if (readyPath !== undefined) {
    paths.set(readyPath, async (incoming, response) => {
      const missing = core.draining() ? [] : await withoutToken(core, backends);
      const ready = missing.length === 0 && !core.draining();
      const status = ready ? "ready" : core.draining() ? "draining" : "not ready";
      json(incoming, response, ready ? 200 : 503, { service: name, status, ...(missing.length > 0 && { missing }) });
    });
  }
  if (healthPath !== undefined) {
    paths.set(healthPath, (incoming, response) =>
      core.draining()
        ? json(incoming, response, 503, { service: name, status: "draining" })
        : json(incoming, response, 200, { service: name, status: "ok" }),
    );
  }
  return paths;
}

/** The backends for which no token can be had, and why, by code and meaning. */
async function withoutToken(core: Core, backends: readonly Backend[]) {
  const answers = await Promise.all(
    backends.map(({ callee, origin }) =>
      core.tokens.get(origin).then(
        () => [],
        (error: unknown) => {
          const code = error instanceof ServiceError ? error.code : "internal";
          return [{ backend: callee, code, message: ERRORS[code].meaning }];
        },
      ),
    ),
  );
  return answers.flat();
}

function send(
  incoming: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  closing: boolean,
): void {
  const headers = { "content-type": type, "content-length": Buffer.byteLength(body), "cache-control": "no-store" };
  response.writeHead(status, { ...headers, ...(closing && { connection: "close" }) });
  response.end(incoming.method === "HEAD" ? "" : body);
}
