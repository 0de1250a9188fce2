import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import * as path from "node:path";
import { type TLSSocket, connect as tlsConnect } from "node:tls";
import type { ControlPlane, ControlPlaneOptions, Properties } from "../../../sandbox/control-plane";
import {
  type Caller,
  type DataPlane,
  type DataPlaneOptions,
  type Decision,
  openDataPlane,
  type ProxyAccess,
  type ServiceLog,
} from "../../../sandbox/data-plane";
import { withoutCredentials } from "../../support/pulumi-cli";

export { isAlive } from "../../support/is-alive";
export { until } from "../../support/until";

import {
  account,
  cloud,
  invoker,
  make,
  NUMBER,
  PROJECT,
  REGION,
  SERVICE,
  SERVICE_GRANT,
  service,
} from "../control-plane/cloud";

export const WORKLOAD = path.join(__dirname, "programs/workload.mjs");

export function url(name: string): string {
  return `https://${name}-${NUMBER}.${REGION}.run.app`;
}

export function email(name: string): string {
  return `${name}-sa@${PROJECT}.iam.gserviceaccount.com`;
}

export const VPC: Properties = {
  vpcAccess: { egress: "ALL_TRAFFIC", networkInterfaces: [{ network: "default", subnetwork: "default" }] },
};

/** A service with an account of its own. */
export function deploy(
  controlPlane: ControlPlane,
  name: string,
  parts: { container?: Properties; template?: Properties; self?: Properties } = {},
): void {
  const serviceAccount = account(controlPlane, `${name}-sa`);
  make(controlPlane, SERVICE, name, service(name, { ...parts, template: { serviceAccount, ...parts.template } }));
}

export function grant(controlPlane: ControlPlane, callee: string, member: string, more: Properties = {}): string {
  const inputs = invoker(member, { name: callee, ...more });
  // The provider would not find it again; somebody made it by hand.
  if (more["condition"] !== undefined) return controlPlane.seed(SERVICE_GRANT, inputs).id;
  return make(controlPlane, SERVICE_GRANT, `${member} on ${callee}`, inputs).id;
}

export interface Mesh {
  readonly controlPlane: ControlPlane;
  readonly plane: DataPlane;
  readonly decisions: Decision[];
  readonly logs: ServiceLog[];
  /** The last decision in the words of the log. */
  said(): string;
}

/** A control plane that `setUp` fills, and a data plane that runs the test's workload for its services. */
export async function openMesh(
  setUp: (controlPlane: ControlPlane) => void,
  options: Partial<DataPlaneOptions> & { cloud?: ControlPlaneOptions; standIns?: boolean } = {},
): Promise<Mesh> {
  const controlPlane = cloud({ missing: "assume", ...options.cloud });
  setUp(controlPlane);
  const names = controlPlane.list({ type: SERVICE }).map(({ state }) => String(state["name"]));
  const command = [process.execPath, WORKLOAD];
  const decisions: Decision[] = [];
  const logs: ServiceLog[] = [];
  const plane = await openDataPlane({
    controlPlane,
    workloads: options.standIns ? [] : names.map((name) => ({ service: name, folder: __dirname, command })),
    onDecision: (decision) => decisions.push(decision),
    onLog: (line) => logs.push(line),
    env: withoutCredentials(process.env),
    ...options,
  });
  const said = () => {
    const last = decisions.at(-1);
    return last ? `${last.code} ${last.callee}: ${last.message}` : "";
  };
  return { controlPlane, plane, decisions, logs, said };
}

export interface Answer {
  readonly code: number;
  readonly headers: IncomingMessage["headers"];
  readonly rawHeaders: string[];
  readonly trailers: IncomingMessage["trailers"];
  readonly body: string;
  // biome-ignore lint/suspicious/noExplicitAny: what the workload says of itself
  json(): any;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly token?: string;
  readonly body?: string | Buffer;
  /** Writes the body instead, and ends the request. */
  send?(request: ClientRequest): void;
}

/** A TLS connection to a host, through the proxy. */
export async function reach(access: ProxyAccess, host: string, ALPNProtocols?: string[]): Promise<TLSSocket> {
  const proxy = new URL(access.url);
  const request = httpRequest({
    host: proxy.hostname,
    port: proxy.port,
    method: "CONNECT",
    path: `${host}:443`,
    agent: false,
  }).end();
  const [response, socket] = (await once(request, "connect")) as [IncomingMessage, Socket];
  if (response.statusCode !== 200) {
    socket.destroy();
    throw new Error(`CONNECT ${response.statusCode}`);
  }
  const ca = readFileSync(access.caFile);
  const secured = tlsConnect({ socket, servername: host, ca, ...(ALPNProtocols && { ALPNProtocols }) });
  await once(secured, "secureConnect");
  return secured;
}

/** One request over a connection of its own. */
export async function ask(access: ProxyAccess, target: string, asked: Asked = {}): Promise<Answer> {
  const response = await open(access, target, asked);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString("utf8");
  const { statusCode: code = 0, headers, rawHeaders, trailers } = response;
  return { code, headers, rawHeaders, trailers, body, json: () => JSON.parse(body) };
}

/** The head of an answer; its body is to be read. */
export async function open(access: ProxyAccess, target: string, asked: Asked = {}): Promise<IncomingMessage> {
  const { hostname, pathname, search } = new URL(target);
  const socket = await reach(access, hostname);
  const headers = {
    Host: hostname,
    ...(asked.token !== undefined && { Authorization: `Bearer ${asked.token}` }),
    ...asked.headers,
  };
  const request = httpRequest({
    createConnection: () => socket,
    method: asked.method ?? "GET",
    path: pathname + search,
    headers,
  });
  if (asked.send) asked.send(request);
  else request.end(asked.body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response;
}

/** Asks as somebody, with a good token for the service. */
export async function askAs(
  mesh: Mesh,
  who: string,
  target: string,
  asked: Asked & { caller?: Caller } = {},
): Promise<Answer> {
  const access = await mesh.plane.proxyFor(asked.caller ?? { email: who });
  const token = await mesh.plane.idToken(who, new URL(target).origin);
  return ask(access, target, { token, ...asked });
}
