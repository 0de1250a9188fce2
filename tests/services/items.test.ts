import * as assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { itemsBackend } from "../../services/items-backend/service";
import { itemsFrontend } from "../../services/items-frontend/service";
import { inProcess, type Running } from "./implementations";
import { claimsOf, Fake, http, json, metadataFake } from "./support";

describe("the items pair", () => {
  let metadata: Fake;
  let fake: Fake;
  let frontend: Running;
  let backend: Running;

  before(async () => {
    metadata = await metadataFake();
    fake = await Fake.start(() => {});
    backend = await inProcess(() => itemsBackend()).start({});
    frontend = await inProcess(itemsFrontend).start({ GCE_METADATA_HOST: metadata.host, BACKEND_API_URL: fake.url });
  });
  after(async () => {
    for (const one of [frontend, backend, fake, metadata]) await one.stop();
  });

  it("reads items", async () => {
    const { json: body } = await http(`${backend.url}/api/items`);
    assert.deepEqual([body.service, body.count], ["backend-api (TypeScript)", 3]);
    assert.deepEqual(body.items[0], { id: "item-001", name: "Notebook" });
  });

  it("hands on what the backend says, asked with a token for it", async () => {
    const items = { items: [{ id: "item-001", name: "Notebook" }] };
    fake.answer((_, response) => json(response, 200, items));
    const { json: body } = await http(`${frontend.url}/api/data`);
    assert.deepEqual(body, { source: "frontend (TypeScript)", backend_data: items });
    assert.equal(fake.seen[0]!.url, "/api/items");
    assert.equal(claimsOf(fake.seen[0]!)["aud"], fake.url);
  });

  it("says that Cloud Run refused the call, and what may be missing", async () => {
    fake.answer((_, response) => response.writeHead(403, { "content-type": "text/html" }).end("<html>"));
    const { status, json: body } = await http(`${frontend.url}/api/data`);
    assert.equal(status, 502);
    assert.equal(body.error.code, "callee-refused");
    assert.equal(
      body.error.message,
      "backend-api: answered 403: this service's account has no roles/run.invoker on it",
    );
    assert.match(
      frontend.log.at(-1)!,
      /"severity":"WARNING".*"logging.googleapis.com\/trace":"projects\/acme-dev\/traces/,
    );
  });

  for (const [what, respond] of [
    ["down", (response: import("node:http").ServerResponse) => response.writeHead(500).end()],
    [
      "answering garbage",
      (response: import("node:http").ServerResponse) =>
        response.writeHead(200, { "metadata-flavor": "Google" }).end("<html>"),
    ],
  ] as const) {
    it(`calls nobody while the metadata server is ${what}`, async () => {
      const broken = await Fake.start((_, response) => respond(response));
      const cold = await inProcess(itemsFrontend).start({ GCE_METADATA_HOST: broken.host, BACKEND_API_URL: fake.url });
      fake.answer((_, response) => json(response, 200, { items: [] }));
      const got = await http(`${cold.url}/api/data`);
      assert.equal(got.status, 503);
      assert.match(got.json.error.code, /^token-(unavailable|invalid)$/);
      assert.equal(fake.seen.length, 0);
      await cold.stop();
      await broken.stop();
    });
  }
});
