/** Asks the gateway of a mesh that runs. */
import { readFileSync } from "node:fs";
import { fetch, ProxyAgent } from "undici";
import type { Running } from "../running";

export interface Got {
  readonly status: number;
  readonly contentType: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many forms
  readonly body: any;
}

const TIMEOUT_MS = 15_000;

/** Asks the gateway at its real URL, through the proxy, as the first person who may. */
export class Client {
  private constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly dispatcher: ProxyAgent,
  ) {}

  static async of({ mesh }: Running): Promise<Client> {
    const gateway = mesh.service("gateway");
    const person = mesh.identity(undefined, gateway);
    const { url, caFile } = await mesh.access(person);
    const dispatcher = new ProxyAgent({ uri: url, requestTls: { ca: readFileSync(caFile) } });
    return new Client(gateway.url, await mesh.token(person, gateway.url), dispatcher);
  }

  async ask(path: string, sent: { method?: string; type?: string; body?: string; json?: unknown } = {}): Promise<Got> {
    const { method = "GET", json } = sent;
    const body = json === undefined ? sent.body : JSON.stringify(json);
    const type = json === undefined ? sent.type : "application/json";
    const response = await fetch(this.url + path, {
      method,
      body,
      dispatcher: this.dispatcher,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { authorization: `Bearer ${this.token}`, ...(type && { "content-type": type }) },
    });
    const text = await response.text();
    const contentType = response.headers.get("content-type") ?? "";
    return { status: response.status, contentType, body: /json/.test(contentType) ? JSON.parse(text) : text };
  }

  close(): Promise<void> {
    return this.dispatcher.close();
  }
}
