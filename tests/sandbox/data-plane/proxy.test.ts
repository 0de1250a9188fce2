import * as assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import {
  Agent,
  type ClientRequest,
  createServer as createHttpServer,
  request as httpRequest,
  type IncomingMessage,
} from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { type TLSSocket, connect as tlsConnect } from "node:tls";
import type { ProxyAccess } from "../../../sandbox/data-plane";
import { AccessDesk } from "../../../sandbox/data-plane/access";
import type { Visitor } from "../../../sandbox/data-plane/callers";
import type { MetadataServer } from "../../../sandbox/data-plane/identity/metadata-server";
import { ForwardProxy, type ForwardProxyOptions } from "../../../sandbox/data-plane/proxy/forward-proxy";
import { until } from "../../support/until";
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
  async function connectTo(target: string, by = access): Promise<[IncomingMessage, Socket, string]> {
    const { hostname, port } = new URL(by.url);
    const request = httpRequest({ host: hostname, port, method: "CONNECT", path: target, agent: false }).end();
    const [response, socket, head] = (await once(request, "connect")) as [IncomingMessage, Socket, Buffer];
    if (head.length > 0) socket.unshift(head);
    if (response.statusCode === 200) return [response, socket, ""];
    let body = "";
    for await (const chunk of socket) body += chunk;
    return [response, socket, body];
  }

  /** A request in plain text, as a client sends it to a proxy. */
  async function plain(target: string, headers: Record<string, string> = {}, by = access): Promise<Answer> {
    const { hostname, port } = new URL(by.url);
    return answerTo(httpRequest({ host: hostname, port, path: target, headers, agent: false }));
  }

  /** A request in plain text, as a client sends it that wants a tunnel for it, too. */
  async function tunnelled(host: string, target: string, headers: Record<string, string> = {}, by = access) {
    const [{ statusCode }, socket] = await connectTo(`${host}:80`, by);
    assert.equal(statusCode, 200, host);
    const createConnection = () => socket;
    return answerTo(httpRequest({ createConnection, path: target, headers: { Host: host, ...headers } }));
  }

  async function answerTo(request: ClientRequest): Promise<Answer> {
    const [response] = (await once(request.end(), "response")) as [IncomingMessage];
    let body = "";
    for await (const chunk of response.setEncoding("utf8")) body += chunk;
    const { statusCode: code = 0, headers, rawHeaders, trailers } = response;
    return { code, headers, rawHeaders, trailers, body, json: () => JSON.parse(body) };
  }

  it("keeps no port open that was being opened while it closed", async () => {
    const proxy = new ForwardProxy({} as ForwardProxyOptions);
    const opening = proxy.open({} as Visitor);
    await proxy.close();
    const socket = connect(await opening, "127.0.0.1");
    const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
    assert.equal(error.code, "ECONNREFUSED");
  });

  it("is given to nobody who asked while the data plane closed, nor is a metadata server", async () => {
    let opened = (_: number) => {};
    const desk = new AccessDesk("", () => new Promise((resolve) => (opened = resolve)));
    const given = desk.give({
      name: () => "order",
      route: () => ({ from: "internet" }),
      metadata: {} as MetadataServer,
    });
    await desk.close();
    opened(1);
    await assert.rejects(given, { message: "the data plane is closed" });
  });

  it("listens on this machine only", () => {
    assert.equal(new URL(access.url).hostname, "127.0.0.1");
  });

  it("knows by its port whose process calls, and takes no credentials", async () => {
    const other = await mesh.plane.proxyFor({ service: "order" });
    assert.notEqual(new URL(other.url).port, new URL(access.url).port);
    for (const { url: proxy } of [other, access]) assert.match(proxy, /^http:\/\/127\.0\.0\.1:\d+$/);
    await ask(access, url("order"));
    assert.equal(mesh.decisions.at(-1)!.caller, "dev@acme.example");
    await ask(other, url("order"));
    assert.equal(mesh.decisions.at(-1)!.caller, email("order"));
    assert.equal((await mesh.plane.proxyFor({ service: "order" })).url, other.url);
  });

  it("dials no host that is not played", async () => {
    const { port } = outside.address() as AddressInfo;
    for (const target of [`127.0.0.1:${port}`, "example.com:443", "storage.googleapis.com:80", `${HOST}:8080`]) {
      const [{ statusCode }, , body] = await connectTo(target);
      const message = `the sandbox does not play ${target} and dials nobody`;
      assert.deepEqual([statusCode, body], [502, `${message}\n`]);
      assert.equal(mesh.decisions.at(-1)!.reason, "host-not-played");
    }
    for (const target of [`http://127.0.0.1:${port}/`, `http://${HOST}:8080/`, "https://example.com/"]) {
      assert.equal((await plain(target)).code, 502, target);
      const message = `the sandbox does not play ${new URL(target).host} and dials nobody`;
      const { reason, message: said } = mesh.decisions.at(-1)!;
      assert.deepEqual([reason, said], ["host-not-played", message]);
    }
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

  it("lets through plain HTTP to what is allowed, as the host would have got it", async () => {
    const site = createHttpServer((request, response) => {
      const { host, "proxy-authorization": credentials, "x-own": own } = request.headers;
      response.writeHead(203, { "X-Site": "yes" }).end([request.method, request.url, host, credentials, own].join(" "));
    });
    await once(site.listen(0, "127.0.0.1"), "listening");
    const { port } = site.address() as AddressInfo;
    const { code, headers, body } = await plain(`http://localhost:${port}/a?b=c`, {
      "X-Own": "1",
      "Proxy-Authorization": "Basic eDp5",
    });
    assert.deepEqual([code, headers["x-site"], body], [203, "yes", `GET /a?b=c localhost:${port}  1`]);
    assert.equal(mesh.said(), "200 localhost: allowed to leave the sandbox");
    site.closeAllConnections();
    await once(site.close(), "close");
  });

  it("tells where an allowed host cannot be reached", async () => {
    const closed = createServer();
    await once(closed.listen(0, "127.0.0.1"), "listening");
    const { port } = closed.address() as AddressInfo;
    await once(closed.close(), "close");
    const tries = [
      async () => (await connectTo(`localhost:${port}`))[0].statusCode,
      async () => (await plain(`http://localhost:${port}/`)).code,
    ];
    for (const code of tries) {
      assert.equal(await code(), 502);
      assert.ok(mesh.said().startsWith(`502 localhost: localhost:${port}: `), mesh.said());
      assert.equal(mesh.decisions.at(-1)!.reason, "no-route");
    }
  });

  it("lets out whatever is under a name that is allowed with its names, and nothing that only ends alike", async () => {
    for (const host of ["evilallowed.example", "allowed.example", "allowed.example.evil.example", "xlocalhost"]) {
      const [{ statusCode }] = await connectTo(`${host}:443`);
      assert.equal(statusCode, 502);
      assert.equal(mesh.decisions.at(-1)!.reason, "host-not-played", host);
    }
    // Nobody has this name, so that the connection comes to nothing; but it was let out.
    const nowhere = connectTo("a.b.allowed.example:443").catch(() => {});
    await until(() => mesh.decisions.some(({ callee }) => callee === "a.b.allowed.example"));
    assert.equal(mesh.decisions.find(({ callee }) => callee === "a.b.allowed.example")!.reason, "let-through");
    await nowhere;
  });

  it("sends plain HTTP for a service to HTTPS", async () => {
    for (const answer of [await plain(`http://${HOST}/a?b=c`), await tunnelled(HOST, "/a?b=c")]) {
      assert.deepEqual([answer.code, answer.headers.location], [302, `https://${HOST}/a?b=c`]);
    }
  });

  it("takes a target in full from clients that take the host for a proxy, too", async () => {
    const { code, headers } = await tunnelled(HOST, `http://${HOST}/a?b=c`);
    assert.deepEqual([code, headers.location], [302, `https://${HOST}/a?b=c`]);
    assert.equal((await ask(access, url("order"))).code, 200);
    const socket = await reach(access, HOST);
    socket.end(`GET ${url("order")}?b=c HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`);
    let text = "";
    for await (const chunk of socket) text += chunk;
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
    assert.equal(mesh.decisions.at(-1)!.path, "/");
  });

  it("ends TLS for whoever leaves that to the proxy", async () => {
    assert.equal((await plain(url("order"))).code, 200);
    assert.equal(mesh.decisions.at(-1)!.callee, "order");
    assert.equal((await plain("https://storage.googleapis.com/b")).code, 501);
  });

  it("leads to the metadata server by its names, with a tunnel or without", async () => {
    const own = await mesh.plane.proxyFor({ service: "order" });
    const target = "/computeMetadata/v1/instance/service-accounts/default/email";
    const headers = { "Metadata-Flavor": "Google" };
    for (const name of ["metadata.google.internal", "metadata.google.internal.", "metadata", "169.254.169.254"]) {
      for (const answer of [
        await plain(`http://${name}${target}`, headers, own),
        await tunnelled(name, target, headers, own),
      ]) {
        assert.deepEqual([answer.code, answer.body], [200, email("order")]);
      }
    }
    assert.equal((await plain("http://metadata.google.internal/")).code, 502);
    const [{ statusCode }] = await connectTo("metadata.google.internal:80");
    assert.equal(statusCode, 502);
  });

  it("keeps a tunnel to port 80 for more than one request", async () => {
    const [, socket] = await connectTo("metadata.google.internal:80", await mesh.plane.proxyFor({ service: "order" }));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    agent.createConnection = () => socket;
    for (const [target, told] of [
      ["email", email("order")],
      ["scopes", "https://www.googleapis.com/auth/cloud-platform\n"],
    ]) {
      const path = `/computeMetadata/v1/instance/service-accounts/default/${target}`;
      assert.equal((await answerTo(httpRequest({ agent, path, headers: { "Metadata-Flavor": "Google" } }))).body, told);
    }
    agent.destroy();
  });

  it("answers 400 to whoever takes it for a site", async () => {
    for (const target of ["/", "http://", "ftp://elsewhere.example/"]) {
      const { code, body } = await plain(target);
      assert.deepEqual([code, body], [400, "this is a proxy, not a site\n"], target);
      const { reason, message } = mesh.decisions.at(-1)!;
      assert.deepEqual([reason, message], ["host-not-played", "this is a proxy, not a site"]);
    }
  });

  it("answers 502 to whoever wants a tunnel to what is no host with a port", async () => {
    for (const target of ["order.example", `${HOST}:65536`]) {
      const [{ statusCode }, , body] = await connectTo(target);
      assert.deepEqual([statusCode, body], [502, `${target} is no host with a port\n`]);
      assert.equal(mesh.decisions.at(-1)!.reason, "no-route", target);
    }
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
