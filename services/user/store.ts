import type { NewUser, User } from "./schema";

/** Where users are kept. Asynchronous, so that a database fits. */
export interface UserStore {
  /** In the order in which they were made. */
  list(): Promise<readonly User[]>;
  get(id: string): Promise<User | undefined>;
  /** Undefined where another user has this e-mail address, in whatever case. */
  create(user: NewUser): Promise<User | undefined>;
  delete(id: string): Promise<User | undefined>;
}

/** Users in this process's memory: gone when the instance goes, and not shared between instances. */
export function memoryStore(tools: { newId: () => string; nowMs: () => number }): UserStore {
  const users = new Map(EXAMPLES.map((user) => [user.id, user]));
  return {
    async list() {
      return [...users.values()];
    },
    async get(id) {
      return users.get(id);
    },
    async create(input) {
      const same = (user: User) => user.email.toLowerCase() === input.email.toLowerCase();
      if ([...users.values()].some(same)) return undefined;
      const user = { id: `user-${tools.newId()}`, ...input, created_at: new Date(tools.nowMs()).toISOString() };
      users.set(user.id, user);
      return user;
    },
    async delete(id) {
      const user = users.get(id);
      users.delete(id);
      return user;
    },
  };
}

const EXAMPLES: readonly User[] = ["Alice", "Bob", "Charlie"].map((name, index) => ({
  id: `user-00${index + 1}`,
  name,
  email: `${name.toLowerCase()}@example.com`,
  created_at: `2026-01-0${index + 1}T08:00:00.000Z`,
}));
