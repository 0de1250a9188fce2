import * as assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { orderService } from "../../services/order/service";
import { inProcess, type Running } from "./implementations";
import { http } from "./support";

const service = "order-service (TypeScript)";
const WANTED = { user_id: "user-002", product: "Pen", quantity: 3, unit_price_cents: 250 };

describe("the order service", () => {
  let orders: Running;

  before(async () => {
    orders = await inProcess(() => orderService()).start({});
  });
  after(() => orders.stop());

  const send = (method: string, path: string, json?: unknown) => http(orders.url + path, { method, json });
  const ids = (body: { orders: { id: string }[] }) => body.orders.map((order) => order.id);

  it("lists its orders", async () => {
    const { status, json } = await send("GET", "/orders");
    assert.equal(status, 200);
    assert.deepEqual([json.service, json.count, json.filters], [service, 4, {}]);
    assert.deepEqual(json.orders[1], {
      id: "order-002",
      user_id: "user-001",
      product: "Mouse",
      quantity: 2,
      unit_price_cents: 2_900,
      total_cents: 5_800,
      status: "shipped",
      created_at: "2026-01-02T09:00:00.000Z",
    });
  });

  for (const [query, found] of [
    ["status=pending", ["order-003"]],
    ["user_id=user-001", ["order-001", "order-002"]],
    ["user_id=user-001&status=shipped", ["order-002"]],
    ["product=Monitor", ["order-004"]],
    ["limit=2", ["order-001", "order-002"]],
    ["user_id=user-009", []],
  ] as const) {
    it(`filters by ${query}`, async () => {
      const { json } = await send("GET", `/orders?${query}`);
      assert.deepEqual([ids(json), json.count], [found, found.length]);
    });
  }

  for (const [query, path] of [
    ["status=lost", "status"],
    ["limit=0", "limit"],
    ["limit=101", "limit"],
    ["colour=red", ""],
  ] as const) {
    it(`refuses the filter ${query}`, async () => {
      const { status, json } = await send("GET", `/orders?${query}`);
      assert.deepEqual([status, json.error.code, json.error.details[0].path], [400, "parameter-invalid", path]);
    });
  }

  it("refuses a filter given twice", async () => {
    const { json } = await send("GET", "/orders?limit=1&limit=2");
    assert.deepEqual(json, { error: { code: "parameter-invalid", message: "limit: given more than once" } });
  });

  it("gets one, and a user's", async () => {
    const one = (await send("GET", "/orders/order-003")).json;
    assert.deepEqual([one.service, one.order.product], [service, "Keyboard"]);
    const theirs = (await send("GET", "/orders/user/user-001")).json;
    assert.deepEqual([theirs.service, theirs.user_id, theirs.count], [service, "user-001", 2]);
    assert.deepEqual(ids(theirs), ["order-001", "order-002"]);
  });

  it("creates, moves through its states, and deletes", async () => {
    const made = await send("POST", "/orders", WANTED);
    assert.equal(made.status, 201);
    const path = made.headers.location!;
    assert.equal(path, `/orders/${made.json.order.id}`);
    assert.deepEqual([made.json.order.status, made.json.order.total_cents], ["pending", 750]);
    for (const status of ["confirmed", "confirmed", "shipped", "delivered"]) {
      assert.equal((await send("PATCH", `${path}/status`, { status })).json.order.status, status);
    }
    const back = await send("PATCH", `${path}/status`, { status: "pending" });
    assert.equal(back.status, 409);
    const message = `${made.json.order.id} is delivered, which cannot become pending; allowed: nothing`;
    assert.deepEqual(back.json, { error: { code: "conflict", message } });
    assert.equal((await send("DELETE", path)).json.order.id, made.json.order.id);
    assert.deepEqual((await send("GET", path)).json.error.code, "not-found");
  });

  it("tells its statistics", async () => {
    const { json } = await send("GET", "/stats");
    assert.deepEqual(json, {
      service,
      stats: {
        count: 4,
        users: 3,
        total_cents: 129_900 + 5_800 + 8_900 + 69_800,
        by_status: { pending: 1, confirmed: 1, shipped: 1, delivered: 1, cancelled: 0 },
      },
    });
  });

  it("reports every field that is wrong, at once", async () => {
    const { status, json } = await send("POST", "/orders", {
      user_id: "../x",
      quantity: 0.5,
      unit_price_cents: -1,
      more: 1,
    });
    assert.equal(status, 400);
    assert.equal(json.error.code, "body-invalid");
    const paths = json.error.details.map((detail: { path: string }) => detail.path);
    assert.deepEqual([...new Set(paths)].toSorted(), ["", "product", "quantity", "unit_price_cents", "user_id"]);
  });

  for (const [method, path, body, status, code] of [
    ["GET", "/orders/order-009", undefined, 404, "not-found"],
    ["DELETE", "/orders/order-009", undefined, 404, "not-found"],
    ["PATCH", "/orders/order-009/status", { status: "shipped" }, 404, "not-found"],
    ["PATCH", "/orders/order-001/status", { status: "lost" }, 400, "body-invalid"],
    ["POST", "/orders", [WANTED], 400, "body-invalid"],
    ["POST", "/orders", null, 400, "body-invalid"],
    ["GET", "/orders/a%20b", undefined, 400, "parameter-invalid"],
    ["PUT", "/orders/order-001", undefined, 405, "method-unknown"],
  ] as const) {
    it(`answers ${method} ${path} ${JSON.stringify(body) ?? ""} with ${status} ${code}`, async () => {
      const got = await send(method, path, body);
      assert.deepEqual([got.status, got.json.error.code], [status, code]);
    });
  }
});
