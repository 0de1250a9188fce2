/** A way to a service: somebody's identity, and how a request in its name gets there. */
import type { Dispatcher } from "undici";
import { callerPath, type DeployedMesh } from "../../mesh";
import type { Decision } from "../../sandbox/data-plane";
import type { Invoker } from "../../sandbox/running";
import { explainRefusal, isCaller } from "./refusal";

export interface Way {
  /** Where the service runs, in words. */
  readonly place: string;
  /** The service's key in the stack config. */
  readonly service: string;
  /** The service's URL, which is the audience of a service account's token. */
  readonly url: string;
  /** Path at the load balancer that leads to the service, where the caller comes through that: signed in, without a token. */
  readonly route?: string;
  /** Who calls: a key of a service, a member or an e-mail address. */
  readonly as: string;
  /** E-mail address of the account whose token the caller has minted and shows; absent where the token is the caller's own. */
  readonly via?: string;
  readonly token: string;
  readonly invokers: readonly Invoker[];
  /** The stack as it was deployed, which says what would permit a call. */
  declared(): Promise<DeployedMesh>;
  /** Tells why a request ended as it did; absent on Google Cloud, which tells nobody. */
  readonly decisions?: Decisions;
  /** @default undici's own */
  readonly dispatcher?: Dispatcher;
  close(): Promise<void>;
}

/** Where the decisions of the front end can be read. */
export interface Decisions {
  /** The header by which a request is found. */
  readonly traceparent: string;
  /** What became of the latest request with that header; absent where there was none. */
  latest(): Promise<Decision | undefined>;
}

/** What the invokers say of somebody's call, before it is made; absent where they permit it or cannot tell. */
export async function missingGrant(way: Way, today: string): Promise<string | undefined> {
  const { as, invokers } = way;
  const own = invokers.find(({ caller }) => isCaller(caller, as));
  if (own && (own.until === undefined || own.until >= today)) return undefined;
  const mesh = await way.declared();
  // Whether a person is in a group or a domain only Google knows.
  const cannotTell =
    callerPath(as, mesh) === undefined && invokers.some(({ caller }) => /^(group|domain|principal)/.test(caller));
  return own === undefined && cannotTell ? undefined : explainRefusal(403, way, mesh, today);
}

/** Who calls, and as whom where that is not the same, for people. */
export function callerOf({ as, via }: Pick<Way, "as" | "via">): string {
  return via === undefined ? as : `${as} as ${via}`;
}

export function unknownService(service: string, stack: string, keys: readonly string[]): never {
  throw new Error(`no service "${service}" in the stack "${stack}"; there are: ${keys.join(", ")}`);
}
