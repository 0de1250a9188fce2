import type { Properties } from "../properties";
import { Grants } from "./grants";
import type { Journal } from "./journal";

/** A resource that exists. */
export interface StoredResource {
  type: string;
  id: string;
  /** As the program gave them, secrets in plain text. */
  inputs: Properties;
  state: Properties;
  /** Assumed to exist because something refers to it; nobody created it here. */
  external?: boolean;
}

/** One change of the state. Changes that belong together are written together. */
export type Change = { put: StoredResource } | { drop: Drop };

/** A resource that goes, with the time where somebody will ask for it. */
interface Drop {
  type: string;
  id: string;
  time?: string;
}

/** What was deleted at an id. */
interface Deletions {
  count: number;
  last: Drop;
}

/** The state: resources by type and id, and the grants among them. Lookups do not depend on how much is stored. */
export class Store {
  readonly grants = new Grants();
  readonly #types = new Map<string, Map<string, StoredResource>>();
  /** Of the ids at which something was deleted. */
  readonly #deletions = new Map<string, Deletions>();
  readonly #journal: Journal | undefined;

  constructor(journal?: Journal) {
    this.#journal = journal;
    if (!journal) return;
    for (const changes of journal.recover()) this.#play(changes);
    journal.compact(this.#snapshot());
  }

  find(type: string, id: string): StoredResource | undefined {
    return this.#types.get(type)?.get(id);
  }

  *all(type?: string): Iterable<StoredResource> {
    if (type !== undefined) {
      yield* this.#types.get(type)?.values() ?? [];
      return;
    }
    for (const resources of this.#types.values()) yield* resources.values();
  }

  /** Which one in the row of resources with this id the next to be created is, from 1. */
  incarnation(type: string, id: string): number {
    return (this.#deletions.get(`${type} ${id}`)?.count ?? 0) + 1;
  }

  /** When the last resource with this id went, where that was written down. */
  deletedAt(type: string, id: string): Date | undefined {
    const time = this.#deletions.get(`${type} ${id}`)?.last.time;
    return time === undefined ? undefined : new Date(time);
  }

  /** Writes the changes to the journal in one piece, then makes them. */
  apply(changes: readonly Change[]): void {
    this.#journal?.append(changes);
    this.#play(changes);
  }

  close(): void {
    this.#journal?.close();
  }

  #play(changes: readonly Change[]): void {
    for (const change of changes) {
      if ("put" in change) this.#put(change.put);
      else this.#drop(change.drop);
    }
  }

  #put(resource: StoredResource): void {
    let resources = this.#types.get(resource.type);
    if (!resources) {
      resources = new Map();
      this.#types.set(resource.type, resources);
    }
    const before = resources.get(resource.id);
    if (before) this.grants.remove(before);
    resources.set(resource.id, resource);
    this.grants.add(resource);
  }

  #drop(last: Drop): void {
    const { type, id } = last;
    const key = `${type} ${id}`;
    this.#deletions.set(key, { count: (this.#deletions.get(key)?.count ?? 0) + 1, last });
    const before = this.find(type, id);
    if (!before) return;
    this.grants.remove(before);
    this.#types.get(type)?.delete(id);
  }

  *#snapshot(): Iterable<Change[]> {
    for (const { count, last } of this.#deletions.values()) yield Array.from({ length: count }, () => ({ drop: last }));
    for (const resource of this.all()) yield [{ put: resource }];
  }
}
