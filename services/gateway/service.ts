import { ask, checked, path, type Route, type ServiceDefinition, type ServiceTools } from "../runtime/index";
import { aggregate } from "./aggregate";
import { answers, idParameter } from "./schema";

export const SERVICE = "gateway-service (TypeScript)";

/** The entrance: users and orders, each alone, together, and by two ways: through the user service, and directly. */
export function gatewayService(): ServiceDefinition<"user" | "order"> {
  return { name: SERVICE, calls: ["user", "order"], routes };
}

function routes({ callers: { user, order } }: ServiceTools<"user" | "order">): Route[] {
  const api: Route[] = [
    {
      method: "GET",
      path: "/api/users",
      async handler(request) {
        const data = await ask(user, { path: "/users", context: request }, answers.users);
        return told("users", "Gateway → User Service", { data });
      },
    },
    {
      method: "GET",
      path: "/api/users/{id}",
      async handler(request) {
        const { id } = checked(idParameter, request.params, "parameter-invalid");
        const data = await ask(user, { path: path`/users/${id}`, context: request }, answers.user);
        return told("user", "Gateway → User Service", { data });
      },
    },
    {
      method: "GET",
      path: "/api/orders",
      async handler(request) {
        const data = await ask(order, { path: "/orders", query: request.query, context: request }, answers.orders);
        return told("orders", "Gateway → Order Service", { data });
      },
    },
    {
      method: "POST",
      path: "/api/orders",
      async handler(request) {
        const json = await request.json();
        const data = await ask(order, { method: "POST", path: "/orders", json, context: request }, answers.order);
        return { status: 201, ...told("create-order", "Gateway → Order Service", { data }) };
      },
    },
    {
      method: "GET",
      path: "/api/aggregate",
      async handler(request) {
        const { data, status, errors } = await aggregate({
          users: ask(user, { path: "/users", context: request }, answers.users),
          orders: ask(order, { path: "/orders", context: request }, answers.orders),
        });
        return told("aggregate", "Gateway → User Service, Gateway → Order Service", { status, data, errors });
      },
    },
    {
      method: "GET",
      path: "/api/user-orders/{id}",
      async handler(request) {
        const { id } = checked(idParameter, request.params, "parameter-invalid");
        const data = await ask(user, { path: path`/users/${id}/orders`, context: request }, answers.userOrders);
        const mesh_path = [SERVICE, data.service, data.orders.service];
        return told("user-orders-mesh", "Gateway → User Service → Order Service", { mesh_path, data });
      },
    },
    {
      method: "GET",
      path: "/api/user-orders-direct/{id}",
      async handler(request) {
        const { id } = checked(idParameter, request.params, "parameter-invalid");
        const [found, orders] = await Promise.all([
          ask(user, { path: path`/users/${id}`, context: request }, answers.user),
          ask(order, { path: path`/orders/user/${id}`, context: request }, answers.orders),
        ]);
        const data = { user: found.user, orders };
        return told("user-orders-direct", "Gateway → User Service, Gateway → Order Service", { data });
      },
    },
  ];
  const endpoints = api.map((route) => `${route.method} ${route.path}`);
  const root: Route = {
    method: "GET",
    path: "/",
    handler: () => ({ json: { service: SERVICE, status: "healthy", endpoints } }),
  };
  return [root, ...api];
}

/** Every answer says who gives it, which workflow it is, and which way the calls went. */
function told(workflow: string, flow: string, rest: Readonly<Record<string, unknown>>) {
  return { json: { source: SERVICE, workflow, flow, ...rest } };
}
