/** Somebody for every caller that the access graph knows: its services, and one demo person or account per member. */
import { createHash } from "node:crypto";
import type { Person } from "../data-plane";
import { personBehind } from "./people";

/** One who calls. */
export interface Identity {
  /** As the stack config has it: the key of a service, job or worker pool, or a member. */
  readonly name: string;
  /** Address that its tokens are for; empty for nobody in particular. */
  readonly email: string;
  /** What of Cloud Run it is, by its name there. */
  readonly runs?: { readonly service: string } | { readonly job: string } | { readonly workerPool: string };
  /** What the directory has to know of it. */
  readonly person?: Person;
}

/**
 * The demo person or account that a member of a grant means.
 *
 * @param people those that the stack config declares, one of whom it may mean
 */
export function memberIdentity(member: string, people: readonly Person[] = []): Identity {
  const declared = personBehind(member, people);
  if (declared) return { name: member, email: declared.email, person: declared };
  const [kind = "", rest = ""] = member.split(/:(.*)/s);
  switch (kind) {
    case "group": {
      const [local, domain] = rest.split("@");
      const email = `${local}-member@${domain}`;
      return { name: member, email, person: { email, groups: [rest] } };
    }
    case "domain":
      return known(member, `somebody@${rest}`);
    case "principal":
    case "principalSet": {
      const email = `workforce-${createHash("sha256").update(member).digest("hex").slice(0, 8)}@workforce.example`;
      return { name: member, email, person: { email, principals: [member] } };
    }
    default:
      return known(member, rest);
  }
}

function known(name: string, email: string): Identity {
  return { name, email, person: { email } };
}
