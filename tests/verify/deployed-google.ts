/** A Google for tests: IAM policies, Cloud Run's jobs, Cloud Logging, the metadata server, and services behind a front end. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { forbidden, notFound, send, unauthorized } from "../../sandbox/data-plane/front-end/answers";
import { PlayedPolicies } from "./deployed-policies";

const KEY = "known to this Google alone";
const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");

/** An ID token that the front end below takes. */
export function realToken(email: string, aud: string): string {
  const body = `${encoded({ alg: "RS256", typ: "JWT" })}.${encoded({ iss: "https://accounts.google.com", aud, email })}`;
  return `${body}.${createHmac("sha256", KEY).update(body).digest("base64url")}`;
}

export const ACCESS_TOKEN = "ya29.a-secret-access-token";

/** How a service answers, as a test sets it. */
export interface ServiceFace {
  ingress?: "internal";
  invokers?: string[];
  /** In place of the front end and the container. */
  answers?: (request: IncomingMessage, response: ServerResponse) => void;
}

export interface StoredJob {
  readonly name: string;
  readonly createTime: string;
  readonly labels?: Record<string, string>;
  readonly template?: {
    readonly template: {
      readonly serviceAccount: string;
      readonly vpcAccess?: object;
      readonly timeout: string;
      readonly maxRetries: number;
      readonly containers: readonly { image: string; args: string[]; env: { name: string; value: string }[] }[];
    };
  };
}

export class TestGoogle {
  readonly services = new Map<string, ServiceFace>();
  /** By name of the service, what Cloud Run says of it. */
  readonly templates = new Map<string, object>();
  readonly policies = new PlayedPolicies();
  jobs: StoredJob[] = [];
  /** Everything that ever was made. */
  readonly made: StoredJob[] = [];
  readonly requests: string[] = [];
  /** The Authorization headers that services have seen. */
  readonly shown: string[] = [];
  readonly logFilters: string[] = [];
  readonly executions = new Map<string, { ended: Promise<number>; lines: object[]; asked: number }>();
  /** Answers a request to Google's APIs in its place. */
  instead: (method: string, path: string, google: TestGoogle) => { status: number; body: object } | undefined = () =>
    undefined;
  /** In place of the metadata server. */
  metadata: ((path: string, response: ServerResponse) => boolean) | undefined;
  logged: (lines: object[]) => object[] = (lines) => lines;
  #server!: Server;
  readonly #children = new Set<ChildProcess>();

