import type { ServiceDefinition } from "../runtime/index";

export interface Item {
  readonly id: string;
  readonly name: string;
}

/** Where items are kept. Asynchronous, so that a database fits. */
export interface ItemStore {
  list(): Promise<readonly Item[]>;
}

export const SERVICE = "backend-api (TypeScript)";

/**
 * Items to read. Checks no token itself: Cloud Run lets nobody through who may not call it.
 *
 * @param store @default three examples
 */
export function itemsBackend(store: ItemStore = { list: async () => EXAMPLES }): ServiceDefinition<never> {
  return {
    name: SERVICE,
    calls: [],
    routes: () => [
      {
        method: "GET",
        path: "/api/items",
        async handler() {
          const items = await store.list();
          return { json: { service: SERVICE, count: items.length, items } };
        },
      },
    ],
  };
}

const EXAMPLES: readonly Item[] = ["Notebook", "Pencil", "Ruler"].map((name, index) => ({
  id: `item-00${index + 1}`,
  name,
}));
