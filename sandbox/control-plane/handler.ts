import type { Projects } from "./projects";
import type { Properties } from "./properties";
import type { Grants } from "./state/grants";
import type { Change, StoredResource } from "./state/store";

/** What the provider is configured with; resources without a project or a region of their own get these. */
export interface Scope {
  project?: string;
  region?: string;
}

/** One input that the provider refuses before it asks Google. */
export interface CheckFailure {
  property: string;
  reason: string;
}

/** What a handler may know of the cloud around its resource. */
export interface World {
  readonly scope: Scope;
  readonly projects: Projects;
  readonly grants: Grants;
  now(): Date;
  find(type: string, id: string): StoredResource | undefined;
  all(type: string): Iterable<StoredResource>;
  /** How many resources have had this id, plus one. */
  incarnation(type: string, id: string): number;
  /** When the last resource with this id was deleted; undefined where none was. */
  deletedAt(type: string, id: string): Date | undefined;
  /** What the resource refers to. Where it is missing, it is refused, or assumed to exist if the options say so. */
  need(type: string, inputs: Properties, refusal: () => Error): StoredResource;
}

/** The resource that an operation is about. `inputs` are filled in with the scope's project and region. */
export interface Subject {
  type: string;
  id: string;
  inputs: Properties;
  /** What is there already; absent when the resource is new. */
  previous?: StoredResource;
  /** How many resources have had this id, this one included. */
  incarnation: number;
}

/** Automatic naming: which input, how long, and what stands between the words. */
export interface Naming {
  property: string;
  maxLength: number;
}

/**
 * Plays one resource type, or several that are alike. Only `kind` and `identify` are needed; everything else has the
 * behaviour of a resource that Google stores as it is.
 */
export interface Handler {
  /** The provider's word for it in errors: `Error creating Service: …`. */
  readonly kind: string;
  readonly naming?: Naming;
  /** True where creating what exists already is no error: grants and enabled APIs. */
  readonly idempotent?: boolean;
  /** The bridge deletes these before it replaces them, whatever their name. */
  readonly deleteBeforeReplace?: boolean;
  /** Inputs that the provider, where a program leaves them out, sends as its state has them. */
  readonly keeps?: readonly string[];
  /**
   * True where an update names what it changes, by an `updateMask`: what a program leaves as it was stays as the cloud has
   * it, whoever changed it. @default - the whole resource is sent
   */
  readonly sendsChangesAlone?: boolean;
  /** Inputs whose change the provider makes a replacement only for some values. */
  replaces?(before: Properties, after: Properties): readonly string[];
  /** What the provider refuses before Google is asked. Must bear unknown values. */
  validate?(inputs: Properties): CheckFailure[];
  /** The provider's words before Google's refusal. @default - `Error creating KIND` and the like */
  context?(operation: "create" | "update" | "delete", id: string): string;
  /** State that follows from the inputs alone, known in a preview too. */
  defaults?(inputs: Properties, world: World): Properties;
  /** The id, as the provider forms it. */
  identify(inputs: Properties, world: World): string;
  /** The id in full, for the forms that an import accepts. */
  parseId?(id: string, world: World): string;
  /** Google's words for a create of what exists already. @default - the API's general ones */
  duplicate?(subject: Subject): string;
  /** Throws what Google answers when it refuses; nothing has happened then. */
  admit?(subject: Subject, world: World): void;
  /** True where the provider does not find again what it created: it exists, and the engine is told of an error alone. */
  isLost?(subject: Subject): boolean;
  /** What Google computes. */
  compute?(subject: Subject, world: World): Properties;
  /** What else Google makes or changes with the resource, once it has taken it. */
  alongside?(subject: Subject, world: World): Change[];
  /** Why the resource, which exists now, does not work: the provider reports it and keeps the state. */
  problems?(subject: Subject, world: World): string[];
  /** Throws where the provider or Google refuses to delete. */
  mayDelete?(resource: StoredResource, world: World): void;
  /** What else changes when the resource goes. */
  cascade?(resource: StoredResource, world: World): Change[];
  /** True when a resource that is still stored is no longer what its id says. */
  vanished?(resource: StoredResource): boolean;
}
