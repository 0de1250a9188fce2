import { type Filters, NEXT, type NewOrder, type Order, STATUSES, type Status } from "./schema";

export interface Stats {
  readonly count: number;
  /** How many users have an order. */
  readonly users: number;
  /** Of all orders that are not cancelled. */
  readonly total_cents: number;
  readonly by_status: Readonly<Record<Status, number>>;
}

/** Where orders are kept. Asynchronous, so that a database fits. */
export interface OrderStore {
  /** In the order in which they were made. */
  list(filters: Filters): Promise<readonly Order[]>;
  get(id: string): Promise<Order | undefined>;
  create(order: NewOrder): Promise<Order>;
  /** The order changed; or, unchanged, one that may not become this; or undefined where there is none. */
  setStatus(id: string, status: Status): Promise<{ readonly order: Order; readonly allowed: boolean } | undefined>;
  delete(id: string): Promise<Order | undefined>;
  stats(): Promise<Stats>;
}

/** Orders in this process's memory: gone when the instance goes, and not shared between instances. */
export function memoryStore(tools: { newId: () => string; nowMs: () => number }): OrderStore {
  const orders = new Map(EXAMPLES.map((order) => [order.id, order]));
  return {
    async list({ status, user_id, product, limit }) {
      return [...orders.values()]
        .filter(
          (order) =>
            (status === undefined || order.status === status) &&
            (user_id === undefined || order.user_id === user_id) &&
            (product === undefined || order.product === product),
        )
        .slice(0, limit ?? 100);
    },
    async get(id) {
      return orders.get(id);
    },
    async create(input) {
      const id = `order-${tools.newId()}`;
      const order = made(id, input, "pending", new Date(tools.nowMs()).toISOString());
      orders.set(id, order);
      return order;
    },
    async setStatus(id, status) {
      const order = orders.get(id);
      if (!order) return undefined;
      if (order.status !== status && !NEXT[order.status].includes(status)) return { order, allowed: false };
      const changed = { ...order, status };
      orders.set(id, changed);
      return { order: changed, allowed: true };
    },
    async delete(id) {
      const order = orders.get(id);
      orders.delete(id);
      return order;
    },
    async stats() {
      const all = [...orders.values()];
      const count = (status: Status) => all.filter((order) => order.status === status).length;
      return {
        count: all.length,
        users: new Set(all.map((order) => order.user_id)).size,
        total_cents: all.filter((one) => one.status !== "cancelled").reduce((sum, one) => sum + one.total_cents, 0),
        by_status: Object.fromEntries(STATUSES.map((status) => [status, count(status)])) as Record<Status, number>,
      };
    },
  };
}

function made(id: string, input: NewOrder, status: Status, created_at: string): Order {
  return { id, ...input, total_cents: input.quantity * input.unit_price_cents, status, created_at };
}

const EXAMPLES: readonly Order[] = (
  [
    ["order-001", "user-001", "Laptop", 1, 129_900, "delivered"],
    ["order-002", "user-001", "Mouse", 2, 2_900, "shipped"],
    ["order-003", "user-002", "Keyboard", 1, 8_900, "pending"],
    ["order-004", "user-003", "Monitor", 2, 34_900, "confirmed"],
  ] as const
).map(([id, user_id, product, quantity, unit_price_cents, status], index) =>
  made(id, { user_id, product, quantity, unit_price_cents }, status, `2026-01-0${index + 1}T09:00:00.000Z`),
);
