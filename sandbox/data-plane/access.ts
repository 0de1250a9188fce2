/** Hands out ways into the mesh: a proxy of one's own, trust in the private authority, a metadata server of one's own. */
import { mkdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { rootCertificates } from "node:tls";
import { replaceFile } from "../../tools/replace-file";
import { FileError } from "../files/file-error";
import type { Visitor } from "./callers";
import type { MetadataServer } from "./identity/metadata-server";
import type { ProxyAccess } from "./options";
import { localEnvironment, type TrustFiles } from "./processes/environment";
import { trustStore } from "./proxy/trust-store";

export class AccessDesk {
  readonly #servers: Server[] = [];
  readonly #ports = new Map<MetadataServer, Promise<number>>();
  #isClosed = false;

  constructor(
    private readonly folder: string,
    /** Opens a port of the forward proxy for somebody. */
    private readonly openProxy: (visitor: Visitor) => Promise<number>,
  ) {}

  /** Writes down whom to trust; with `everybody`, also the authorities that the world trusts. */
  trust(authority: string, everybody: boolean): void {
    const all = [authority, ...(everybody ? rootCertificates : [])];
    const { authorityFile, bundleFile, trustStoreFile, phpFolder } = this.#trust;
    FileError.guard(phpFolder, () => mkdirSync(phpFolder, { recursive: true }));
    for (const [file, content] of [
      [authorityFile, authority],
      [bundleFile, all.join("\n")],
      [trustStoreFile, trustStore(all)],
      [path.join(phpFolder, "trust.ini"), `openssl.cafile="${bundleFile}"\ncurl.cainfo="${bundleFile}"\n`],
    ] as const) {
      FileError.guard(file, () => replaceFile(file, content));
    }
  }

  async give(visitor: Visitor): Promise<ProxyAccess> {
    this.#assertOpen();
    const port = await this.openProxy(visitor);
    // Closed meanwhile: nobody would close another port.
    this.#assertOpen();
    const metadataHost = visitor.metadata && `127.0.0.1:${await this.#portOf(visitor.metadata)}`;
    const env = localEnvironment({ proxyPort: port, ...this.#trust, metadataHost });
    return { url: `http://127.0.0.1:${port}`, caFile: this.#trust.authorityFile, env };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#ports.values());
    for (const server of this.#servers) server.closeAllConnections();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Error("the data plane is closed");
  }

  /** A port of its own per identity: nothing in a request to a metadata server says whose it is. */
  #portOf(metadata: MetadataServer): Promise<number> {
    let port = this.#ports.get(metadata);
    if (!port) {
      port = this.#listen(metadata);
      this.#ports.set(metadata, port);
    }
    return port;
  }

  async #listen(metadata: MetadataServer): Promise<number> {
    const server = createServer((request, response) => {
      metadata.handle(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(0, "127.0.0.1", resolve);
    });
    this.#servers.push(server);
    return (server.address() as AddressInfo).port;
  }

  get #trust(): TrustFiles {
    const file = (name: string) => path.join(this.folder, name);
    return {
      authorityFile: file("ca.pem"),
      bundleFile: file("bundle.pem"),
      trustStoreFile: file("trust.p12"),
      phpFolder: file("php"),
    };
  }
}
