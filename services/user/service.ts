import { ask, checked, path, type ServiceDefinition, ServiceError } from "../runtime/index";
import { idParameter, newUser, userOrders } from "./schema";
import { memoryStore, type UserStore } from "./store";

export const SERVICE = "user-service (TypeScript)";

/**
 * Users: list, get, create, delete, and a user's orders, which it asks the order service for.
 *
 * @param store @default the examples, in memory
 */
export function userService(store?: UserStore): ServiceDefinition<"order"> {
  return {
    name: SERVICE,
    calls: ["order"],
    routes({ callers, clock }) {
      const users = store ?? memoryStore({ newId: () => crypto.randomUUID(), nowMs: clock.now });
      return [
        {
          method: "GET",
          path: "/users",
          async handler() {
            const found = await users.list();
            return { json: { service: SERVICE, count: found.length, users: found } };
          },
        },
        {
          method: "GET",
          path: "/users/{id}",
          async handler({ params }) {
            const { id } = checked(idParameter, params, "parameter-invalid");
            return { json: { service: SERVICE, user: (await users.get(id)) ?? missing(id) } };
          },
        },
        {
          method: "GET",
          path: "/users/{id}/orders",
          async handler(request) {
            const { id } = checked(idParameter, request.params, "parameter-invalid");
            const user = (await users.get(id)) ?? missing(id);
            const orders = await ask(callers.order, { path: path`/orders/user/${id}`, context: request }, userOrders);
            const flow = `${titled(SERVICE)} → ${titled(orders.service)} via OIDC`;
            return { json: { service: SERVICE, user, orders, flow } };
          },
        },
        {
          method: "POST",
          path: "/users",
          async handler(request) {
            const input = checked(newUser, await request.json(), "body-invalid");
            const user = await users.create(input);
            if (!user) throw new ServiceError("conflict", `another user has the address "${input.email}"`);
            return { status: 201, headers: { location: path`/users/${user.id}` }, json: { service: SERVICE, user } };
          },
        },
        {
          method: "DELETE",
          path: "/users/{id}",
          async handler({ params }) {
            const { id } = checked(idParameter, params, "parameter-invalid");
            return { json: { service: SERVICE, user: (await users.delete(id)) ?? missing(id) } };
          },
        },
      ];
    },
  };
}

function missing(id: string): never {
  throw new ServiceError("not-found", `no user "${id}"`);
}

/** `order-service (TypeScript)` as it stands in a sentence: `Order Service (TypeScript)`. */
function titled(service: string): string {
  return service.replaceAll("-", " ").replace(/(^| )[a-z]/g, (letter) => letter.toUpperCase());
}
