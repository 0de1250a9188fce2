/** Finds the way to a service of a stack on Google Cloud. */
import { type AccessGraph, callerName } from "../../mesh";
import type { Invoker } from "../../sandbox/running";
import { type Credentials, defaultCredentials } from "../../verify/deployed/credentials";
import { readStack, type StackCli } from "../../verify/deployed/stack";
import { unknownService, type Way } from "./way";

export interface DeployedWayOptions {
  readonly stack: string;
  /** Key of what calls, or e-mail address of a service account, to impersonate. @default one's own credentials */
  readonly as?: string | undefined;
  readonly cli: StackCli | undefined;
  readonly today: string;
  /** Credentials that impersonate an account, or not. @default Application Default Credentials */
  readonly credentialsOf?: (impersonate: string | undefined) => Credentials;
}

/** @throws Error for people: no such stack, service or account; no credentials */
export async function wayOnGoogleCloud(service: string, options: DeployedWayOptions): Promise<Way> {
  const { as, cli, today, credentialsOf = defaultCredentials } = options;
  const { name, urls, serviceAccounts, graph } = await readStack(options.stack, cli, today);
  const keys = Object.keys(urls);
  const url = urls[service] ?? unknownService(service, name, keys);
  const account = as !== undefined && Object.hasOwn(serviceAccounts, as) ? serviceAccounts[as] : as;
  if (account !== undefined && !account.includes("@")) {
    throw new Error(
      `--as ${account}: neither a caller of the stack "${name}" (${Object.keys(serviceAccounts).join(", ")}) nor an e-mail address`,
    );
  }
  const identity = await credentialsOf(account).identity();
  const via = account === undefined ? accountFor(identity.member, service, graph) : undefined;
  const shown = via === undefined ? identity : await credentialsOf(via).identity();
  return {
    place: `the stack "${name}" on Google Cloud`,
    service,
    url,
    as: account === as ? identity.member : (as ?? identity.member),
    ...(via && { via }),
    token: await shown.idToken(url),
    invokers: invokersOf(service, graph),
    declared: async () => ({ graph, serviceAccounts }),
    close: async () => {},
  };
}

/** Who may call, and who may mint tokens of those who may. */
function invokersOf(service: string, { edges, impersonations }: AccessGraph): Invoker[] {
  const dated = (until: string | undefined) => (until === undefined ? {} : { until });
  return edges
    .filter(({ to }) => to === service)
    .flatMap(({ from, until, endsAtDeployment }) => {
      const caller = callerName(from);
      const minting = impersonations.filter(({ account }) => caller === `serviceAccount:${account}`);
      return [
        ...minting.map((one) => ({ caller: one.member, ...dated(one.until), via: one.account })),
        { caller, ...dated(endsAtDeployment ? undefined : until) },
      ];
    });
}

/**
 * The account as which somebody calls: the one that they may mint tokens of by name; else, where no grant is theirs by
 * name, that of the first group or principal, which may be them.
 */
function accountFor(member: string, service: string, graph: AccessGraph): string | undefined {
  const invokers = invokersOf(service, graph);
  const own = invokers.find(({ caller }) => caller.toLowerCase() === member.toLowerCase());
  if (own || !member.startsWith("user:")) return own?.via;
  const many = invokers.filter(({ caller }) => /^(group:|principal)/.test(caller));
  return many.every(({ via }) => via !== undefined) ? many[0]?.via : undefined;
}
