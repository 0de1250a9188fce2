import * as assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { type LoopbackEntrance, openLoopbackEntrance } from "../../sandbox/running";
import { Translation } from "../../sandbox/running/loopback/translation";
import { HOST } from "./data-plane/balanced";
import { clientIdOf, openGateway, STAFF_MEMBER } from "./data-plane/gateway";
import { deploy, type Mesh, openMesh } from "./data-plane/mesh";

describe("loopback entrance", () => {
  describe("names", () => {
    const hosts = [HOST, "auth.cloud.google", "iap.googleapis.com"];
    const names = new Translation(8080, (host) => hosts.includes(host));

    it("knows a host by its name below localhost, with the port", () => {
      assert.equal(names.hostOf("ailab.example.localhost:8080"), HOST);
      assert.equal(names.hostOf("AILAB.example.localhost:8080"), HOST);
      assert.equal(names.localOrigin(HOST), "http://ailab.example.localhost:8080");
    });

    it("takes no other name, which somebody may have led to this machine", () => {
      for (const other of [
        ...["ailab.example", "ailab.example:8080", "ailab.example.localhost", "ailab.example.localhost:8081"],
        ...[
          "evil.example:8080",
          "evil.example.localhost:8080",
          "localhost:8080",
          "x.localhost:80.localhost:8080",
          undefined,
        ],
      ]) {
        assert.equal(names.hostOf(other), undefined, other);
      }
    });

    it("asks for what a browser asks for under the real names", () => {
      const raw = [
        ...[
          "Host",
          "ailab.example.localhost:8080",
          "Connection",
          "keep-alive",
          "Origin",
          "http://auth.cloud.google.localhost:8080",
        ],
        ...["Referer", "http://ailab.example.localhost:8080/a?u=http://ailab.example.localhost:8080"],
        ...["Cookie", "_Host-GCP_IAP_AUTH_TOKEN_1=x; a=_Host-b; _Secure-c=d", "X-Own", "https://ailab.example"],
      ];
      assert.deepEqual(names.request(HOST, raw), [
        ...["Host", HOST, "Origin", "https://auth.cloud.google"],
        ...["Referer", "https://ailab.example/a?u=http://ailab.example.localhost:8080"],
        ...["Cookie", "__Host-GCP_IAP_AUTH_TOKEN_1=x; a=_Host-b; __Secure-c=d", "X-Own", "https://ailab.example"],
      ]);
    });

    it("keeps the origin of another page as it is", () => {
      assert.deepEqual(names.request(HOST, ["Origin", "http://evil.localhost:8080"]), [
        "Origin",
        "http://evil.localhost:8080",
      ]);
    });

    it("leads a browser to the names below localhost, and nowhere that is not played", () => {
      const location = (value: string) => names.response(["Location", value])[1];
      assert.equal(
        location("https://auth.cloud.google/authorize?redirect_uri=https%3A%2F%2Fiap.googleapis.com"),
        "http://auth.cloud.google.localhost:8080/authorize?redirect_uri=https%3A%2F%2Fiap.googleapis.com",
      );
      assert.equal(location("https://ailab.example"), "http://ailab.example.localhost:8080");
      for (const kept of [
        "https://ailab.example.evil.example/",
        "https://help.example/",
        "/login",
        "http://ailab.example/",
      ]) {
        assert.equal(location(kept), kept);
      }
    });

    it("gives a browser cookies that it keeps without TLS, HttpOnly as they were", () => {
      const cookie = (value: string) => names.response(["Set-Cookie", value])[1];
      assert.equal(cookie("__Host-T=x; path=/; Secure; HttpOnly"), "_Host-T=x; path=/; HttpOnly");
      assert.equal(cookie("s=y; Domain=.ailab.example; SameSite=None; Secure"), "s=y; Domain=ailab.example.localhost");
      assert.equal(cookie("t=z; SameSite=Lax; Max-Age=1"), "t=z; SameSite=Lax; Max-Age=1");
    });

    it("leaves out what an answer says about TLS", () => {
      const policy = "default-src 'self' https://ailab.example; upgrade-insecure-requests";
      assert.deepEqual(
        names.response(["Strict-Transport-Security", "max-age=1", "Content-Security-Policy", policy, "Alt-Svc", "h3"]),
        ["Content-Security-Policy", "default-src 'self' http://ailab.example.localhost:8080"],
      );
    });
  });

  describe("of a mesh with a load balancer", () => {
    let mesh: Mesh;
    let entrance: LoopbackEntrance;
    before(async () => {
      mesh = await openGateway(() => new Date());
      await mesh.plane.ready();
      entrance = (await openLoopbackEntrance(mesh.plane))!;
    });
    after(async () => {
      await entrance.close();
      await mesh.plane.close();
    });

    const ask = async (host: string, path: string, headers: Record<string, string> = {}) => {
      const { port } = new URL(entrance.url);
      const name = host.includes(":") ? host : `${host}.localhost:${port}`;
      const request = httpRequest({ host: "127.0.0.1", port, path, headers: { Host: name, ...headers }, agent: false });
      const [response] = (await once(request.end(), "response")) as [IncomingMessage];
      let body = "";
      for await (const chunk of response.setEncoding("utf8")) body += chunk;
      return { code: response.statusCode, headers: response.headers, body };
    };

    it("stands at the first host that has a certificate", () => {
      assert.match(entrance.url, /^http:\/\/ailab\.example\.localhost:\d+$/);
    });

    it("sends people to sign in on this machine", async () => {
      const { code, headers } = await ask(HOST, "/desk?a=1");
      const { port } = new URL(entrance.url);
      assert.equal(code, 302);
      assert.ok(
        headers.location?.startsWith(`http://auth.cloud.google.localhost:${port}/authorize?`),
        headers.location,
      );
      assert.match(headers["set-cookie"]![0]!, /^GCP_IAP_XSRF_NONCE_[\w-]{22}=1; expires=[^;]+; path=\/; HttpOnly$/);
      const page = await ask(
        "auth.cloud.google",
        new URL(headers.location!).pathname + new URL(headers.location!).search,
      );
      assert.ok(page.headers.location?.startsWith(`http://login.microsoftonline.com.localhost:${port}/`), page.body);
    });

    it("brings whoever opens the port alone to the host", async () => {
      const { port } = new URL(entrance.url);
      for (const bare of [`localhost:${port}`, `127.0.0.1:${port}`]) {
        const { code, headers } = await ask(bare, "/");
        assert.deepEqual([code, headers.location], [302, `${entrance.url}/`]);
      }
    });

    it("answers no name that somebody may have led here, nor one of Google's APIs", async () => {
      const { port } = new URL(entrance.url);
      for (const other of [
        `evil.example:${port}`,
        `${HOST}:${port}`,
        "iamcredentials.googleapis.com",
        "evil.example",
      ]) {
        assert.equal((await ask(other, "/")).code, 421, other);
      }
    });

    it("is nobody in particular: no way in of somebody's is behind it", async () => {
      assert.equal((await ask(HOST, "/", { Cookie: `GCP_IAP_UID=${STAFF_MEMBER.email}` })).code, 302);
      assert.equal(mesh.decisions.at(-1)!.caller, "nobody");
    });

    it("sends what follows the head of any method as its body, and never as another request", async () => {
      const { port } = new URL(entrance.url);
      const smuggled = `GET /smuggled HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;
      for (const method of ["GET", "DELETE", "OPTIONS"]) {
        const asked = `asked-by-${method}`;
        const headers = { Host: `${HOST}.localhost:${port}`, "Transfer-Encoding": "chunked" };
        const request = httpRequest({ host: "127.0.0.1", port, method, path: `/${asked}`, headers, agent: false });
        const [response] = (await once(request.end(smuggled), "response")) as [IncomingMessage];
        response.resume();
        await once(response, "end");
        // The connection behind the entrance is used again: what came before this on it has been judged.
        await ask(HOST, `/after-${method}`);
      }
      const paths = mesh.decisions.map((decision) => decision.path);
      assert.ok(paths.includes("/after-OPTIONS"));
      assert.deepEqual(
        paths.filter((path) => /smuggled/.test(path)),
        [],
      );
    });

    it("answers what it cannot read itself, and says so in the log", async () => {
      const { port, host } = new URL(entrance.url);
      const socket = connect(Number(port), "127.0.0.1");
      socket.write(`GET /a HTTP/1.1\r\nHost: ${host}\r\nno header\r\n\r\n`);
      assert.match(await text(socket), /^HTTP\/1\.1 400 Bad Request\r\n/);
      const { caller, from, callee, path, code, reason } = mesh.decisions.at(-1)!;
      assert.deepEqual(
        [caller, from, callee, path, code, reason],
        ["nobody", "internet", `localhost:${port}`, "/a", 400, "request-unreadable"],
      );
    });

    it("joins both sides of an upgrade that is let in, and says why another is not", async () => {
      const { port } = new URL(entrance.url);
      const upgrade = { Connection: "Upgrade", Upgrade: "websocket" };
      assert.equal((await ask(HOST, "/ws", upgrade)).code, 302);
      assert.equal((await ask(`evil.example:${port}`, "/ws", upgrade)).code, 421);
      const token = await mesh.plane.idToken("desk", clientIdOf(mesh));
      const headers = { ...upgrade, Host: `${HOST}.localhost:${port}`, Authorization: `Bearer ${token}` };
      const request = httpRequest({ host: "127.0.0.1", port, path: "/ws", headers, agent: false }).end();
      const [response, socket] = (await once(request, "upgrade")) as [IncomingMessage, Socket];
      assert.equal(response.statusCode, 101);
      socket.write("over there?");
      let received = "";
      for await (const chunk of socket.setEncoding("utf8")) {
        received += chunk;
        if (received.includes("over there?")) break;
      }
      assert.match(received, /over there\?/);
    });
  });

  it("is none where there is no load balancer", async () => {
    const mesh = await openMesh((controlPlane) => deploy(controlPlane, "web"), { standIns: true });
    try {
      assert.equal(await openLoopbackEntrance(mesh.plane), undefined);
    } finally {
      await mesh.plane.close();
    }
  });
});
