/** The access graph that a stack's resources show: who runs as whom, who may invoke what, who is told which URL. */

import { publicPrincipal } from "../facts/principals";
import { can, isKnownRole } from "../facts/roles";
import { accountAddress, bareAccount, defaultAccount } from "../facts/service-accounts";
import { ACCOUNT, FUNCTION_V2, INHERITED_GRANTS, SERVICE, SERVICE_V1, WORKLOAD_GRANTS } from "../facts/tokens";
import type { StackResource } from "../rule";
import { type Grant, grantsOf } from "./grants";
import { type Reading, read } from "./read";
import { variables, WORKLOADS } from "./workloads";

/** A service account: its address, or the URN of the resource that makes it while the address is unknown. */
export type AccountId = string;

export interface Workload {
  readonly resource: StackResource;
  /** Name in Google Cloud. Undefined while unknown. */
  readonly name: string | undefined;
  readonly location: string | undefined;
  /** Undefined where none is named or it cannot be told. */
  readonly account: AccountId | undefined;
}

/** One member of a grant, resolved as far as the stack tells. */
export interface Access {
  readonly resource: StackResource;
  readonly grant: Grant;
  /** Undefined where it is no single service account, or unknown. */
  readonly account: AccountId | undefined;
  /** Whether it may stand for accounts that are not named: a group, a pool, anything unknown. */
  readonly others: boolean;
  /** False for a role that is known not to invoke. */
  readonly invokes: boolean;
}

export interface Stack {
  readonly workloads: readonly Workload[];
  readonly grants: readonly StackResource[];
  /** By the name of the workload that they are on. */
  readonly accessTo: (callee: Workload) => readonly Access[];
  /** Everybody who may invoke all workloads by a grant above them. */
  readonly inherited: { readonly accounts: ReadonlySet<AccountId>; readonly others: boolean };
  /** Whether a grant exists whose target cannot be told. */
  readonly untold: boolean;
}

const graphs = new WeakMap<readonly StackResource[], Stack>();

export function stackOf(resources: readonly StackResource[]): Stack {
  const known = graphs.get(resources) ?? build(resources);
  graphs.set(resources, known);
  return known;
}

function build(resources: readonly StackResource[]): Stack {
  const accounts = new Map(
    resources.filter(({ type }) => type === ACCOUNT).map((resource) => [resource.urn, addressOf(resource)]),
  );
  const idOf = (urn: string): AccountId => accounts.get(urn) ?? urn;
  const fromSources = (resource: StackResource, property: string): AccountId | undefined => {
    const made = (resource.sources?.[property] ?? []).filter((urn) => accounts.has(urn));
    return made.length === 1 && made[0] !== undefined ? idOf(made[0]) : undefined;
  };

  const workloads = resources
    .filter(({ type }) => WORKLOADS.has(type))
    .map((resource): Workload => {
      const keys = WORKLOADS.get(resource.type)?.identities[0]?.keys ?? [];
      const named = read(resource.props, ...keys);
      return {
        resource,
        name: lastPart(textOf(read(resource.props, "name"))),
        location: textOf(read(resource.props, "location")) ?? textOf(read(resource.props, "region")),
        account: named.state === "unknown" ? fromSources(resource, keys[0] ?? "") : accountIn(textOf(named) ?? ""),
      };
    });

  const accessOf = (resource: StackResource): Access[] =>
    grantsOf(resource.props).grants.map((grant) => {
      const member = "value" in grant.member ? grant.member.value : undefined;
      const property = grant.path.startsWith("members") ? "members" : "member";
      const account =
        member === undefined
          ? fromSources(resource, property)
          : /^\s*serviceaccount:/i.test(member)
            ? accountIn(member)
            : undefined;
      const role = "value" in grant.role ? grant.role.value : undefined;
      const invokes = role === undefined || can(role, "invoke") || !isKnownRole(role);
      const person = member !== undefined && /^\s*user:/i.test(member);
      return { resource, grant, account, others: account === undefined && !person, invokes };
    });

  const byTarget = new Map<string, Access[]>();
  let untold = false;
  for (const resource of resources.filter(({ type }) => WORKLOAD_GRANT.has(type))) {
    const targets = targetKeys(resource);
    untold ||= targets.length === 0;
    for (const key of targets) byTarget.set(key, [...(byTarget.get(key) ?? []), ...accessOf(resource)]);
  }
  const above = resources
    .filter(({ type }) => INHERITED.has(type))
    .flatMap(accessOf)
    .filter(({ invokes }) => invokes);

  return {
    workloads,
    grants: resources.filter(({ type }) => WORKLOAD_GRANT.has(type)),
    accessTo: ({ resource, name }) => [
      ...new Set([...(byTarget.get(resource.urn) ?? []), ...((name && byTarget.get(name)) || [])]),
    ],
    inherited: {
      accounts: new Set(above.flatMap(({ account }) => account ?? [])),
      others: above.some(({ others }) => others),
    },
    untold,
  };
}

const WORKLOAD_GRANT: ReadonlySet<string> = new Set(WORKLOAD_GRANTS);
const INHERITED: ReadonlySet<string> = new Set(INHERITED_GRANTS);

/** The name of the workload that a grant is on, and the resource that the name came from. */
function targetKeys(grant: StackResource): string[] {
  const property = ["name", "service", "cloudFunction"].find((key) => read(grant.props, key).state !== "absent");
  if (property === undefined) return [];
  const name = lastPart(textOf(read(grant.props, property)));
  return name === undefined ? [...(grant.sources?.[property] ?? [])] : [name];
}

