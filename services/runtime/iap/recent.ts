/**
 * Remembers what was used last, and so much of it at most.
 *
 * Two maps, of which the older is let go whole: a map whose oldest entry is deleted with each new one keeps the places of
 * the deleted ones, and every look for the oldest walks over them.
 */
export class Recent<Value> {
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  /** @param most entries, at least 2; half of them are let go at once */
  constructor(private readonly most: number) {}

  get(key: string): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: Value): void {
    if (this.#young.size >= this.most / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}
