import { z } from "zod";
import { ask, type ServiceDefinition } from "../runtime/index";

export const SERVICE = "frontend (TypeScript)";

const items = z.looseObject({ items: z.array(z.looseObject({ id: z.string(), name: z.string() })) });

/** `/api/data`: what the backend's `/api/items` says, asked with this service's identity. */
export function itemsFrontend(): ServiceDefinition<"backend-api"> {
  return {
    name: SERVICE,
    calls: ["backend-api"],
    routes: ({ callers }) => [
      {
        method: "GET",
        path: "/api/data",
        async handler(request) {
          const backend_data = await ask(callers["backend-api"], { path: "/api/items", context: request }, items);
          return { json: { source: SERVICE, backend_data } };
        },
      },
    ],
  };
}
