import { checked, path, type ServiceDefinition, ServiceError } from "../runtime/index";
import { filters, idParameter, NEXT, newOrder, newStatus, userParameter } from "./schema";
import { memoryStore, type OrderStore } from "./store";

export const SERVICE = "order-service (TypeScript)";

/**
 * Orders: list with filters, get, by user, create, change the status, delete, statistics. Calls nobody.
 *
 * @param store @default the examples, in memory
 */
export function orderService(store?: OrderStore): ServiceDefinition<never> {
  return {
    name: SERVICE,
    calls: [],
    routes({ clock }) {
      const orders = store ?? memoryStore({ newId: () => crypto.randomUUID(), nowMs: clock.now });
      return [
        {
          method: "GET",
          path: "/orders",
          async handler({ query }) {
            const wanted = checked(filters, single(query), "parameter-invalid");
            const found = await orders.list(wanted);
            return { json: { service: SERVICE, count: found.length, orders: found, filters: wanted } };
          },
        },
        {
          method: "GET",
          path: "/orders/{id}",
          async handler({ params }) {
            const { id } = checked(idParameter, params, "parameter-invalid");
            return { json: { service: SERVICE, order: (await orders.get(id)) ?? missing(id) } };
          },
        },
        {
          method: "GET",
          path: "/orders/user/{userId}",
          async handler({ params }) {
            const { userId } = checked(userParameter, params, "parameter-invalid");
            const found = await orders.list({ user_id: userId });
            return { json: { service: SERVICE, user_id: userId, count: found.length, orders: found } };
          },
        },
        {
          method: "POST",
          path: "/orders",
          async handler(request) {
            const order = await orders.create(checked(newOrder, await request.json(), "body-invalid"));
            return { status: 201, headers: { location: path`/orders/${order.id}` }, json: { service: SERVICE, order } };
          },
        },
        {
          method: "PATCH",
          path: "/orders/{id}/status",
          async handler(request) {
            const { id } = checked(idParameter, request.params, "parameter-invalid");
            const { status } = checked(newStatus, await request.json(), "body-invalid");
            const { order, allowed } = (await orders.setStatus(id, status)) ?? missing(id);
            if (allowed) return { json: { service: SERVICE, order } };
            const next = NEXT[order.status].join(", ") || "nothing";
            throw new ServiceError(
              "conflict",
              `${id} is ${order.status}, which cannot become ${status}; allowed: ${next}`,
            );
          },
        },
        {
          method: "DELETE",
          path: "/orders/{id}",
          async handler({ params }) {
            const { id } = checked(idParameter, params, "parameter-invalid");
            return { json: { service: SERVICE, order: (await orders.delete(id)) ?? missing(id) } };
          },
        },
        {
          method: "GET",
          path: "/stats",
          handler: async () => ({ json: { service: SERVICE, stats: await orders.stats() } }),
        },
      ];
    },
  };
}

function missing(id: string): never {
  throw new ServiceError("not-found", `no order "${id}"`);
}

/** The query as an object; a name given twice is an error rather than a guess. */
function single(query: URLSearchParams): Record<string, string> {
  for (const name of query.keys()) {
    if (query.getAll(name).length > 1) throw new ServiceError("parameter-invalid", `${name}: given more than once`);
  }
  return Object.fromEntries(query);
}
