import * as assert from "node:assert/strict";
import { type Answer, ask, deploy, email, grant, type Mesh, openMesh, reach, url, VPC } from "./mesh";

describe("front end: headers", () => {
  const caller = email("caller");
  let mesh: Mesh;

  before(async () => {
    mesh = await openMesh((controlPlane) => {
      deploy(controlPlane, "caller", { template: VPC });
      deploy(controlPlane, "order");
      deploy(controlPlane, "public", { self: { invokerIamDisabled: true } });
      grant(controlPlane, "order", `serviceAccount:${caller}`);
    });
    await mesh.plane.ready();
  });
  after(() => mesh.plane.close());

  const send = async (service: string, headers: Record<string, string> = {}, path = ""): Promise<Answer> =>
    ask(await mesh.plane.proxyFor({}), url(service) + path, { headers });
  const received = async (service: string, headers: Record<string, string> = {}) =>
    (await send(service, headers)).json().headers as Record<string, string | undefined>;

  describe("for the container", () => {
    it("carry the checked token without its signature", async () => {
      const token = await mesh.plane.idToken(caller, url("order"));
      const bare = token.replace(/[^.]+$/, "SIGNATURE_REMOVED_BY_GOOGLE");
      const { authorization } = await received("order", { Authorization: `Bearer ${token}` });
      assert.equal(authorization, `Bearer ${bare}`);
    });

    it("carry Authorization untouched where X-Serverless-Authorization was checked", async () => {
      const token = await mesh.plane.idToken(caller, url("order"));
      const headers = { "X-Serverless-Authorization": `Bearer ${token}`, Authorization: "Bearer of.the.application" };
      const { authorization, "x-serverless-authorization": checked } = await received("order", headers);
      assert.equal(authorization, "Bearer of.the.application");
      assert.equal(checked, `Bearer ${token.replace(/[^.]+$/, "SIGNATURE_REMOVED_BY_GOOGLE")}`);
    });

    it("carry a token untouched where nobody checked it", async () => {
      const { authorization } = await received("public", { Authorization: "Bearer of.the.application" });
      assert.equal(authorization, "Bearer of.the.application");
    });

    it("name the host that was asked for, and what the client cannot know better", async () => {
      const forged = {
        Forwarded: "for=198.51.100.9;proto=http",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-For": "198.51.100.9",
      };
      const { host, forwarded, ...headers } = await received("public", forged);
      assert.equal(host, new URL(url("public")).host);
      assert.equal(forwarded, 'for="203.0.113.10";proto=https');
      assert.equal(headers["x-forwarded-proto"], "https");
      assert.equal(headers["x-forwarded-for"], "198.51.100.9,203.0.113.10");
      assert.equal((await received("public"))["x-forwarded-for"], "203.0.113.10");
    });

    it("name an address of the network where the call comes through one", async () => {
      const answer = await ask(await mesh.plane.proxyFor({ service: "caller" }), url("public"));
      assert.equal(answer.json().headers["x-forwarded-for"], "10.128.0.10");
    });

    it("leave out what is between two neighbours, and what Connection names", async () => {
      const headers = {
        Connection: "keep-alive, X-Mine",
        "X-Mine": "1",
        "Keep-Alive": "timeout=5",
        "Proxy-Authorization": "Basic c2VjcmV0",
        "Proxy-Connection": "keep-alive",
        TE: "gzip",
        Expect: "100-continue",
      };
      const found = Object.keys(await received("public", headers));
      const gone = ["x-mine", "keep-alive", "proxy-authorization", "proxy-connection", "te", "expect"];
      assert.deepEqual(
        gone.filter((name) => found.includes(name)),
        [],
      );
    });

    it("keep their order, their case and what is there twice", async () => {
      const socket = await reach(await mesh.plane.proxyFor({}), new URL(url("public")).host);
      socket.write(
        `GET / HTTP/1.1\r\nX-B: 1\r\nHost: ${new URL(url("public")).host}\r\nx-a: 2\r\nX-B: 3\r\nConnection: close\r\n\r\n`,
      );
      let text = "";
      for await (const chunk of socket) text += chunk;
      const { rawHeaders } = JSON.parse(/\{.*\}/.exec(text)![0]);
      assert.deepEqual(rawHeaders.slice(2, 8), ["X-B", "1", "x-a", "2", "X-B", "3"]);
    });

    it("go on with the client's trace in a span of their own, whichever header tells it", async () => {
      const id = "0af7651916cd43dd8448eb211c80319c";
      const both = async (headers: Record<string, string>) => {
        const { traceparent = "", "x-cloud-trace-context": google = "" } = await received("public", headers);
        const [, trace, span = "", flags] = traceparent.split("-");
        assert.equal(google, `${trace}/${BigInt(`0x${span}`)};o=${Number(flags)}`);
        return { trace, span, flags };
      };
      const w3c = await both({ traceparent: `00-${id}-b7ad6b7169203331-01` });
      assert.equal(w3c.trace, id);
      assert.notEqual(w3c.span, "b7ad6b7169203331");
      assert.equal(w3c.flags, "01");
      const google = await both({ "X-Cloud-Trace-Context": `${id}/12;o=1` });
      assert.deepEqual([google.trace, google.flags], [id, "01"]);
      for (const none of ["", "nonsense", `00-${"0".repeat(32)}-b7ad6b7169203331-01`]) {
        const fresh = await both({ traceparent: none });
        assert.match(fresh.trace!, /^(?!0{32})[0-9a-f]{32}$/, none);
      }
    });
  });

  describe("for the client", () => {
    it("keep cookies out of caches", async () => {
      const { headers, rawHeaders } = await send("public", {}, "/cookie");
      assert.deepEqual(headers["set-cookie"], ["a=1", "b=2"]);
      assert.equal(headers["cache-control"], "private");
      assert.equal(rawHeaders.filter((name) => name.toLowerCase() === "cache-control").length, 1);
    });

    it("leave out what Connection names, and say who answers", async () => {
      const { headers } = await send("public", {}, "/cookie");
      assert.equal(headers["x-hop"], undefined);
      assert.equal(headers.server, "Google Frontend");
    });
  });
});
