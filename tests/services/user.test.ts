import * as assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { userService } from "../../services/user/service";
import { needs } from "../support/needs";
import { inProcess, type Running, userInGo } from "./implementations";
import { claimsOf, Fake, http, json, metadataFake } from "./support";

const ORDERS = { service: "order-service (Node.js)", count: 1, orders: [{ id: "order-001" }] };

for (const implementation of [inProcess(userService), userInGo()]) {
  describe(`the user service in ${implementation.language}`, () => {
    const service = `user-service (${implementation.language})`;
    let metadata: Fake;
    let order: Fake;
    let users: Running;

    before(async function () {
      this.timeout(120_000);
      needs(this, implementation.missing ?? "", implementation.missing === undefined);
      metadata = await metadataFake();
      order = await Fake.start(() => {});
      users = await implementation.start({ GCE_METADATA_HOST: metadata.host, ORDER_URL: order.url });
    });
    after(async () => {
      for (const one of [users, order, metadata]) await one?.stop();
    });

    const get = (path: string) => http(users.url + path);
    const create = (body: unknown) => http(`${users.url}/users`, { method: "POST", json: body });

    it("lists its users", async () => {
      const { json: body } = await get("/users");
      assert.equal(body.service, service);
      assert.equal(body.count, 3);
      const alice = {
        id: "user-001",
        name: "Alice",
        email: "alice@example.com",
        created_at: "2026-01-01T08:00:00.000Z",
      };
      assert.deepEqual(body.users[0], alice);
    });

    it("gets one", async () => {
      const { json: body } = await get("/users/user-002");
      assert.deepEqual([body.service, body.user.name], [service, "Bob"]);
    });

    it("creates one, once for each address, and deletes it", async () => {
      const made = await create({ name: " Dora ", email: "dora@example.com" });
      assert.equal(made.status, 201);
      assert.equal(made.json.user.name, "Dora");
      assert.equal(made.headers.location, `/users/${made.json.user.id}`);
      assert.ok(Math.abs(Date.parse(made.json.user.created_at) - Date.now()) < 60_000);
      const again = await create({ name: "Dora", email: "DORA@example.com" });
      assert.deepEqual([again.status, again.json.error.code], [409, "conflict"]);
      const removed = await http(users.url + made.headers.location!, { method: "DELETE" });
      assert.deepEqual(removed.json, { service, user: made.json.user });
      assert.equal((await get(made.headers.location!)).status, 404);
    });

    it("asks the order service for a user's orders, with a token for it", async () => {
      order.answer((_, response) => json(response, 200, ORDERS));
      const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
      const { json: body } = await http(`${users.url}/users/user-001/orders`, { headers: { traceparent } });
      assert.equal(body.service, service);
      assert.equal(body.user.name, "Alice");
      assert.deepEqual(body.orders, ORDERS);
      assert.equal(body.flow, `User Service (${implementation.language}) → Order Service (Node.js) via OIDC`);
      const [seen] = order.seen;
      assert.equal(seen!.url, "/orders/user/user-001");
      assert.equal(seen!.headers["traceparent"], traceparent);
      assert.equal(claimsOf(seen!)["aud"], order.url);
    });

    it("does not ask for the orders of a user that is not there", async () => {
      order.answer(() => {});
      const got = await get("/users/user-009/orders");
      assert.deepEqual([got.status, got.json.error], [404, { code: "not-found", message: 'no user "user-009"' }]);
      assert.equal(order.seen.length, 0);
    });

    for (const [status, own, code] of [
      [403, 502, "callee-refused"],
      [404, 502, "callee-failed"],
      [503, 503, "callee-busy"],
      [500, 502, "callee-failed"],
    ] as const) {
      it(`turns the order service's ${status} into ${own} ${code}`, async () => {
        order.answer((_, response) => response.writeHead(status, { "content-type": "text/html" }).end("<html>"));
        const got = await get("/users/user-001/orders");
        assert.deepEqual([got.status, got.json.error.code], [own, code]);
        assert.equal(got.json.error.details[0].status, status);
      });
    }

    it("refuses an answer that is not what the order service's API promises", async () => {
      order.answer((_, response) => json(response, 200, { orders: "many" }));
      const got = await get("/users/user-001/orders");
      assert.deepEqual([got.status, got.json.error.code], [502, "callee-answer-invalid"]);
    });

    for (const [what, body, path] of [
      ["no name", { email: "e@example.com" }, "name"],
      ["an empty name", { name: " ", email: "e@example.com" }, "name"],
      ["no address", { name: "Eve" }, "email"],
      ["an address that is none", { name: "Eve", email: "eve" }, "email"],
      ["a field too many", { name: "Eve", email: "e@example.com", admin: true }, undefined],
    ] as const) {
      it(`refuses a user with ${what}`, async () => {
        const got = await create(body);
        assert.deepEqual([got.status, got.json.error.code], [400, "body-invalid"]);
        if (path) assert.equal(got.json.error.details[0].path, path);
      });
    }

    it("refuses paths and methods that it does not have", async () => {
      for (const [method, path, status, code] of [
        ["GET", "/users/a%20b", 400, "parameter-invalid"],
        ["GET", "/nothing", 404, "route-unknown"],
        ["PUT", "/users", 405, "method-unknown"],
        ["POST", "/users", 415, "media-type-unsupported"],
        ["DELETE", "/users/user-009", 404, "not-found"],
      ] as const) {
        const got = await http(users.url + path, { method });
        assert.deepEqual([path, got.status, got.json.error.code], [path, status, code]);
      }
    });
  });
}
