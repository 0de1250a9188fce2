/** Where `oidc-provider` keeps what it has to remember: in memory, until it ends or there is too much of it. */
import type { Adapter, AdapterPayload } from "oidc-provider";

interface Kept {
  payload: AdapterPayload;
  readonly expiresAtMs: number;
}

/** What one store holds at most; the oldest goes first. */
const MOST = 5000;

export class Memory {
  readonly #kept = new Map<string, Kept>();

  /** @param clients looks a client up, as they are registered elsewhere */
  constructor(private readonly clients: (id: string) => AdapterPayload | undefined) {}

  /** The adapter of one of the provider's models. */
  adapter(model: string): Adapter {
    const key = (id: string) => `${model} ${id}`;
    const first = (isIt: (payload: AdapterPayload) => boolean) => {
      for (const [name, { payload }] of this.#kept) {
        if (name.startsWith(`${model} `) && isIt(payload)) return this.#get(name);
      }
      return undefined;
    };
    return {
      upsert: async (id, payload, expiresIn) => this.#set(key(id), payload, expiresIn),
      find: async (id) => (model === "Client" ? this.clients(id) : this.#get(key(id))),
      findByUid: async (uid) => first((payload) => payload.uid === uid),
      findByUserCode: async (userCode) => first((payload) => payload.userCode === userCode),
      destroy: async (id) => void this.#kept.delete(key(id)),
      consume: async (id) => {
        const found = this.#kept.get(key(id));
        if (found) found.payload = { ...found.payload, consumed: Math.floor(Date.now() / 1000) };
      },
      revokeByGrantId: async (grantId) => {
        for (const [name, { payload }] of this.#kept) if (payload.grantId === grantId) this.#kept.delete(name);
      },
    };
  }

  #set(name: string, payload: AdapterPayload, expiresIn: number): void {
    this.#kept.delete(name);
    this.#kept.set(name, { payload, expiresAtMs: Date.now() + expiresIn * 1000 });
    if (this.#kept.size > MOST) this.#kept.delete(this.#kept.keys().next().value!);
  }

  #get(name: string): AdapterPayload | undefined {
    const found = this.#kept.get(name);
    if (found && found.expiresAtMs > Date.now()) return found.payload;
    this.#kept.delete(name);
    return undefined;
  }
}