/** The address of an account. Google makes it of the id and the project, so that a preview may know it. */
function addressOf({ props }: StackResource): AccountId | undefined {
  const email = textOf(read(props, "email"));
  const [id, project] = [textOf(read(props, "accountId")), textOf(read(props, "project"))];
  return email?.toLowerCase() ?? (id && project && accountAddress(id, project));
}

/** Default accounts are nobody's in particular; another rule refuses them. */
const accountIn = (reference: string): AccountId | undefined =>
  defaultAccount(reference) === undefined ? bareAccount(reference) || undefined : undefined;

export function textOf(reading: Reading): string | undefined {
  return reading.state === "known" && typeof reading.value === "string" ? reading.value : undefined;
}

function lastPart(name: string | undefined): string | undefined {
  return name?.slice(name.lastIndexOf("/") + 1) || undefined;
}

export type Answer = "yes" | "no" | "maybe";

/** Whether a workload's account may invoke another, as far as the stack's own grants tell. */
export function mayInvoke(stack: Stack, caller: Workload, callee: Workload): Answer {
  const { account } = caller;
  if (account === undefined) return "maybe";
  const granted = stack.accessTo(callee).filter(({ invokes }) => invokes);
  if (granted.some((access) => access.account === account) || stack.inherited.accounts.has(account)) return "yes";
  return stack.untold || stack.inherited.others || granted.some(({ others }) => others) ? "maybe" : "no";
}

/** Whether anybody at all may invoke it. */
export function isPublic(stack: Stack, callee: Workload): boolean {
  return stack.accessTo(callee).some(({ invokes, grant: { member } }) => {
    return invokes && "value" in member && publicPrincipal(member.value) !== undefined;
  });
}

export interface Told {
  /** All variables whose text is known. */
  readonly variables: readonly { readonly path: string; readonly name: string | undefined; readonly text: string }[];
  /** Whether one is not known. */
  readonly unseen: boolean;
}

const told = new WeakMap<Workload, Told>();

export function toldTo(workload: Workload): Told {
  const known = told.get(workload) ?? readVariables(workload);
  told.set(workload, known);
  return known;
}

function readVariables({ resource }: Workload): Told {
  const known: Told["variables"][number][] = [];
  let unseen = false;
  for (const { path, name, value } of variables(resource.props, resource.type)) {
    if (value.state === "unknown") unseen = true;
    const text = textOf(value);
    if (text !== undefined) known.push({ path, name: textOf(name), text });
  }
  return { variables: known, unseen };
}

/** Hosts under which a workload answers: its outputs, and the deterministic URL, whose project number is any. */
export function hostsOf(callee: Workload): { readonly exact: readonly string[]; readonly deterministic?: string } {
  const { resource, name, location } = callee;
  const outputs = OUTPUT_URLS.get(resource.type) ?? [];
  const urls = outputs.flatMap((keys) => textOf(read(resource.props, ...keys)) ?? []);
  const exact = urls.flatMap((url) => /^https:\/\/([^/:\s]+)/i.exec(url)?.[1]?.toLowerCase() ?? []);
  return { exact, ...(name && location && RUNS_ON_RUN.has(resource.type) && { deterministic: `${name}/${location}` }) };
}

const RUNS_ON_RUN: ReadonlySet<string> = new Set([SERVICE, SERVICE_V1, FUNCTION_V2]);
const OUTPUT_URLS: ReadonlyMap<string, readonly (readonly (string | number)[])[]> = new Map([
  [SERVICE, [["uri"], ["urls", 0], ["urls", 1]]],
  [SERVICE_V1, [["statuses", 0, "url"]]],
  [FUNCTION_V2, [["serviceConfig", "uri"]]],
]);

const finders = new WeakMap<Stack, (text: string) => readonly Workload[]>();

/** The workloads of the stack whose URL stands in a text. */
export function calleesIn(stack: Stack, text: string): readonly Workload[] {
  const find = finders.get(stack) ?? finderOf(stack);
  finders.set(stack, find);
  return find(text);
}

const called = new WeakMap<Workload, ReadonlySet<Workload>>();

/** The workloads of the stack, other than itself, whose URL stands in its variables. */
export function calleesOf(stack: Stack, caller: Workload): ReadonlySet<Workload> {
  const known = called.get(caller);
  if (known !== undefined) return known;
  const callees = new Set(toldTo(caller).variables.flatMap(({ text }) => calleesIn(stack, text)));
  callees.delete(caller);
  called.set(caller, callees);
  return callees;
}

function finderOf(stack: Stack): (text: string) => readonly Workload[] {
  const byHost = new Map<string, Workload>();
  for (const workload of stack.workloads) {
    const { exact, deterministic } = hostsOf(workload);
    for (const host of exact) byHost.set(host, workload);
    if (deterministic !== undefined) byHost.set(deterministic, workload);
  }
  return (text) =>
    [...text.matchAll(/https:\/\/([a-z0-9.-]+\.run\.app)\b/gi)].flatMap(([, found = ""]) => {
      const host = found.toLowerCase();
      // https://docs.cloud.google.com/run/docs/triggering/https-request#deterministic
      const [, name, location] = /^([a-z0-9-]+)-\d+\.([a-z0-9-]+)\.run\.app$/.exec(host) ?? [];
      return byHost.get(host) ?? byHost.get(`${name}/${location}`) ?? [];
    });
}
