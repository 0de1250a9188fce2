import * as assert from "node:assert/strict";
import dns from "node:dns";
import { once } from "node:events";
import { connect, type IncomingHttpHeaders } from "node:http2";
import type { ProxyAccess } from "../../../sandbox/data-plane";
import { PROJECT } from "../control-plane/cloud";
import { ask, email, type Mesh, openMesh, reach } from "./mesh";

const ACCOUNTS = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts";
const ROBOT = email("robot");

describe("Google's APIs that are not played", () => {
  let mesh: Mesh;
  let access: ProxyAccess;

  before(async () => {
    mesh = await openMesh(() => {}, { standIns: true, allow: ["pubsub.googleapis.com"] });
    access = await mesh.plane.proxyFor({});
  });
  after(() => mesh.plane.close());

  it("answer 501 in Google's form, and the log says that nothing was played", async () => {
    for (const [method, target] of [
      ["GET", "https://www.googleapis.com/storage/v1/b"],
      ["GET", "https://storage.googleapis.com/storage/v1/b"],
      ["POST", "https://europe-west1-run.googleapis.com/v2/x"],
      ["GET", `${ACCOUNTS}/${ROBOT}:signBlob`],
      ["POST", `${ACCOUNTS}/${ROBOT}:signBlobs`],
      ["POST", `https://iamcredentials.googleapis.com/v1/projects/${PROJECT}/serviceAccounts/${ROBOT}:signBlob`],
    ] as const) {
      const answer = await ask(access, `${target}?alt=json`, { method, ...(method === "POST" && { body: "{}" }) });
      const { host, pathname } = new URL(target);
      const message = `the sandbox does not play ${method} ${host}${pathname}`;
      assert.deepEqual([answer.code, answer.json()], [501, { error: { code: 501, message, status: "UNIMPLEMENTED" } }]);
      assert.equal(mesh.said(), `501 ${host}: not played: ${method} ${pathname}`);
      assert.equal(mesh.decisions.at(-1)!.reason, "api-not-played");
    }
  });

  it("answer gRPC in its own form, as clients of Secret Manager or Pub/Sub speak nothing else", async () => {
    const host = "secretmanager.googleapis.com";
    const call = "/google.cloud.secretmanager.v1.SecretManagerService/AccessSecretVersion";
    const socket = await reach(access, host, ["h2"]);
    const client = connect(`https://${host}`, { createConnection: () => socket });
    try {
      const stream = client.request({ ":method": "POST", ":path": call, "content-type": "application/grpc" });
      const [headers] = (await once(stream.end(Buffer.alloc(5)), "response")) as [IncomingHttpHeaders];
      const { "grpc-status": status, "grpc-message": message } = headers;
      assert.deepEqual([headers[":status"], status], [200, "12"]);
      assert.equal(decodeURIComponent(String(message)), `the sandbox does not play ${host}${call}`);
      assert.equal(mesh.said(), `501 ${host}: not played: POST ${call}`);
      const plain = client.request({ ":path": "/v1/x?y" });
      const [answer] = (await once(plain, "response")) as [IncomingHttpHeaders];
      assert.equal(answer[":status"], 501);
      let body = "";
      for await (const chunk of plain) body += chunk;
      assert.equal(JSON.parse(body).error.message, `the sandbox does not play GET ${host}/v1/x`);
    } finally {
      client.close();
    }
  });

  it("are let out where they are allowed to be", async () => {
    const { lookup } = dns;
    const found = ((_: string, __: object, done: (e: null, all: dns.LookupAddress[]) => void) =>
      done(null, [{ address: "127.0.0.1", family: 4 }])) as unknown as typeof lookup;
    dns.lookup = found;
    try {
      await assert.rejects(reach(access, "pubsub.googleapis.com"), /^Error: CONNECT 502$/);
      assert.match(mesh.said(), /^502 pubsub\.googleapis\.com: pubsub\.googleapis\.com:443: connect ECONNREFUSED/);
    } finally {
      dns.lookup = lookup;
    }
  });
});
