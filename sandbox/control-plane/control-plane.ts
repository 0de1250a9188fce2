import { GoogleError, LostResourceError } from "./errors";
import type { Fault } from "./faults";
import { FUNCTIONS } from "./functions";
import type { Handler, Scope, Subject } from "./handler";
import { storedAsIs } from "./handlers/stored-as-is";
import { Operations } from "./operations";
import { previewCreated, previewUpdated } from "./preview";
import { type Project, Projects } from "./projects";
import { type Properties, plain, textAt } from "./properties";
import { inputsRead, readBack } from "./read-back/read-back";
import { readBackOf } from "./read-back/table";
import { HANDLERS } from "./registry";
import type * as requests from "./requests";
import { type CheckRequest, type CheckResult, checkInputs, nameProperty } from "./rules/check";
import { type DiffRequest, type DiffResult, diffInputs } from "./rules/diff";
import { shortName } from "./rules/identifiers";
import { demandScope, settle } from "./rules/scope";
import { kept, untouched } from "./rules/sent";
import { Cloud, type Missing } from "./state/cloud";
import { Journal } from "./state/journal";
import { type Change, Store, type StoredResource } from "./state/store";
import { RESOURCE_TYPES } from "./type-table";

export interface ControlPlaneOptions {
  /** Journal of the state, JSON lines; its folder is made if need be. @default - memory only */
  stateFile?: string;
  /** Projects with their numbers. @default - every project that is used, with a number derived from its id */
  projects?: Project[];
  /**
   * What happens when a resource refers to a secret, network, subnetwork, connector or service account that is not in
   * the state: `refuse` as Google does, or `assume` that it exists and list it. @default "refuse"
   */
  missing?: Missing;
  /** Failures to be played. */
  faults?: Fault[];
  /** The time. @default - the machine's */
  clock?: () => Date;
  onEvent?(event: requests.ControlPlaneEvent): void;
}

/** Opens a control plane, with what its state file says if it has one. Throws `ControlPlaneError` if it cannot. */
export function openControlPlane(options: ControlPlaneOptions = {}): ControlPlane {
  return new ControlPlane(options);
}

/** Google Cloud's resources: refuses what Google refuses and computes what Google computes. Every method is atomic. */
export class ControlPlane {
  readonly #options: ControlPlaneOptions;
  readonly #projects: Projects;
  readonly #store: Store;
  readonly #operations: Operations;
  readonly #unhandled = new Set<string>();
  #scope: Scope = {};

