import type { Scope, World } from "../handler";
import type { Projects } from "../projects";
import { type Properties, textAt } from "../properties";
import { HANDLERS } from "../registry";
import { settle } from "../rules/scope";
import type { Grants } from "./grants";
import type { Store, StoredResource } from "./store";

/** What the control plane does when something that a resource refers to is not in the state. */
export type Missing = "refuse" | "assume";

export interface CloudOptions {
  store: Store;
  projects: Projects;
  clock: () => Date;
  missing: Missing;
  onAssumed(resource: StoredResource): void;
}

/** The cloud as handlers see it during one operation. */
export class Cloud implements World {
  readonly #options: CloudOptions;

  constructor(
    options: CloudOptions,
    readonly scope: Scope,
  ) {
    this.#options = options;
  }

  get projects(): Projects {
    return this.#options.projects;
  }

  get grants(): Grants {
    return this.#options.store.grants;
  }

  now(): Date {
    return this.#options.clock();
  }

  find(type: string, id: string): StoredResource | undefined {
    return this.#options.store.find(type, id);
  }

  all(type: string): Iterable<StoredResource> {
    return this.#options.store.all(type);
  }

  incarnation(type: string, id: string): number {
    return this.#options.store.incarnation(type, id);
  }

  deletedAt(type: string, id: string): Date | undefined {
    return this.#options.store.deletedAt(type, id);
  }

  need(type: string, inputs: Properties, refusal: () => Error): StoredResource {
    const handler = HANDLERS.get(type)!;
    const settled = settle(type, inputs, this.scope);
    const id = handler.identify(settled, this);
    const found = this.find(type, id);
    if (found) return found;
    if (this.#options.missing === "refuse" && this.#wouldBeHere(settled)) throw refusal();
    return this.assume(type, id, inputs);
  }

  /** Records something that exists although nobody created it here. */
  assume(type: string, id: string, inputs: Properties): StoredResource {
    const handler = HANDLERS.get(type)!;
    const settled = settle(type, inputs, this.scope);
    const subject = { type, id, inputs: settled, incarnation: this.incarnation(type, id) };
    const state = { ...handler.defaults?.(settled, this), ...settled, ...handler.compute?.(subject, this) };
    const resource: StoredResource = { type, id, inputs, state, external: true };
    this.#options.store.apply([{ put: resource }]);
    this.#options.onAssumed(resource);
    return resource;
  }

  /** Projects that nobody described may hold anything, and every project begins with a network called `default`. */
  #wouldBeHere(inputs: Properties): boolean {
    const project = textAt(inputs, "project");
    const isDefaultNetwork = textAt(inputs, "name") === "default";
    return project !== undefined && this.projects.holds(project) && !isDefaultNetwork;
  }
}
