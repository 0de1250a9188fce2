import type { EngineResult, Operation, Progress } from "./result";

/** A Pulumi program as the root `index.ts` exports it; what it returns are the stack's outputs. */
export type Program = () => Promise<Record<string, unknown>>;

/** Pulumi stack config: full key (`gcp:project`) to value; objects are JSON text, as the engine hands them over. */
export type StackConfig = Readonly<Record<string, string>>;

/** A resource that a program declares, as an engine sees it before it is made. */
export interface DeclaredResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface OperationOptions {
  /** Told of steps, findings and diagnostics as they happen. */
  readonly onEvent?: (progress: Progress) => void;
  /** Stops the operation in good order when aborted. */
  readonly signal?: AbortSignal;
}

/** What the real engine and the embedded one have in common. */
export interface Engine {
  readonly kind: "pulumi" | "embedded";
  /** One line for people: which engine this is and what it cannot do. */
  readonly description: string;
  /** The operations that this engine knows; asking for another is answered with `ok: false`. */
  readonly operations: readonly Operation[];
  run(operation: Operation, options?: OperationOptions): Promise<EngineResult>;
  /** Outputs of the last update. */
  outputs(): Promise<Record<string, unknown>>;
  /** The stack's state: Pulumi's deployment document, or the embedded engine's resources. */
  export(): Promise<unknown>;
}
