import { GoogleError, LostAnswerError, LostResourceError, PartialStateError } from "./errors";
import { type Fault, Faults, type Operation } from "./faults";
import type { Properties } from "./properties";
import type { ControlPlaneEvent, OperationRecord } from "./requests";
import { shortName } from "./rules/identifiers";

/** The outcome of an operation that took effect. */
export interface Effect<T> {
  result: T;
  id: string;
  inputs?: Properties;
  state?: Properties;
  /** Why what exists now does not work. */
  problems?: string[];
}

/** What an operation is about, for faults and for the log. */
export interface About {
  type: string;
  /** The name in the program. */
  name?: string;
  id?: string;
  /** Google's name, as far as it is among the inputs. */
  googleName?: string;
  /** The provider's word for the type. */
  kind?: string;
}

/** Runs operations one after the other: plays faults on them and writes down how each ended. */
export class Operations {
  readonly log: OperationRecord[] = [];
  readonly #faults: Faults;
  readonly #onEvent: ((event: ControlPlaneEvent) => void) | undefined;

  constructor(faults: readonly Fault[] | undefined, onEvent: ((event: ControlPlaneEvent) => void) | undefined) {
    this.#faults = new Faults(faults);
    this.#onEvent = onEvent;
  }

  perform<T>(operation: Operation, about: About, effect: () => Effect<T>): T {
    const { type, name, id, googleName } = about;
    const fault = this.#faults.strike(operation, type, [name, id, id && shortName(id), googleName]);
    let reached = id;
    try {
      if (fault?.kind === "refused") throw new GoogleError(503, "The service is currently unavailable., backendError");
      const done = effect();
      reached = done.id === "" ? id : done.id;
      if (fault?.kind === "lost") throw new LostAnswerError("error reading from server: EOF");
      const problems = fault ? ["googleapi: Error 500: Internal error encountered., backendError"] : done.problems;
      if (problems?.length) throw incomplete(operation, about.kind ?? type, done, problems);
      this.#record(operation, about, reached, "done");
      return done.result;
    } catch (error) {
      this.#record(operation, about, reached, outcomeOf(error), (error as Error).message);
      throw error;
    }
  }

  #record(
    operation: Operation,
    { type, name }: About,
    id: string | undefined,
    outcome: OperationRecord["outcome"],
    message?: string,
  ): void {
    const record: OperationRecord = { sequence: this.log.length + 1, operation, type, outcome };
    if (id !== undefined) record.id = id;
    if (name !== undefined) record.name = name;
    if (message !== undefined) record.message = message;
    this.log.push(record);
    this.#onEvent?.({ kind: "operation", record });
  }
}

function outcomeOf(error: unknown): OperationRecord["outcome"] {
  if (error instanceof PartialStateError) return "partial";
  return error instanceof LostAnswerError || error instanceof LostResourceError ? "lost" : "refused";
}

function incomplete<T>(operation: Operation, kind: string, done: Effect<T>, problems: string[]): PartialStateError {
  const verb = operation === "update" ? "update" : "create";
  const reasons = problems.map((problem) => `Error waiting to ${verb} ${kind}: ${problem}`);
  return new PartialStateError(reasons.join("; "), done.id, done.inputs ?? {}, done.state ?? {}, reasons);
}