  constructor(options: ControlPlaneOptions = {}) {
    this.#options = options;
    this.#projects = new Projects(options.projects);
    this.#operations = new Operations(options.faults, options.onEvent);
    this.#store = new Store(options.stateFile === undefined ? undefined : new Journal(options.stateFile));
    for (const resource of this.#store.all()) this.#hold(resource.state);
  }

  /** Sets the project and the region for requests that name none. */
  configure(scope: Scope): void {
    this.#scope = scope;
    if (scope.project !== undefined) this.#projects.hold(scope.project);
  }

  check(request: CheckRequest): CheckResult {
    const { type, name } = request;
    const about = { type, name, googleName: givenName(type, request.news) };
    return this.#operations.perform("check", about, () => {
      return { id: "", result: checkInputs(request, HANDLERS.get(type)) };
    });
  }

  diff(request: DiffRequest & { name?: string; scope?: Scope }): DiffResult {
    const scope = request.scope ?? this.#scope;
    return this.#operations.perform("diff", request, () => {
      return { id: request.id, result: diffInputs(request, HANDLERS.get(request.type), scope) };
    });
  }

  create(request: requests.CreateRequest): requests.CreateResult {
    const { type, name } = request;
    const handler = this.#handler(type);
    const world = this.#cloud(request.scope);
    const inputs = settle(type, request.inputs, world.scope);
    if (request.preview) return { id: "", state: previewCreated(type, inputs, handler, world) };
    const about = { type, name, googleName: givenName(type, inputs), kind: handler.kind };
    return this.#operations.perform("create", about, () => {
      demandScope(type, inputs);
      this.#hold(inputs);
      const id = handler.identify(inputs, world);
      const found = world.find(type, id);
      const previous = found?.external ? undefined : found;
      const subject: Subject = { type, id, inputs, incarnation: world.incarnation(type, id) };
      return during(handler.context?.("create", id) ?? `Error creating ${handler.kind}`, () => {
        handler.admit?.({ ...subject, ...(previous && { previous }) }, world);
        if (previous && !handler.idempotent && inputs["createIgnoreAlreadyExists"] !== true) {
          throw new GoogleError(
            409,
            handler.duplicate?.(subject) ?? `Resource '${shortName(id)}' already exists., alreadyExists`,
          );
        }
        const { state, problems } = this.#put(subject, request.inputs, handler, world);
        if (handler.isLost?.(subject)) throw new LostResourceError(request.urn ?? `${type} "${name ?? id}"`);
        return { id, inputs: request.inputs, state, problems, result: { id, state } };
      });
    });
  }

  /** What exists now; `undefined` when it is gone. */
  read(request: requests.ReadRequest): requests.ReadResult | undefined {
    const handler = this.#handler(request.type);
    const world = this.#cloud(request.scope);
    return this.#operations.perform("read", request, () => {
      const found =
        world.find(request.type, request.id) ??
        world.find(request.type, handler.parseId?.(request.id, world) ?? request.id);
      if (!found || handler.vanished?.(found)) return { id: request.id, result: undefined };
      const { id, state } = found;
      const inputs = inputsRead(readBackOf(request.type), found.inputs, state);
      return { id, inputs, state, result: { id, inputs, state } };
    });
  }

  update(request: requests.UpdateRequest): requests.UpdateResult {
    const { type, id } = request;
    const handler = this.#handler(type);
    const world = this.#cloud(request.scope);
    const previous = world.find(type, id);
    const sent = { ...request.inputs, ...untouched(handler, request, previous) };
    const inputs = { ...kept(handler, request), ...settle(type, sent, world.scope) };
    if (request.preview) {
      const oldState = request.oldState ?? previous?.state ?? {};
      return { state: previewUpdated(inputs, oldState, previous?.inputs ?? {}, handler, world) };
    }
    return this.#operations.perform("update", { ...request, kind: handler.kind }, () => {
      const context = handler.context?.("update", id) ?? `Error updating ${handler.kind} "${id}"`;
      return during(context, () => {
        if (!previous) throw new GoogleError(404, `Resource '${shortName(id)}' was not found, notFound`);
        const subject: Subject = { type, id, inputs, previous, incarnation: world.incarnation(type, id) };
        handler.admit?.(subject, world);
        const { state, problems } = this.#put(subject, sent, handler, world);
        return { id, inputs: sent, state, problems, result: { state } };
      });
    });
  }

  /** Deletes a resource and what goes with it. What is gone already is no error. */
  delete(request: requests.DeleteRequest): void {
    const { type, id } = request;
    const handler = this.#handler(type);
    const world = this.#cloud(request.scope);
    this.#operations.perform("delete", request, () => {
      const found = world.find(type, id);
      const done = { id, result: undefined };
      if (!found || textAt(found.state, "deletionPolicy") === "ABANDON") return done;
      const context = handler.context?.("delete", id) ?? `Error when reading or editing ${handler.kind}`;
      return during(context, () => {
        handler.mayDelete?.(found, world);
        const time = world.now().toISOString();
        const changes: Change[] = [...(handler.cascade?.(found, world) ?? []), { drop: { type, id, time } }];
        this.#store.apply(changes);
        return { ...done, inputs: found.inputs, state: found.state };
      });
    });
  }

  /** Calls a function of the provider, for example `gcp:organizations/getProject:getProject`. */
  invoke(request: requests.InvokeRequest): Properties {
    const { token } = request;
    return this.#operations.perform("invoke", { type: token }, () => {
      const call = FUNCTIONS.get(token);
      if (!call) throw new GoogleError(501, `the sandbox does not play ${token}, notImplemented`);
      return {
        id: token,
        result: call(request.args, this.#cloud(request.scope), (type, inputs) => this.seed(type, inputs)),
      };
    });
  }

  /** What exists, assumed resources included: all of a type, or everything. */
  list(filter: { type?: string; external?: boolean } = {}): StoredResource[] {
    const all = [...this.#store.all(filter.type)];
    return filter.external === undefined ? all : all.filter((one) => (one.external === true) === filter.external);
  }

  get(type: string, id: string): StoredResource | undefined {
    return this.#store.find(type, id);
  }

  /** Puts something there that existed before; nothing is refused and no fault strikes. */
  seed(type: string, inputs: Properties): StoredResource {
    const handler = this.#handler(type);
    const world = this.#cloud(undefined);
    const settled = settle(type, inputs, world.scope);
    this.#hold(settled);
    const id = handler.identify(settled, world);
    this.#put({ type, id, inputs: settled, incarnation: world.incarnation(type, id) }, inputs, handler, world);
    return this.#store.find(type, id)!;
  }

  /** What was taken to exist. */
  assumed(): StoredResource[] {
    return this.list({ external: true });
  }

  /** Types without a handler that were asked for. */
  unhandled(): string[] {
    return [...this.#unhandled].sort();
  }

  /** Every operation so far, in order. */
  log(): readonly requests.OperationRecord[] {
    return this.#operations.log;
  }

  /** Lets go of the state file. */
  close(): void {
    this.#store.close();
  }

  #put(subject: Subject, inputs: Properties, handler: Handler, world: Cloud) {
    const { type, id, inputs: settled } = subject;
    const computed = handler.compute?.(subject, world) ?? {};
    const state = readBack(readBackOf(type), { ...handler.defaults?.(settled, world), ...settled, ...computed });
    const problems = handler.problems?.(subject, world) ?? [];
    const put = { type, id, inputs: structuredClone(inputs), state: structuredClone(state) };
    this.#store.apply([{ put }, ...(handler.alongside?.(subject, world) ?? [])]);
    return { state, problems };
  }

  #handler(type: string): Handler {
    const handler = HANDLERS.get(type);
    if (handler) return handler;
    if (!this.#unhandled.has(type)) {
      this.#unhandled.add(type);
      this.#options.onEvent?.({ kind: "unhandled", type });
    }
    return storedAsIs(type, RESOURCE_TYPES.get(type)?.outputOnly ?? []);
  }

  #cloud(scope: Scope | undefined): Cloud {
    return new Cloud(
      {
        store: this.#store,
        projects: this.#projects,
        clock: this.#options.clock ?? (() => new Date()),
        missing: this.#options.missing ?? "refuse",
        onAssumed: (resource) => this.#options.onEvent?.({ kind: "assumed", resource }),
      },
      scope ?? this.#scope,
    );
  }

  #hold(properties: Properties): void {
    const project = textAt(plain(properties), "project");
    if (project !== undefined) this.#projects.hold(project);
  }
}

/** Google's name of a resource, as far as it is among its inputs. */
function givenName(type: string, inputs: Properties): string | undefined {
  return textAt(inputs, nameProperty(type, HANDLERS.get(type)) ?? "name");
}

/** Puts the provider's words before Google's. */
function during<T>(context: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof GoogleError ? error.during(context) : error;
  }
}
