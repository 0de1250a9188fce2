/** Why the sandbox refused to start; closed, so that callers can switch on it. */
export type EngineErrorCode =
  | "real-credentials"
  | "state-folder"
  | "stack-config"
  | "no-cli"
  | "not-started"
  | "in-use";

/** An error for people: says what, what was found and how to go on. Shown without its stack. */
export class EngineError extends Error {
  override readonly name = "EngineError";

  constructor(
    readonly code: EngineErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** The message of anything thrown, without a stack trace. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
