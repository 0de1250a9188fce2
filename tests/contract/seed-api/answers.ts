/** The API of the worked example, path by path, asked of a mesh that runs, in whatever languages its services are. */
import * as assert from "node:assert/strict";
import type { Decision } from "../../../sandbox/data-plane";
import type { Running } from "../running";
import { Client, type Got } from "./client";

/** What each service says of itself in its answers. */
export interface Names {
  readonly gateway: string;
  readonly user: string;
  readonly order: string;
}

export const OURS: Names = {
  gateway: "gateway-service (TypeScript)",
  user: "user-service (TypeScript)",
  order: "order-service (TypeScript)",
};

const created_at = (day: number, hour: string) => `2026-01-0${day}T${hour}:00:00.000Z`;
const USERS = ["Alice", "Bob", "Charlie"].map((name, index) => ({
  id: `user-00${index + 1}`,
  name,
  email: `${name.toLowerCase()}@example.com`,
  created_at: created_at(index + 1, "08"),
}));
const ORDERS = [
  { user_id: "user-001", product: "Laptop", quantity: 1, unit_price_cents: 129_900, status: "delivered" },
  { user_id: "user-001", product: "Mouse", quantity: 2, unit_price_cents: 2_900, status: "shipped" },
  { user_id: "user-002", product: "Keyboard", quantity: 1, unit_price_cents: 8_900, status: "pending" },
  { user_id: "user-003", product: "Monitor", quantity: 2, unit_price_cents: 34_900, status: "confirmed" },
].map(({ status, ...order }, index) => ({
  id: `order-00${index + 1}`,
  ...order,
  total_cents: order.quantity * order.unit_price_cents,
  status,
  created_at: created_at(index + 1, "09"),
}));
const ALICES = ORDERS.slice(0, 2);

const TO_USER = "Gateway → User Service";
const TO_ORDER = "Gateway → Order Service";
const TO_BOTH = `${TO_USER}, ${TO_ORDER}`;

/** `user-service (Go)` as it stands in a sentence. */
const titled = (name: string) => name.replace("-service", " Service").replace(/^./, (letter) => letter.toUpperCase());

