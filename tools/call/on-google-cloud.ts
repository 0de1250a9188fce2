/** Finds the way to a service of a stack on Google Cloud. */
import { callerName } from "../../mesh";
import { type Credentials, defaultCredentials } from "../../verify/deployed/credentials";
import { readStack, type StackCli } from "../../verify/deployed/stack";
import { unknownService, type Way } from "./way";

export interface DeployedWayOptions {
  readonly stack: string;
  /** Key of a service, or e-mail address of a service account, to impersonate. @default one's own credentials */
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
      `--as ${account}: neither a service of the stack "${name}" (${keys.join(", ")}) nor an e-mail address`,
    );
  }
  const identity = await credentialsOf(account).identity();
  return {
    place: `the stack "${name}" on Google Cloud`,
    service,
    url,
    as: account === as ? identity.member : (as ?? identity.member),
    token: await identity.idToken(url),
    invokers: graph.edges
      .filter(({ to }) => to === service)
      .map(({ from, until }) => ({
        caller: callerName(from),
        ...(until !== undefined && { until }),
      })),
    services: keys,
    close: async () => {},
  };
}
