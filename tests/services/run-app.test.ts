import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { needs } from "../support/needs";
import { gatewayInPython, type Implementation, startProgram, userInGo } from "./implementations";
import { claimsOf, type Fake, http, json, metadataFake, type Seen } from "./support";

const ORDER = "https://order-1.europe-west9.run.app";
const services = join(__dirname, "../../services");

const userInNode: Implementation = {
  language: "TypeScript",
  start: (env) => startProgram(process.execPath, ["dist/main.js"], join(services, "user"), env),
};

describe("a service whose calls leave through a proxy, to a host that only a private authority vouches for", () => {
  let folder: string;
  let order: Server;
  let proxy: Server;
  let metadata: Fake;
  const seen: Seen[] = [];
  const tunnels: [string, string][] = [];

  before(async function () {
    this.timeout(60_000);
    needs(this, "OpenSSL 3", hasOpenssl3());
    execFileSync(process.execPath, [join(services, "runtime/tools/build-if-stale.mjs"), join(services, "user")]);
    folder = mkdtempSync(join(tmpdir(), "run-app-"));
    certificates(folder);
    const pem = (name: string) => readFileSync(join(folder, name));
    order = createTlsServer({ key: pem("host.key"), cert: pem("host.pem") }, (incoming, response) => {
      const { method = "", url = "", headers } = incoming;
      seen.push({ method, url, headers, body: "" });
      json(response, 200, { service: "order-service (TypeScript)", count: 0, orders: [] });
    });
    await listen(order);
    proxy = createHttpServer().on("connect", (request, socket) => {
      tunnels.push([request.url!, String(request.headers["proxy-authorization"])]);
      const onward = connect((order.address() as AddressInfo).port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        onward.pipe(socket).pipe(onward);
      });
      onward.on("error", () => socket.destroy());
      socket.on("error", () => onward.destroy());
    });
    await listen(proxy);
    metadata = await metadataFake();
  });
  after(async () => {
    for (const server of [order, proxy]) {
      server?.closeAllConnections();
      server?.close();
    }
    await metadata?.stop();
    if (folder) rmSync(folder, { recursive: true });
  });

  for (const [implementation, path, asked] of [
    [userInNode, "/users/user-001/orders", "/orders/user/user-001"],
    [userInGo(), "/users/user-001/orders", "/orders/user/user-001"],
    [gatewayInPython(), "/api/orders", "/orders"],
  ] as const) {
    it(`calls it in ${implementation.language} by nothing but the environment`, async function () {
      this.timeout(120_000);
      needs(this, implementation.missing ?? "", implementation.missing === undefined);
      const env = {
        GCE_METADATA_HOST: metadata.host,
        GCE_METADATA_IP: metadata.host,
        HTTPS_PROXY: `http://caller:pass@127.0.0.1:${(proxy.address() as AddressInfo).port}`,
        USER_URL: ORDER,
        ORDER_URL: ORDER,
      };
      const ca = join(folder, "ca.pem");
      const trusted = { NODE_EXTRA_CA_CERTS: ca, SSL_CERT_FILE: ca, REQUESTS_CA_BUNDLE: ca };
      seen.length = 0;
      tunnels.length = 0;
      const service = await implementation.start({ ...env, ...trusted });
      const got = await http(service.url + path);
      await service.stop();
      assert.equal(got.status, 200, got.text + service.log.join(""));
      assert.deepEqual(
        seen.map(({ url }) => url),
        [asked],
      );
      assert.equal(claimsOf(seen[0]!)["aud"], ORDER);
      const credentials = `Basic ${Buffer.from("caller:pass").toString("base64")}`;
      assert.deepEqual(tunnels, [["order-1.europe-west9.run.app:443", credentials]]);

      seen.length = 0;
      const distrustful = await implementation.start(env);
      const refused = await http(distrustful.url + path);
      await distrustful.stop();
      assert.deepEqual([refused.status, refused.json.error.code], [502, "callee-unreachable"]);
      assert.deepEqual(seen, [], "no request, and so no token, reaches a host that nobody vouches for");
    });
  }
});

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
}

function hasOpenssl3(): boolean {
  try {
    return /^OpenSSL [3-9]/.test(execFileSync("openssl", ["version"], { encoding: "utf8" }));
  } catch {
    return false;
  }
}

function certificates(folder: string): void {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=private authority");
  const host = ["-subj", "/CN=run.app", "-addext", "subjectAltName=DNS:*.europe-west9.run.app"];
  const issuer = ["-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "basicConstraints=critical,CA:FALSE"];
  openssl("req", "-x509", ...key, "-keyout", "host.key", "-out", "host.pem", ...host, ...issuer);
}
