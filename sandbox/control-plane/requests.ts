import type { Operation } from "./faults";
import type { Scope } from "./handler";
import type { Properties } from "./properties";
import type { StoredResource } from "./state/store";

/** What every request may carry. */
interface Request {
  type: string;
  /** The resource's name in the program; for faults and the log. */
  name?: string;
  /** Project and region of the provider that asks. @default - the last ones configured */
  scope?: Scope;
}

export interface CreateRequest extends Request {
  /** For errors. @default - type and name */
  urn?: string;
  /** As `check` answered them. */
  inputs: Properties;
  /** Only says what would come out; values that Google computes are unknown. */
  preview?: boolean;
}

export interface CreateResult {
  /** Empty in a preview. */
  id: string;
  state: Properties;
}

export interface ReadRequest extends Request {
  /** The id, or one of the forms that an import accepts. */
  id: string;
}

export interface ReadResult {
  id: string;
  inputs: Properties;
  state: Properties;
}

export interface UpdateRequest extends Request {
  id: string;
  inputs: Properties;
  /** What the program knows of the resource; a preview needs it, and so do inputs that a handler `keeps`. */
  oldState?: Properties;
  /** Inputs whose changes the program ignores. */
  ignoreChanges?: readonly string[];
  preview?: boolean;
}

export interface UpdateResult {
  state: Properties;
}

export interface DeleteRequest extends Request {
  id: string;
}

export interface InvokeRequest {
  token: string;
  args: Properties;
  scope?: Scope;
}

/** One operation, as it ended. Operations of a preview are not recorded, as nothing happens in them. */
export interface OperationRecord {
  /** Counts all operations, from 1. */
  sequence: number;
  operation: Operation;
  /** Type token, or the function's token. */
  type: string;
  id?: string;
  name?: string;
  outcome: "done" | "refused" | "partial" | "lost";
  /** Why it did not end well. */
  message?: string;
}

/** What the control plane tells as it works. */
export type ControlPlaneEvent =
  | { kind: "operation"; record: OperationRecord }
  /** The first resource of a type without a handler. */
  | { kind: "unhandled"; type: string }
  /** Something was taken to exist. */
  | { kind: "assumed"; resource: StoredResource };
