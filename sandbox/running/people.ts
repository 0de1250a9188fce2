/** Who may sign in: the people that the stack config declares for the sandbox. */
import { stableUuid } from "../control-plane/rules/identifiers";
import type { Person } from "../data-plane";
import type { StackConfig } from "../engine";
import { written } from "./written";

interface WrittenPerson {
  readonly name?: string;
  readonly email: string;
  readonly id?: string;
  readonly groups?: readonly string[];
}

/** By key, each known to every workforce pool that the config signs people in to. */
export function declaredPeople(config: StackConfig): Person[] {
  const { people = {} } = written<{ people?: Record<string, WrittenPerson> }>(config, "sandbox");
  const pools = workforcePools(config);
  return Object.entries(people).map(([key, { name = key, email, groups = [], id: own }]) => {
    const id = own ?? (pools.length > 0 ? stableUuid(`person ${email.toLowerCase()}`) : undefined);
    const principals = pools.flatMap((pool) => [
      `principal://iam.googleapis.com/${pool}/subject/${id}`,
      ...groups
        .filter((group) => !group.includes("@"))
        .map((group) => `principalSet://iam.googleapis.com/${pool}/group/${group}`),
    ]);
    return { email, name, groups, ...(id !== undefined && { id }), ...(principals.length > 0 && { principals }) };
  });
}

/** The declared person whom a member of a grant means: that one, or the first of a group. */
export function personBehind(member: string, people: readonly Person[]): Person | undefined {
  const wanted = member.toLowerCase();
  return people.find(({ email, groups = [], principals = [] }) =>
    [`user:${email}`, ...groups.map((group) => `group:${group}`), ...principals].some(
      (one) => one.toLowerCase() === wanted,
    ),
  );
}

/**
 * Somebody who can sign in and whom no grant means: one of the declared, or else somebody of each pool.
 *
 * @param members whom grants mean
 */
export function strangerAmong(people: readonly Person[], members: readonly string[], config: StackConfig): Person {
  const declared = people.find((person) => !members.some((member) => personBehind(member, [person])));
  if (declared) return declared;
  const principals = workforcePools(config).map((pool) => `principal://iam.googleapis.com/${pool}/subject/stranger`);
  return { email: "stranger@elsewhere.example", name: "A stranger", ...(principals.length > 0 && { principals }) };
}

/** `locations/global/workforcePools/POOL` of each pool that people sign in to. */
function workforcePools(config: StackConfig): string[] {
  const { iap } = written<Signing>(config, "loadBalancer");
  const services = Object.values(written<Readonly<Record<string, Signing>>>(config, "services"));
  const pools = [iap, ...services.map((one) => one.iap)].flatMap((one) => one?.workforcePool ?? []);
  return [...new Set(pools.map((pool) => `locations/global/workforcePools/${pool.split("/").at(-1)}`))];
}

interface Signing {
  readonly iap?: { readonly workforcePool?: string };
}