  async start(): Promise<this> {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: Error) => response.writeHead(599).end(error.stack));
    });
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  async stop(): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get api(): string {
    return `http://${this.host}/api`;
  }

  url(service: string): string {
    return `http://${this.host}/services/${service}`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const service = /^\/services\/(\w+)$/.exec(path)?.[1];
    if (service) this.#serve(service, request, response);
    else if (path.startsWith("/identity-of/")) this.#tell(path, response);
    if (!path.startsWith("/api/")) return;
    const method = request.method ?? "";
    this.requests.push(`${method} ${path.slice("/api".length)}`);
    const text = Buffer.concat(chunks).toString();
    const { status, body } =
      this.instead(method, path, this) ??
      this.policies.answer(method, path, text) ??
      (await this.#manage(method, path, JSON.parse(text || "{}")));
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }

  #serve(name: string, request: IncomingMessage, response: ServerResponse): void {
    const face = this.services.get(name) ?? {};
    const { authorization } = request.headers;
    if (authorization) this.shown.push(authorization);
    const refusal = face.answers ? undefined : this.#refusal(name, face, authorization);
    if (face.answers) face.answers(request, response);
    else if (refusal) send(response, refusal);
    else response.writeHead(200, { "content-type": "application/json" }).end('{"secret":"of the container"}');
  }

  #refusal(name: string, { ingress, invokers = [] }: ServiceFace, authorization: string | undefined) {
    if (ingress) return notFound();
    if (!authorization) return forbidden("/");
    const [header = "", claims = "", signature] = authorization.replace("Bearer ", "").split(".");
    const signed = createHmac("sha256", KEY).update(`${header}.${claims}`).digest("base64url");
    if (signature !== signed) return unauthorized("/");
    const { aud, email } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { aud: string; email: string };
    if (aud !== this.url(name) && !aud.endsWith("apps.googleusercontent.com")) return unauthorized("/");
    return invokers.includes(email) ? undefined : forbidden("/");
  }

  /** The account stands in the host, as a metadata server serves one instance alone. */
  #tell(path: string, response: ServerResponse): void {
    const [, email = "", what = ""] = /^\/identity-of\/([^/]+)\/computeMetadata\/v1\/(.*)$/.exec(path) ?? [];
    if (this.metadata?.(what, response)) return;
    const asked = new URL(what, "http://metadata").searchParams;
    if (what.includes("/identity?")) response.end(realToken(email, asked.get("audience") ?? ""));
    else response.end(JSON.stringify({ access_token: `${ACCESS_TOKEN}-for-${asked.get("scopes")}` }));
  }

  async #manage(
    method: string,
    path: string,
    body: Record<string, unknown>,
  ): Promise<{ status: number; body: object }> {
    const found = (answer: object | undefined) => (answer ? { status: 200, body: answer } : { status: 404, body: {} });
    const [, kind = "", id = "", rest = ""] =
      /\/locations\/[^/]+\/(services|workerPools|jobs)(?:\/([^/:?]+))?(.*)$/.exec(path) ?? [];
    if (path.endsWith("/entries:list")) return found({ entries: this.#entries(String(body["filter"])) });
    if (kind === "services") {
      const settings = this.policies.settings.get(id);
      return found(this.templates.has(id) ? { ...settings, template: this.templates.get(id) } : undefined);
    }
    if (kind === "workerPools") return found(this.templates.has(id) ? { template: this.templates.get(id) } : undefined);
    if (kind === "jobs" && method === "GET" && rest === "" && this.templates.has(id)) {
      return found({ template: { template: this.templates.get(id) } });
    }
    const job = this.jobs.find(({ name }) => name.endsWith(`/jobs/${id}`));
    if (method === "POST" && rest.startsWith("?jobId=")) return found(this.#make(rest.slice(7), body));
    if (method === "GET" && id === "") {
      const from = Number(new URLSearchParams(rest.slice(1)).get("pageToken") ?? 0);
      const next = from + 1 < this.jobs.length ? { nextPageToken: String(from + 1) } : {};
      return found({ jobs: this.jobs.slice(from, from + 1), ...next });
    }
    if (!job) return found(undefined);
    if (method === "DELETE") {
      this.jobs = this.jobs.filter((one) => one !== job);
      return found({ name: "operations/delete" });
    }
    if (rest === ":run") return found({ metadata: { name: `${job.name}/executions/${this.#run(job)}` } });
    const execution = this.executions.get(/\/executions\/(.+)$/.exec(rest)?.[1] ?? "");
    if (!execution) return found({ ...job, terminalCondition: { state: "CONDITION_SUCCEEDED" } });
    execution.asked += 1;
    if (execution.asked === 1) return found({});
    const isGood = (await execution.ended) === 0;
    return found({
      completionTime: new Date().toISOString(),
      ...(isGood && { succeededCount: 1 }),
      conditions: [{ type: "Completed", message: "The container exited with an error." }],
    });
  }

  #make(id: string, body: object): StoredJob {
    const job = { ...body, name: `projects/p/locations/r/jobs/${id}`, createTime: new Date().toISOString() };
    this.jobs.push(job);
    this.made.push(job);
    return job;
  }

  /** Runs what the job's container would. */
  #run({ name, template }: StoredJob): string {
    const { serviceAccount, containers } = template!.template;
    const id = `${name.split("/").at(-1)}-x1y2z`;
    const env = {
      GCE_METADATA_HOST: `${this.host}/identity-of/${serviceAccount}`,
      ...Object.fromEntries(containers[0]!.env.map(({ name: key, value }) => [key, value])),
    };
    const child = spawn(process.execPath, containers[0]!.args, { env, stdio: ["ignore", "pipe", "ignore"] });
    this.#children.add(child);
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    const lines: object[] = [];
    const ended = new Promise<number>((resolve) =>
      child.once("close", (code) => {
        this.#children.delete(child);
        for (const line of output.split("\n").filter(Boolean)) lines.push(JSON.parse(line) as object);
        resolve(code ?? 1);
      }),
    );
    this.executions.set(id, { ended, lines, asked: 0 });
    return id;
  }

  #entries(filter: string): object[] {
    this.logFilters.push(filter);
    const execution = /execution_name"="([^"]+)"/.exec(filter)?.[1] ?? "";
    const marker = /jsonPayload\.meshProbe="([^"]+)"/.exec(filter)?.[1];
    const lines = this.logged(this.executions.get(execution)?.lines ?? []);
    return lines
      .filter((line) => (line as { meshProbe?: string }).meshProbe === marker)
      .map((jsonPayload) => ({ jsonPayload }));
  }
}
