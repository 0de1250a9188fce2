import { type Clock, Deadline, type IapIdentity, ServiceError } from "../../runtime/index";
import { type Directory, unavailable } from "./directory";

export interface GraphOptions {
  /** `GRAPH_TENANT`: id or domain of the Entra tenant. */
  readonly tenant: string;
  /** `GRAPH_CLIENT_ID`: an app registration with the application permission `GroupMember.Read.All`. */
  readonly clientId: string;
  /** `GRAPH_CLIENT_SECRET` */
  readonly clientSecret: string;
  /** `WORKFORCE_POOL`: people of any other pool, and of Google, are not this tenant's. */
  readonly workforcePool: string;
}

export interface GraphWorld {
  readonly clock: Clock;
  /** @default Microsoft's */
  readonly graphUrl?: string;
  /** @default Microsoft's */
  readonly loginUrl?: string;
}

/** For everything that one question takes. */
const LIMIT_MS = 10_000;
/** A token is fetched anew this long before its end. */
const MARGIN_MS = 5 * 60_000;
/** 999 groups each. */
const MOST_PAGES = 20;

const OBJECT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Microsoft Graph: all groups of a person, also by way of other groups. The pool maps `google.subject=assertion.oid`, so
 * the last segment of a principal is the person's object id.
 *
 * Source: https://learn.microsoft.com/graph/api/user-list-transitivememberof,
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export function graphDirectory(options: GraphOptions, world: GraphWorld): Directory {
  const { clock, graphUrl = "https://graph.microsoft.com", loginUrl = "https://login.microsoftonline.com" } = world;
  const tokens = applicationTokens(options, loginUrl, clock);

  async function allGroups(objectId: string, signal: AbortSignal): Promise<readonly string[]> {
    const groups: string[] = [];
    const path = `/v1.0/users/${objectId}/transitiveMemberOf/microsoft.graph.group?$select=id&$top=999`;
    let next: string | undefined = graphUrl + path;
    for (let page = 0; next !== undefined; page++) {
      // The token goes to Graph alone, whatever a page calls the next one.
      if (page === MOST_PAGES || new URL(next).origin !== new URL(graphUrl).origin) throw new Error("no page of Graph");
      const answer: Response = await fetch(next, {
        headers: { authorization: `Bearer ${await tokens.get(signal)}` },
        redirect: "error",
        signal,
      });
      if (answer.status === 401) tokens.forget();
      if (answer.status === 404) throw unknownPerson();
      if (answer.status !== 200) throw new Error(`Graph answered ${answer.status}`);
      const { value, "@odata.nextLink": link } = (await answer.json()) as {
        value?: unknown;
        "@odata.nextLink"?: string;
      };
      groups.push(...idsIn(value));
      next = link;
    }
    return groups;
  }

  return {
    async groupsOf(identity) {
      const objectId = objectIdOf(identity, options.workforcePool);
      const limit = new Deadline(clock, LIMIT_MS, () => new Error(`Graph took more than ${LIMIT_MS} ms`));
      try {
        return await allGroups(objectId, limit.signal);
      } catch (error) {
        throw error instanceof ServiceError ? error : unavailable(error);
      } finally {
        limit.dispose();
      }
    },
  };
}

function objectIdOf({ principal, workforcePool }: IapIdentity, pool: string): string {
  const last = principal.slice(principal.lastIndexOf("/") + 1);
  if (workforcePool === pool && OBJECT_ID.test(last)) return last.toLowerCase();
  throw unknownPerson();
}

function unknownPerson(): ServiceError {
  return new ServiceError("identity-not-permitted", "the directory does not know you");
}

function idsIn(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw new Error("Graph answered without a list");
  return value.map((group: { id?: unknown } | null) => {
    if (typeof group?.id !== "string") throw new Error("Graph answered a group without an id");
    return group.id;
  });
}

/** Access tokens of the application itself; one is fetched however many wait, and serves until shortly before its end. */
function applicationTokens(options: GraphOptions, loginUrl: string, clock: Clock) {
  let known: { readonly token: string; readonly untilMs: number } | undefined;
  let flight: Promise<string> | undefined;

  async function fetched(signal: AbortSignal): Promise<string> {
    const answer = await fetch(`${loginUrl}/${options.tenant}/oauth2/v2.0/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: options.clientId,
        client_secret: options.clientSecret,
        scope: "https://graph.microsoft.com/.default",
      }),
      redirect: "error",
      signal,
    });
    if (answer.status !== 200) throw new Error(`Entra answered ${answer.status} to the client's credentials`);
    const { access_token: token, expires_in: seconds } = (await answer.json()) as Record<string, unknown>;
    if (typeof token !== "string" || typeof seconds !== "number") throw new Error("Entra answered without a token");
    known = { token, untilMs: clock.now() + seconds * 1000 - MARGIN_MS };
    return token;
  }

  return {
    get(signal: AbortSignal): Promise<string> {
      if (known && clock.now() < known.untilMs) return Promise.resolve(known.token);
      flight ??= fetched(signal).finally(() => {
        flight = undefined;
      });
      return flight;
    },
    forget(): void {
      known = undefined;
    },
  };
}
