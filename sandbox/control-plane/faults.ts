/** The operations of the control plane. */
export type Operation = "create" | "read" | "update" | "delete" | "check" | "diff" | "invoke";

/** A failure to be played. Operations of a preview do not count: nothing happens in them. */
export interface Fault {
  operation: Operation;
  /** Type token, or the function's token for `invoke`. @default - every type */
  type?: string;
  /** Google's name, the id, or the name in the program. @default - every resource */
  name?: string;
  /** Fails only the n-th operation that matches the above, counted from 1. @default - all of them */
  nth?: number;
  /**
   * `refused`: no effect, an error. `partial`: took effect, then an error that carries the state. `lost`: took effect,
   * and the answer never arrives.
   */
  kind: "refused" | "partial" | "lost";
}

/** Counts operations and says which of them fail. */
export class Faults {
  readonly #faults: { fault: Fault; seen: number }[];

  constructor(faults: readonly Fault[] = []) {
    this.#faults = faults.map((fault) => ({ fault, seen: 0 }));
  }

  /** The failure of this operation, if one is to be played. Every call counts as one operation. */
  strike(operation: Operation, type: string, names: readonly (string | undefined)[]): Fault | undefined {
    let struck: Fault | undefined;
    for (const entry of this.#faults) {
      const { fault } = entry;
      if (fault.operation !== operation || (fault.type !== undefined && fault.type !== type)) continue;
      if (fault.name !== undefined && !names.includes(fault.name)) continue;
      entry.seen += 1;
      if (fault.nth === undefined || fault.nth === entry.seen) struck ??= fault;
    }
    return struck;
  }
}
