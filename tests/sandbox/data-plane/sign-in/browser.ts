/** A browser without a window: it keeps cookies, follows redirects and presses buttons. */
import type { ProxyAccess } from "../../../../sandbox/data-plane";
import { type Answer, ask } from "../mesh";

export interface Page extends Answer {
  readonly url: string;
}

interface Cookie {
  readonly host: string;
  readonly path: string;
  readonly name: string;
  readonly value: string;
}

export class Browser {
  cookies: Cookie[] = [];

  /** @param access a way into the mesh @param stopsAt beginning of the address at which it stops, unasked */
  constructor(
    private readonly access: ProxyAccess,
    private readonly stopsAt: string,
  ) {}

  /** Opens an address and follows where it leads. */
  async open(url: string): Promise<Page> {
    return this.#follow(url, await this.request(url));
  }

  /** Presses a button of a page. */
  async press(page: Page, field: Record<string, string>): Promise<Page> {
    return this.#follow(page.url, await this.request(page.url, new URLSearchParams(field).toString()));
  }

  async request(url: string, body?: string): Promise<Answer> {
    const { hostname, pathname } = new URL(url);
    const own = this.cookies.filter(({ host, path }) => host === hostname && pathname.startsWith(path));
    const cookie = own.map(({ name, value }) => `${name}=${value}`).join("; ");
    const form = { "Content-Type": "application/x-www-form-urlencoded" };
    const headers = { ...(cookie && { Cookie: cookie }), ...(body !== undefined && form) };
    const answer = await ask(this.access, url, { headers, ...(body !== undefined && { method: "POST", body }) });
    for (const line of answer.headers["set-cookie"] ?? []) this.#keep(hostname, line);
    return answer;
  }

  async #follow(from: string, first: Answer): Promise<Page> {
    let [url, answer] = [from, first];
    for (let steps = 0; answer.headers.location !== undefined && steps < 10; steps++) {
      url = new URL(answer.headers.location, url).href;
      if (url.startsWith(this.stopsAt)) return { ...answer, url };
      answer = await this.request(url);
    }
    return { ...answer, url };
  }

  #keep(hostname: string, line: string): void {
    const [pair = "", ...attributes] = line.split(/; */);
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    const attribute = (wanted: string) => {
      const found = attributes.find((one) => one.toLowerCase().startsWith(`${wanted}=`));
      return found?.slice(wanted.length + 1);
    };
    const path = attribute("path") ?? "/";
    this.cookies = this.cookies.filter((one) => one.host !== hostname || one.name !== name || one.path !== path);
    const ends = attribute("max-age") === "0" || Number(new Date(attribute("expires") ?? "2999-01-01")) < Date.now();
    if (!ends) this.cookies.push({ host: hostname, path, name, value });
  }
}
