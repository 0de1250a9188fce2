/** Who uses the forward proxy: whose process that is, and so from which network its calls come. */
import type { MetadataServer } from "./identity/metadata-server";
import type { Position, Unreachable } from "./network";

/** Whom a proxy is for: a Cloud Run service, job or worker pool by its name, or somebody outside of Cloud Run. */
export type Caller =
  | { readonly service: string }
  | { readonly job: string }
  | { readonly workerPool: string }
  | {
      /** A person's or a service account's address; the latter gets a metadata server. @default nobody in particular */
      readonly email?: string;
      /** The network that it stands in, as a name, path or id. @default the internet */
      readonly network?: string;
      /** That one of Google's own callers in the account's project, such as Cloud Scheduler, calls in its name. @default false */
      readonly byGoogle?: true;
    };

/** What runs on Cloud Run. */
export type Runs = Extract<Caller, { service: string } | { job: string } | { workerPool: string }>;

/** Hosts of the internet that something may reach, `*.example.com` for all below one. */
export interface Egress {
  readonly of: Runs;
  readonly hosts: readonly string[];
}

/** The hosts of one, by its name; none where the list says nothing of it. */
export function egressOf(of: Runs, all: readonly Egress[] = []): NonNullable<Visitor["egress"]> {
  const [[kind, name] = ["", ""]] = Object.entries(of);
  const hosts = all.flatMap((one) => ((one.of as Record<string, string>)[kind] === name ? one.hosts : []));
  return { name, hosts };
}

/** A caller as the proxy and the front end see it. */
export interface Visitor {
  /** Whose process it is. A service's account may change while it runs. */
  name(): string;
  /** From where a call to this host arrives; asked for every request, as routes follow the control plane's state. */
  route(host: string): Position | Unreachable;
  readonly metadata?: MetadataServer;
  /** Its name on Cloud Run, and the hosts of the internet that it may reach; absent for what stands outside of Cloud Run. */
  readonly egress?: { readonly name: string; readonly hosts: readonly string[] };
  /** Address of the person whose browser it is, signed in wherever one has to. */
  readonly person?: string;
}
