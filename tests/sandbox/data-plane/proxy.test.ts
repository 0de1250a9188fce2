import * as assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { type TLSSocket, connect as tlsConnect } from "node:tls";
import type { ProxyAccess } from "../../../sandbox/data-plane";
import { type Answer, ask, deploy, email, type Mesh, openMesh, reach, url } from "./mesh";

describe("forward proxy", () => {
  const HOST = new URL(url("order")).host;
  let mesh: Mesh;
  let access: ProxyAccess;
  let outside: Server;
  let dialled = 0;

  before(async () => {
    outside = createServer((socket) => {
      dialled += 1;
      socket.on("error", () => {}).end("a site of the world");
    });
    await once(outside.listen(0, "127.0.0.1"), "listening");
    mesh = await openMesh((controlPlane) => deploy(controlPlane, "order", { self: { invokerIamDisabled: true } }), {
      standIns: true,
      allow: ["localhost", "*.allowed.example"],
    });
    access = await mesh.plane.proxyFor({ email: "dev@acme.example" });
  });
  after(async () => {
    await mesh.plane.close();
    outside.close();
  });

  /** The answer to CONNECT, whatever it is. */
  async function connectTo(target: string, credentials?: string): Promise<[IncomingMessage, Socket, string]> {
    const { hostname, port, username, password } = new URL(access.url);
    const own = Buffer.from(`${username}:${password}`).toString("base64");
    const value = credentials ?? `Basic ${own}`;
    const headers: Record<string, string> = value === "" ? {} : { "Proxy-Authorization": value };
    const request = httpRequest({ host: hostname, port, method: "CONNECT", path: target, headers, agent: false }).end();
    const [response, socket, head] = (await once(request, "connect")) as [IncomingMessage, Socket, Buffer];
    if (head.length > 0) socket.unshift(head);
    if (response.statusCode === 200) return [response, socket, ""];
    let body = "";
    for await (const chunk of socket) body += chunk;
    return [response, socket, body];
  }

  /** A request in plain text, as a client sends it to a proxy. */
  async function plain(target: string, headers: Record<string, string> = {}, credentials = true): Promise<Answer> {
    const { hostname, port, username, password } = new URL(access.url);
    const own = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    const sent = { ...(credentials && { "Proxy-Authorization": own }), ...headers };
    const request = httpRequest({ host: hostname, port, path: target, headers: sent, agent: false }).end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    let body = "";
    for await (const chunk of response.setEncoding("utf8")) body += chunk;
    const { statusCode: code = 0, rawHeaders, trailers } = response;
    return { code, headers: response.headers, rawHeaders, trailers, body, json: () => JSON.parse(body) };
  }

  it("listens on this machine only", () => {
    assert.equal(new URL(access.url).hostname, "127.0.0.1");
  });

  it("wants credentials", async () => {
    for (const wrong of ["", "Basic eDp5", "Bearer x"]) {
      const [{ statusCode, headers }, , body] = await connectTo(`${HOST}:443`, wrong);
      assert.deepEqual([statusCode, body], [407, "not a process of this sandbox\n"]);
      assert.equal(headers["proxy-authenticate"], 'Basic realm="sandbox"');
      assert.equal(mesh.said(), `407 ${HOST}: not a process of this sandbox`);
    }
    assert.equal((await plain(`http://${HOST}/`, {}, false)).code, 407);
  });

  it("knows by its credentials whose process calls", async () => {
    const other = await mesh.plane.proxyFor({ service: "order" });
    assert.notEqual(other.url, access.url);
    await ask(access, url("order"));
    assert.equal(mesh.decisions.at(-1)!.caller, "dev@acme.example");
    await ask(other, url("order"));
    assert.equal(mesh.decisions.at(-1)!.caller, email("order"));
  });

  it("dials no host that is not played", async () => {
    const { port } = outside.address() as AddressInfo;
    for (const target of [`127.0.0.1:${port}`, "example.com:443", "storage.googleapis.com:80", `${HOST}:80`]) {
      const [{ statusCode }, , body] = await connectTo(target);
      const message = `the sandbox does not play ${target} and dials nobody`;
      assert.deepEqual([statusCode, body], [502, `${message}\n`]);
      assert.equal(mesh.decisions.at(-1)!.reason, "host-not-played");
    }
    assert.equal((await plain(`http://127.0.0.1:${port}/`)).code, 502);
    assert.equal(dialled, 0);
  });

  it("lets through what is allowed", async () => {
    const { port } = outside.address() as AddressInfo;
    const [{ statusCode }, socket] = await connectTo(`localhost:${port}`);
    assert.equal(statusCode, 200);
    let text = "";
    for await (const chunk of socket) text += chunk;
    assert.deepEqual([text, dialled], ["a site of the world", 1]);
    assert.equal(mesh.said(), "200 localhost: allowed to leave the sandbox");
  });

  it("tells where an allowed host cannot be reached", async () => {
    const closed = createServer();
    await once(closed.listen(0, "127.0.0.1"), "listening");
    const { port } = closed.address() as AddressInfo;
    await once(closed.close(), "close");
    const [{ statusCode }] = await connectTo(`localhost:${port}`);
    assert.equal(statusCode, 502);
    assert.ok(mesh.said().startsWith(`502 localhost: localhost:${port}: `), mesh.said());
  });

  it("sends plain HTTP for a service to HTTPS", async () => {
    const { code, headers } = await plain(`http://${HOST}/a?b=c`);
    assert.deepEqual([code, headers.location], [302, `https://${HOST}/a?b=c`]);
  });

  it("leads to the metadata server by its names", async () => {
    const own = await mesh.plane.proxyFor({ service: "order" });
    const { hostname, port, username, password } = new URL(own.url);
    const credentials = Buffer.from(`${username}:${password}`).toString("base64");
    for (const name of ["metadata.google.internal", "169.254.169.254"]) {
      const request = httpRequest({
        host: hostname,
        port,
        path: `http://${name}/computeMetadata/v1/instance/service-accounts/default/email`,
        headers: { "Proxy-Authorization": `Basic ${credentials}`, "Metadata-Flavor": "Google" },
        agent: false,
      }).end();
      const [response] = (await once(request, "response")) as [IncomingMessage];
      let body = "";
      for await (const chunk of response) body += chunk;
      assert.equal(body, email("order"));
    }
    assert.equal((await plain("http://metadata.google.internal/")).code, 502);
  });

  it("answers 400 to whoever takes it for a site", async () => {
    assert.equal((await plain("/")).code, 400);
  });

  describe("its certificates", () => {
    it("are valid for the host alone", async () => {
      const socket = await reach(access, HOST);
      const { subjectaltname, valid_to } = socket.getPeerCertificate();
      assert.equal(subjectaltname, `DNS:*.${HOST.split(".").slice(1).join(".")}`);
      assert.ok(new Date(valid_to).getTime() > Date.now());
      socket.destroy();
      const google = await reach(access, "www.googleapis.com");
      assert.equal(google.getPeerCertificate().subjectaltname, "DNS:www.googleapis.com");
      google.destroy();
      const other = await handshake({ ca: readFileSync(access.caFile), servername: "www.googleapis.com" });
      assert.equal((other as NodeJS.ErrnoException).code, "ERR_TLS_CERT_ALTNAME_INVALID");
    });

    it("are trusted by whoever trusts this run's authority, and by nobody else", async () => {
      const error = await handshake({ servername: HOST });
      assert.match(
        String((error as NodeJS.ErrnoException).code),
        /SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY/,
      );
      const another = await openMesh(() => {}, { standIns: true });
      try {
        const { caFile } = await another.plane.proxyFor({});
        const foreign = await handshake({ ca: readFileSync(caFile), servername: HOST });
        assert.notEqual(foreign, undefined);
      } finally {
        await another.plane.close();
      }
    });

    /** How a TLS connection to the service's host fails. */
    async function handshake(options: { ca?: Buffer; servername: string }): Promise<Error | undefined> {
      const [, socket] = await connectTo(`${HOST}:443`);
      const secured: TLSSocket = tlsConnect({ socket, ...options });
      const error = await new Promise<Error | undefined>((resolve) => {
        secured.once("error", resolve).once("secureConnect", () => resolve(undefined));
      });
      secured.destroy();
      return error;
    }
  });
});