/** Registers one test per path and per kind of failure; the mesh has to run when they do. */
export function holdsSeedApi(running: () => Running, names: Names): void {
  const { gateway: source, user, order } = names;
  let client: Client;
  before(async () => {
    client = await Client.of(running());
  });
  after(() => client?.close());

  const answers = async (path: string, expected: unknown) => {
    const { status, contentType, body } = await client.ask(path);
    assert.deepEqual({ status, body }, { status: 200, body: expected });
    assert.match(contentType, /^application\/json/);
  };
  const refuses = async (got: Promise<Got>, status: number, code: string) => {
    const { status: seen, body } = await got;
    assert.deepEqual([seen, body.error?.code], [status, code], JSON.stringify(body));
    assert.equal(typeof body.error.message, "string");
  };

  it("GET / says that it is healthy and what it offers", async () => {
    const endpoints = [
      "GET /api/users",
      "GET /api/users/{id}",
      "GET /api/orders",
      "POST /api/orders",
      "GET /api/aggregate",
      "GET /api/user-orders/{id}",
      "GET /api/user-orders-direct/{id}",
    ];
    await answers("/", { service: source, status: "healthy", endpoints });
  });

  it("GET /api/users hands on all users", async () => {
    const data = { service: user, count: 3, users: USERS };
    await answers("/api/users", { source, workflow: "users", flow: TO_USER, data });
  });

  it("GET /api/users/{id} hands on one", async () => {
    const data = { service: user, user: USERS[1] };
    await answers("/api/users/user-002", { source, workflow: "user", flow: TO_USER, data });
  });

  it("GET /api/orders hands on all orders", async () => {
    const data = { service: order, count: 4, orders: ORDERS, filters: {} };
    await answers("/api/orders", { source, workflow: "orders", flow: TO_ORDER, data });
  });

  it("GET /api/orders hands filters on", async () => {
    const filters = { user_id: "user-001", limit: 1 };
    const data = { service: order, count: 1, orders: ORDERS.slice(0, 1), filters };
    await answers("/api/orders?user_id=user-001&limit=1", { source, workflow: "orders", flow: TO_ORDER, data });
  });

  it("GET /api/aggregate has both parts", async () => {
    const data = {
      users: { service: user, count: 3, users: USERS },
      orders: { service: order, count: 4, orders: ORDERS, filters: {} },
    };
    const told = { source, workflow: "aggregate", flow: TO_BOTH };
    await answers("/api/aggregate", { ...told, status: "complete", data, errors: [] });
  });

  it("GET /api/user-orders/{id} goes through the user service, and names the way", async () => {
    const data = {
      service: user,
      user: USERS[0],
      orders: { service: order, count: 2, orders: ALICES },
      flow: `${titled(user)} → ${titled(order)} via OIDC`,
    };
    const flow = "Gateway → User Service → Order Service";
    const told = { source, workflow: "user-orders-mesh", flow, mesh_path: [source, user, order] };
    await answers("/api/user-orders/user-001", { ...told, data });
  });

  it("GET /api/user-orders-direct/{id} asks both itself", async () => {
    const orders = { service: order, user_id: "user-001", count: 2, orders: ALICES };
    const data = { user: USERS[0], orders };
    const told = { source, workflow: "user-orders-direct", flow: TO_BOTH };
    await answers("/api/user-orders-direct/user-001", { ...told, data });
  });

  it("calls in each service's own name", async () => {
    const { mesh } = running();
    const hops: Decision[] = [];
    const stopWatching = mesh.watch((decision) => void hops.push(decision));
    await client.ask("/api/user-orders/user-001");
    stopWatching();
    const emailOf = (key: string) => mesh.identity(key).email;
    assert.deepEqual(
      hops.map(({ caller, callee, path, verdict }) => ({ caller, callee, path, verdict })),
      [
        { caller: emailOf("user"), callee: "order", path: "/orders/user/user-001", verdict: "allowed" },
        { caller: emailOf("gateway"), callee: "user", path: "/users/user-001/orders", verdict: "allowed" },
        {
          caller: mesh.identity(undefined, mesh.service("gateway")).email,
          callee: "gateway",
          path: "/api/user-orders/user-001",
          verdict: "allowed",
        },
      ],
    );
  });

  for (const [method, path, status, code] of [
    ["GET", "/api/users/user-009", 404, "not-found"],
    ["GET", "/api/user-orders/user-009", 404, "not-found"],
    ["GET", "/api/user-orders-direct/user-009", 404, "not-found"],
    ["GET", "/api/users/a%20b", 400, "parameter-invalid"],
    ["GET", "/api/user-orders/a%20b", 400, "parameter-invalid"],
    ["GET", "/api/user-orders-direct/a%20b", 400, "parameter-invalid"],
    ["GET", "/api/orders?status=lost", 400, "parameter-invalid"],
    ["GET", "/api/orders?unknown=1", 400, "parameter-invalid"],
    ["GET", "/api/nothing", 404, "route-unknown"],
    ["DELETE", "/api/users", 405, "method-unknown"],
    ["POST", "/api/aggregate", 405, "method-unknown"],
  ] as const) {
    it(`${method} ${path} is ${status} ${code}`, () => refuses(client.ask(path, { method }), status, code));
  }

  const wanted = { user_id: "user-002", product: "Pen", quantity: 3, unit_price_cents: 150 };
  for (const [fact, sent, status, code] of [
    ["a body that is not declared as JSON", { type: "text/plain", body: "{}" }, 415, "media-type-unsupported"],
    ["a body that is no JSON", { type: "application/json", body: "{" }, 400, "body-not-json"],
    ["an order without a product", { json: { ...wanted, product: undefined } }, 400, "body-invalid"],
    ["an order of nothing", { json: { ...wanted, quantity: 0 } }, 400, "body-invalid"],
    ["an order with a field that nobody knows", { json: { ...wanted, gift: true } }, 400, "body-invalid"],
  ] as const) {
    it(`POST /api/orders refuses ${fact} with ${status} ${code}`, async () => {
      await refuses(client.ask("/api/orders", { method: "POST", ...sent }), status, code);
    });
  }

  it("POST /api/orders creates an order, which is there from then on", async () => {
    const { status, body } = await client.ask("/api/orders", { method: "POST", json: wanted });
    const made = body.data.order;
    assert.match(made.id, /^order-[\w-]+$/);
    assert.ok(Math.abs(Date.parse(made.created_at) - Date.now()) < 60_000);
    const kept = { id: made.id, ...wanted, total_cents: 450, status: "pending", created_at: made.created_at };
    assert.deepEqual(
      { status, body },
      {
        status: 201,
        body: { source, workflow: "create-order", flow: TO_ORDER, data: { service: order, order: kept } },
      },
    );
    const { body: found } = await client.ask("/api/orders?product=Pen");
    assert.deepEqual(found.data.orders, [kept]);
  });
}

/** Registers what the API promises when the order service fails: `programs/failing-order.mjs`. */
export function saysWhatFailed(running: () => Running, { gateway: source, user }: Names): void {
  let client: Client;
  before(async () => {
    client = await Client.of(running());
  });
  after(() => client?.close());

  it("GET /api/aggregate keeps what came and says which part failed", async () => {
    const { status, body } = await client.ask("/api/aggregate");
    const { errors, ...rest } = body;
    const data = { users: { service: user, count: 3, users: USERS }, orders: null };
    const told = { source, workflow: "aggregate", flow: TO_BOTH, status: "partial", data };
    assert.deepEqual({ status, rest }, { status: 200, rest: told });
    assert.equal(errors.length, 1);
    const [{ message, ...error }] = errors;
    assert.deepEqual(error, { path: "orders", status: 503, code: "callee-busy" });
    assert.match(message, /^order: answered 503/);
  });

  for (const [path, callee, answered] of [
    ["/api/user-orders/user-001", "user", 502],
    ["/api/user-orders-direct/user-001", "order", 500],
  ] as const) {
    it(`GET ${path} fails, and says who answered what`, async () => {
      const { status, body } = await client.ask(path);
      assert.deepEqual([status, body.error?.code], [502, "callee-failed"], JSON.stringify(body));
      const [{ path: named, status: told }] = body.error.details;
      assert.deepEqual([named, told], [callee, answered]);
    });
  }

  it("GET /api/users still answers", async () => {
    assert.equal((await client.ask("/api/users")).status, 200);
  });
}
