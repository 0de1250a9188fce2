import * as assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { request } from "undici";
import { ControlPlane, type ServedApi, serveIamApi } from "../../../sandbox/control-plane";

describe("the control plane's IAM API over HTTP", () => {
  let api: ServedApi;
  before(async () => {
    api = await serveIamApi(new ControlPlane());
  });
  after(() => api.close());

  it("takes one access token alone", async () => {
    const answer = await request(`${api.endpoint}projects/p/locations/global/oauthClients/c`);
    assert.equal(answer.statusCode, 401);
    assert.deepEqual(await answer.body.json(), {
      error: { code: 401, message: "Request had invalid authentication credentials." },
    });
  });

  it("goes on where a client leaves in the middle of its request", async () => {
    const { port } = new URL(api.endpoint);
    const failures: unknown[] = [];
    const note = (error: unknown) => void failures.push(error);
    const own = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection").on("unhandledRejection", note);
    try {
      const socket = connect(Number(port), "127.0.0.1");
      await once(socket, "connect");
      await new Promise((resolve) => {
        socket.write("PATCH /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{", resolve);
      });
      socket.destroy();
      // The server sees the end before this request, which comes after it.
      for (let i = 0; i < 3; i += 1) await (await request(`${api.endpoint}x`)).body.dump();
      assert.deepEqual(failures, []);
    } finally {
      process.removeAllListeners("unhandledRejection");
      for (const listener of own) process.on("unhandledRejection", listener);
    }
  });
});
