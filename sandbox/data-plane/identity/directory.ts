/** Who is who: from an e-mail address to a token's claims, and from a token's claims to the members of IAM it answers to. */
import { projectOfEmail } from "../../../google/accounts";
import { normalizedMember } from "../../../google/members";
import type { ControlPlane, StoredResource } from "../../control-plane";
import { ACCOUNT, accountPath } from "../../control-plane/handlers/service-account";
import { textAt } from "../../control-plane/properties";
import { stableDigits } from "../../control-plane/rules/identifiers";
import { workforceIdentity, workforceMembers } from "./workforce";

/** Somebody whose groups the sandbox cannot know: a person, or a service account that is in groups. */
export interface Person {
  readonly email: string;
  /** For people to read. @default - what the address says */
  readonly name?: string;
  /** Object id in the company's directory (Entra ID), by which somebody signs in to workforce pools. @default - derived */
  readonly id?: string;
  /** The groups that it is in, directly or through others: Google's by their addresses, Entra's by their object ids. */
  readonly groups?: readonly string[];
  /** Further members that it answers to: `principal://…` and `principalSet://…`. */
  readonly principals?: readonly string[];
}

/** What a token says of whom it is for. */
export interface Subject {
  readonly email: string;
  /** A person's account number or a service account's unique id. */
  readonly sub: string;
}

/** The one behind a token, as IAM sees it. */
export interface Principal {
  readonly name: string;
  /** Members of grants that mean this one, in the form of `normalizedMember`. */
  readonly members: ReadonlySet<string>;
  /** Why no grant can mean this one, although its token is good. */
  readonly unknown?: string;
}

const SERVICE_ACCOUNT = /@(?:[^@]+\.)?gserviceaccount\.com$/;

export class Directory {
  readonly #people: ReadonlyMap<string, Person>;

  constructor(
    private readonly controlPlane: ControlPlane,
    people: readonly Person[] = [],
  ) {
    this.#people = new Map(people.map((person) => [person.email.toLowerCase(), person]));
  }

  subjectOf(email: string): Subject {
    const account = this.account(email);
    return { email, sub: textAt(account?.state, "uniqueId") ?? derivedSub(email) };
  }

  /** Whether an address is a service account's, of whatever project. */
  isServiceAccount(email: string): boolean {
    return SERVICE_ACCOUNT.test(email);
  }

  /** The address for a service account's address or unique id. */
  accountNamed(name: string): string {
    return name.includes("@") ? name : (this.#emailOf(name) ?? name);
  }

  /** What was told of somebody's groups and principals. */
  person(email: string): Person | undefined {
    return this.#people.get(email.toLowerCase());
  }

  /** The service account with this address, if the control plane has it. */
  account(email: string): StoredResource | undefined {
    const project = projectOfEmail(email);
    return project === undefined ? undefined : this.controlPlane.get(ACCOUNT, accountPath(email, project));
  }

  /** True for an account of the control plane's projects that is not there, or that is switched off. */
  isGone(email: string): boolean {
    const account = this.account(email);
    if (account) return account.state["disabled"] === true;
    const project = projectOfEmail(email);
    return project !== undefined && this.#hasAccountsOf(project);
  }

  /**
   * Whom a token's claims mean. The subject counts and not the address: an account that was deleted and made again is
   * somebody else. Source: https://cloud.google.com/iam/docs/service-accounts-delete-undelete
   */
  identify(claims: { readonly sub?: unknown; readonly email?: unknown }): Principal {
    const sub = String(claims.sub);
    const email = typeof claims.email === "string" ? claims.email : this.#emailOf(sub);
    if (email === undefined)
      return { name: `sub ${sub}`, members: new Set(), unknown: `nobody has the subject ${sub}` };
    if (this.isGone(email)) {
      return { name: email, members: new Set(), unknown: `the account ${email} is deleted or disabled` };
    }
    if (this.subjectOf(email).sub !== sub) {
      return { name: email, members: new Set(), unknown: `${email} is another account than the token's (sub ${sub})` };
    }
    const person = this.#people.get(email.toLowerCase());
    const groups = (person?.groups ?? []).map((group) => `group:${group}`);
    const own = this.#ownMembers(email, person);
    return {
      name: email,
      members: new Set([...own, ...groups, ...(person?.principals ?? [])].map(normalizedMember)),
    };
  }

  #ownMembers(email: string, person: Person | undefined): string[] {
    if (this.isServiceAccount(email)) return [`serviceAccount:${email}`];
    const workforce = workforceIdentity(person);
    return workforce ? workforceMembers(workforce) : [`user:${email}`, `domain:${email.split("@")[1]}`];
  }

  #hasAccountsOf(project: string): boolean {
    return this.controlPlane.list({ external: false }).some(({ id }) => id.startsWith(`projects/${project}/`));
  }

  #emailOf(sub: string): string | undefined {
    const account = this.controlPlane.list({ type: ACCOUNT }).find(({ state }) => state["uniqueId"] === sub);
    if (account) return textAt(account.state, "email");
    return [...this.#people.values()].find(({ email }) => derivedSub(email) === sub)?.email;
  }
}

/** Account numbers have 21 digits. */
function derivedSub(email: string): string {
  return `1${stableDigits(`account ${email.toLowerCase()}`, 20)}`;
}
