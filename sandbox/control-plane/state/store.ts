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
export type Change = { put: StoredResource } | { drop: { type: string; id: string } };

/** The state: resources by type and id, and the grants among them. Lookups do not depend on how much is stored. */
export class Store {
  readonly grants = new Grants();
  readonly #types = new Map<string, Map<string, StoredResource>>();
  /** How many resources have had an id, for those that were deleted at least once. */
  readonly #deletions = new Map<string, number>();
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
    return (this.#deletions.get(`${type} ${id}`) ?? 0) + 1;
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
      else this.#drop(change.drop.type, change.drop.id);
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

  #drop(type: string, id: string): void {
    const key = `${type} ${id}`;
    this.#deletions.set(key, (this.#deletions.get(key) ?? 0) + 1);
    const before = this.find(type, id);
    if (!before) return;
    this.grants.remove(before);
    this.#types.get(type)?.delete(id);
  }

  *#snapshot(): Iterable<Change[]> {
    for (const [key, count] of this.#deletions) {
      const space = key.indexOf(" ");
      const drop = { type: key.slice(0, space), id: key.slice(space + 1) };
      yield Array.from({ length: count }, () => ({ drop }));
    }
    for (const resource of this.all()) yield [{ put: resource }];
  }
}
