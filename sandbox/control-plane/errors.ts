import type { Properties } from "./properties";

/** Something that the control plane cannot do, in words for the person who runs it. Base of all its errors. */
export class ControlPlaneError extends Error {
  override name = "ControlPlaneError";
}

/** A refusal by Google's API, worded as the Go client words it: `googleapi: Error CODE: MESSAGE`. */
export class GoogleError extends ControlPlaneError {
  override name = "GoogleError";
  constructor(
    readonly code: number,
    readonly detail: string,
    context?: string,
  ) {
    super(`${context === undefined ? "" : `${context}: `}googleapi: Error ${code}: ${detail}`);
  }

  /** The same refusal after the provider's words about what it was doing, for example `Error creating Service`. */
  during(context: string): GoogleError {
    return new GoogleError(this.code, this.detail, context);
  }
}

/** A refusal by the provider itself, before Google is asked: deletion protection, a project that is not set. */
export class ProviderError extends ControlPlaneError {
  override name = "ProviderError";
}

/** The operation took effect and then failed: what exists now is in `id`, `inputs` and `state`. */
export class PartialStateError extends ControlPlaneError {
  override name = "PartialStateError";
  constructor(
    message: string,
    readonly id: string,
    readonly inputs: Properties,
    readonly state: Properties,
    readonly reasons: readonly string[],
  ) {
    super(message);
  }
}

/** The operation took effect and the answer never arrived, as when a connection breaks. */
export class LostAnswerError extends ControlPlaneError {
  override name = "LostAnswerError";
}

/**
 * The operation took effect, the provider did not find the outcome, and so it is in no state. The words are those of
 * Pulumi's bridge, which ends with the resource's URN.
 */
export class LostResourceError extends ControlPlaneError {
  override name = "LostResourceError";
  constructor(what: string) {
    super(`expected non-nil error with nil state during Create of ${what}`);
  }
}
