import * as assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { gatewayService } from "../../services/gateway/service";
import { needs } from "../support/needs";
import { gatewayInPython, inProcess, type Running } from "./implementations";
import { claimsOf, Fake, http, json, metadataFake, type Seen } from "./support";

const USERS = { service: "user-service (Go)", count: 1, users: [{ id: "user-001", name: "Alice" }] };
const USER = { service: "user-service (Go)", user: { id: "user-001", name: "Alice" } };
const ORDERS = { service: "order-service (Node.js)", count: 1, orders: [{ id: "order-001" }] };
const ORDER = { service: "order-service (Node.js)", order: { id: "order-001", status: "pending" } };
const USER_ORDERS = { ...USER, orders: ORDERS, flow: "User Service (Go) → Order Service (Node.js) via OIDC" };
const DIRECT = "Gateway → User Service, Gateway → Order Service";

for (const implementation of [inProcess(gatewayService), gatewayInPython()]) {
  describe(`the gateway in ${implementation.language}`, () => {
    const source = `gateway-service (${implementation.language})`;
    let metadata: Fake;
    let user: Fake;
    let order: Fake;
    let gateway: Running;

    before(async function () {
      needs(this, implementation.missing ?? "", implementation.missing === undefined);
      metadata = await metadataFake();
      user = await Fake.start(() => {});
      order = await Fake.start(() => {});
      gateway = await implementation.start({
        GCE_METADATA_HOST: metadata.host,
        GCE_METADATA_IP: metadata.host,
        USER_URL: user.url,
        ORDER_URL: order.url,
      });
    });
    after(async () => {
      for (const one of [gateway, user, order, metadata]) await one?.stop();
    });
    afterEach(() => {
      user?.answer(() => {});
      order?.answer(() => {});
    });

    const get = (path: string, headers: Record<string, string> = {}) => http(gateway.url + path, { headers });
    const says = (fake: Fake, status: number, body: unknown) =>
      fake.answer((_, response) => json(response, status, body));
    const asked = (fake: Fake) => fake.seen.map(({ method, url }) => `${method} ${url}`);
    const carriesTokenFor = (fake: Fake, seen: Seen) => assert.equal(claimsOf(seen)["aud"], fake.url);

    it("says what it offers", async () => {
      const { status, json: body } = await get("/");
      assert.equal(status, 200);
      assert.equal(body.service, source);
      assert.equal(body.status, "healthy");
      assert.equal(body.endpoints.length, 7);
    });

    it("hands on all users, with a token for the user service alone", async () => {
      says(user, 200, USERS);
      const { json: body } = await get("/api/users");
      assert.deepEqual(body, { source, workflow: "users", flow: "Gateway → User Service", data: USERS });
      assert.deepEqual(asked(user), ["GET /users"]);
      carriesTokenFor(user, user.seen[0]!);
    });

    it("hands on one user", async () => {
      says(user, 200, USER);
      const { json: body } = await get("/api/users/user-001");
      assert.deepEqual(body, { source, workflow: "user", flow: "Gateway → User Service", data: USER });
      assert.deepEqual(asked(user), ["GET /users/user-001"]);
    });

    it("hands on orders, filters included", async () => {
      says(order, 200, ORDERS);
      const { json: body } = await get("/api/orders?status=pending&limit=5");
      assert.deepEqual(body, { source, workflow: "orders", flow: "Gateway → Order Service", data: ORDERS });
      assert.deepEqual(asked(order), ["GET /orders?status=pending&limit=5"]);
      carriesTokenFor(order, order.seen[0]!);
    });

    it("creates an order", async () => {
      says(order, 201, ORDER);
      const wanted = { user_id: "user-001", product: "Pen", quantity: 1, unit_price_cents: 100 };
      const got = await http(`${gateway.url}/api/orders`, { method: "POST", json: wanted });
      assert.equal(got.status, 201);
      assert.deepEqual(got.json, { source, workflow: "create-order", flow: "Gateway → Order Service", data: ORDER });
      assert.deepEqual(JSON.parse(order.seen[0]!.body), wanted);
    });

    it("aggregates both", async () => {
      says(user, 200, USERS);
      says(order, 200, ORDERS);
      const data = { users: USERS, orders: ORDERS };
      const { json: body } = await get("/api/aggregate");
      assert.deepEqual(body, { source, workflow: "aggregate", flow: DIRECT, status: "complete", data, errors: [] });
    });

    it("says which part of the aggregate failed, and why", async () => {
      says(user, 200, USERS);
      order.answer((_, response) => response.writeHead(403, { "content-type": "text/html" }).end("<html>"));
      const { status, json: body } = await get("/api/aggregate");
      assert.equal(status, 200);
      assert.equal(body.status, "partial");
      assert.deepEqual(body.data, { users: USERS, orders: null });
      assert.equal(body.errors.length, 1);
      const [{ path, code, status: failed, message }] = body.errors;
      assert.deepEqual([path, code, failed], ["orders", "callee-refused", 502]);
      assert.match(message, /^order: answered 403/);
    });

    it("fails the aggregate when no part came", async () => {
      says(user, 500, {});
      says(order, 500, {});
      const { status, json: body } = await get("/api/aggregate");
      assert.equal(status, 502);
      assert.equal(body.error.code, "callee-failed");
      const details = body.error.details.map(({ path, code }: { path: string; code: string }) => [path, code]);
      assert.deepEqual(details, [
        ["users", "callee-failed"],
        ["orders", "callee-failed"],
      ]);
    });

    it("gets a user's orders through the user service, and names the way as the callees do", async () => {
      says(user, 200, USER_ORDERS);
      const { json: body } = await get("/api/user-orders/user-001");
      assert.deepEqual(body, {
        source,
        workflow: "user-orders-mesh",
        flow: "Gateway → User Service → Order Service",
        mesh_path: [source, "user-service (Go)", "order-service (Node.js)"],
        data: USER_ORDERS,
      });
      assert.deepEqual(asked(user), ["GET /users/user-001/orders"]);
      assert.deepEqual(asked(order), []);
    });

    it("gets a user's orders directly from both", async () => {
      says(user, 200, USER);
      says(order, 200, ORDERS);
      const data = { user: USER.user, orders: ORDERS };
      const { json: body } = await get("/api/user-orders-direct/user-001");
      assert.deepEqual(body, { source, workflow: "user-orders-direct", flow: DIRECT, data });
      assert.deepEqual(asked(user), ["GET /users/user-001"]);
      assert.deepEqual(asked(order), ["GET /orders/user/user-001"]);
    });

    it("passes the trace on", async () => {
      says(user, 200, USERS);
      const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
      await get("/api/users", { traceparent });
      assert.equal(user.seen[0]!.headers["traceparent"], traceparent);
    });

    it("hands on the callee's 4xx with its code", async () => {
      says(user, 404, { error: { code: "not-found", message: 'no user "user-009"' } });
      const { status, json: body } = await get("/api/users/user-009");
      assert.equal(status, 404);
      assert.deepEqual(body, { error: { code: "not-found", message: 'no user "user-009"' } });
    });

    for (const [status, own, code] of [
      [401, 502, "callee-refused"],
      [403, 502, "callee-refused"],
      [404, 502, "callee-failed"],
      [429, 503, "callee-busy"],
      [503, 503, "callee-busy"],
      [500, 502, "callee-failed"],
    ] as const) {
      it(`turns Cloud Run's ${status} into ${own} ${code}`, async () => {
        user.answer((_, response) => response.writeHead(status, { "content-type": "text/html" }).end("<html>"));
        const got = await get("/api/users");
        assert.equal(got.status, own);
        assert.equal(got.json.error.code, code);
        assert.equal(got.json.error.details[0].status, status);
      });
    }

    it("turns a lost connection into 502 callee-unreachable", async () => {
      user.answer((_, response) => response.socket!.destroy());
      const got = await get("/api/users");
      assert.equal(got.status, 502);
      assert.equal(got.json.error.code, "callee-unreachable");
    });

    for (const [method, path, status, code] of [
      ["GET", "/api/users/..%2Forders", 400, "parameter-invalid"],
      ["GET", "/api/user-orders/a%20b", 400, "parameter-invalid"],
      ["GET", "/api/nothing", 404, "route-unknown"],
      ["DELETE", "/api/users", 405, "method-unknown"],
      ["POST", "/api/orders", 415, "media-type-unsupported"],
    ] as const) {
      it(`answers ${method} ${path} with ${status} ${code} and calls nobody`, async () => {
        const got = await http(gateway.url + path, { method });
        const slashed = implementation.language === "Python" && path.includes("%2F");
        assert.deepEqual([got.status, got.json.error.code], slashed ? [404, "route-unknown"] : [status, code]);
        assert.deepEqual([...user.seen, ...order.seen], []);
      });
    }

    it("refuses a body that is no JSON", async () => {
      const headers = { "content-type": "application/json" };
      const got = await http(`${gateway.url}/api/orders`, { method: "POST", headers, body: "{" });
      assert.deepEqual([got.status, got.json.error.code], [400, "body-not-json"]);
    });
  });
}
