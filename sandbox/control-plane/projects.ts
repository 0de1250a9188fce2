import { createHash } from "node:crypto";

/** A Google Cloud project: its id and its number. */
export interface Project {
  id: string;
  number: string;
  /** The number of the organization that it is in; empty where it is in none. @default - one of all other projects */
  organization?: string;
}

/** The organization of projects of which nobody said another. */
const ORGANIZATION = "433637338589";

/** Twelve digits derived from the id, so that a project that nobody described has the same URLs on every machine. */
export function derivedProjectNumber(projectId: string): string {
  const digits = BigInt(`0x${createHash("sha256").update(`project ${projectId}`).digest("hex").slice(0, 16)}`);
  return String(100_000_000_000n + (digits % 900_000_000_000n));
}

/** The projects that the control plane plays, by id and by number. */
export class Projects {
  readonly #numbers = new Map<string, string>();
  readonly #ids = new Map<string, string>();
  readonly #organizations = new Map<string, string>();

  constructor(known: readonly Project[] = []) {
    for (const { id, number, organization } of known) {
      this.#learn(id, number);
      if (organization !== undefined) this.#organizations.set(id, organization);
    }
  }

  /** Takes note of a project in which something exists. */
  hold(id: string): void {
    if (!this.#numbers.has(id)) this.#learn(id, derivedProjectNumber(id));
  }

  /** True for a project of which the control plane knows every account: one that was described or used. */
  holds(id: string): boolean {
    return this.#numbers.has(id);
  }

  number(id: string): string {
    return this.#numbers.get(id) ?? derivedProjectNumber(id);
  }

  /** The id for an id or a number: Google takes both in resource names. */
  id(idOrNumber: string): string {
    return this.#ids.get(idOrNumber) ?? idOrNumber;
  }

  /** The number of the organization that a project is in; empty where it is in none. */
  organization(id: string): string {
    return this.#organizations.get(id) ?? ORGANIZATION;
  }

  #learn(id: string, number: string): void {
    this.#numbers.set(id, number);
    this.#ids.set(number, id);
  }
}
