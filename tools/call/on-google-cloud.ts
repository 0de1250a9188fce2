/** Finds the way to a service of a stack on Google Cloud. */
import { isSameMember } from "../../google/members";
import { type AccessGraph, callerName } from "../../mesh";
import type { Invoker } from "../../sandbox/running";
import { type Credentials, defaultCredentials } from "../../verify/deployed/credentials";
import { readStack, type StackCli } from "../../verify/deployed/stack";
import { unknownService, type Way } from "./way";

export interface DeployedWayOptions {
  readonly stack: string;
  /**
   * Key of what calls, or a service account, to impersonate; whoever is signed in may be named too.
   *
   * @default one's own credentials
   */
  readonly as?: string | undefined;
  readonly cli: StackCli | undefined;
  readonly today: string;
  /** Credentials that impersonate an account, or not. @default Application Default Credentials */
  readonly credentialsOf?: (impersonate: string | undefined) => Credentials;
}

/** @throws Error for people: no such stack, service or account; a person or group that is not signed in; no credentials */
export async function wayOnGoogleCloud(service: string, options: DeployedWayOptions): Promise<Way> {
  const { as, cli, today, credentialsOf = defaultCredentials } = options;
  const { name, urls, serviceAccounts, graph } = await readStack(options.stack, cli, today);
  const keys = Object.keys(urls);
  const url = urls[service] ?? unknownService(service, name, keys);
  const isKey = as !== undefined && Object.hasOwn(serviceAccounts, as);
  if (as !== undefined && !isKey && !/[:@]/.test(as)) {
    throw new Error(
      `--as ${as}: neither a caller of the stack "${name}" (${Object.keys(serviceAccounts).join(", ")}) nor an e-mail address`,
    );
  }
  const account = isKey ? serviceAccounts[as] : accountIn(as);
  const identity = await credentialsOf(account).identity();
  if (as !== undefined && account === undefined && !isSameMember(as.replace(/^(user:)?/, "user:"), identity.member)) {
    throw new Error(
      `--as ${as}: tokens are minted of service accounts alone, and ${identity.member} is signed in; name an account, or leave --as out`,
    );
  }
  const via = account === undefined ? accountFor(identity.member, service, graph) : undefined;
  const shown = via === undefined ? identity : await credentialsOf(via).identity();
  return {
    place: `the stack "${name}" on Google Cloud`,
    service,
    url,
    as: isKey ? as : identity.member,
    ...(via && { via }),
    token: await shown.idToken(url),
    invokers: invokersOf(service, graph),
    declared: async () => ({ graph, serviceAccounts }),
    close: async () => {},
  };
}

/** The address of a service account, written alone or as a member; nothing of anybody else's. */
function accountIn(as = ""): string | undefined {
  return /^(?:serviceAccount:)?([^:]+@[^:]+\.gserviceaccount\.com)$/i.exec(as)?.[1];
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
  const own = invokers.find(({ caller }) => isSameMember(caller, member));
  if (own || !member.startsWith("user:")) return own?.via;
  const many = invokers.filter(({ caller }) => /^(group:|principal)/.test(caller));
  return many.every(({ via }) => via !== undefined) ? many[0]?.via : undefined;
}
