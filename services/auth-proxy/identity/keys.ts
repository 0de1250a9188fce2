import { createPublicKey, type KeyObject } from "node:crypto";
import { type Dispatcher, request } from "undici";
import { type Clock, Deadline, ServiceError, unlessAborted } from "../../runtime/index";

/** Where Google publishes the keys of Identity-Aware Proxy. Source: https://cloud.google.com/iap/docs/signed-headers-howto */
export const IAP_KEYS_URL = "https://www.gstatic.com/iap/verify/public_key-jwk";

/** Finds a key by its id. */
export interface KeySource {
  /** @throws ServiceError `identity-keys-unavailable` */
  get(keyId: string): Promise<KeyObject | undefined>;
}

export interface KeySourceOptions {
  /** Fetches the key set, parsed. */
  readonly load: (signal: AbortSignal) => Promise<unknown>;
  readonly clock: Clock;
  readonly onFailure?: (error: ServiceError) => void;
}

const FETCH_MS = 5_000;
/** Known keys serve this long before they are fetched anew, in the background. */
const FRESH_MS = 10 * 60_000;
/** Known keys serve this long while the fetch fails: an outage of a file server must not lock everybody out. */
const STALE_MS = 24 * 3_600_000;
/** Least time between two fetches, so that invented key ids do not become requests. */
const PAUSE_MS = 30_000;
/** The same while there are none, and everybody is locked out. */
const FIRST_PAUSE_MS = 1_000;

/** Keys are fetched once however many requests wait, kept, and looked for again when an id is unknown: they rotate. */
export function createKeySource({ load, clock, onFailure }: KeySourceOptions): KeySource {
  let keys: ReadonlyMap<string, KeyObject> = new Map();
  let loadedAtMs = Number.NEGATIVE_INFINITY;
  let triedAtMs = Number.NEGATIVE_INFINITY;
  let flight: Promise<void> | undefined;

  async function fetch(): Promise<void> {
    triedAtMs = clock.now();
    const late = () => new ServiceError("identity-keys-unavailable", `no keys within ${FETCH_MS} ms`);
    const limit = new Deadline(clock, FETCH_MS, late);
    try {
      keys = keysIn(await unlessAborted(load(limit.signal), limit.signal));
      loadedAtMs = clock.now();
    } catch (cause) {
      const error = new ServiceError("identity-keys-unavailable", "the keys of IAP could not be fetched", { cause });
      onFailure?.(error);
      throw error;
    } finally {
      limit.dispose();
    }
  }

  function refresh(): Promise<void> {
    flight ??= fetch().finally(() => {
      flight = undefined;
    });
    return flight;
  }

  return {
    async get(keyId) {
      const now = clock.now();
      const pauseMs = keys.size === 0 ? FIRST_PAUSE_MS : PAUSE_MS;
      const mayFetch = flight !== undefined || now - triedAtMs >= pauseMs;
      const known = keys.get(keyId);
      if (known && now - loadedAtMs < STALE_MS) {
        if (now - loadedAtMs >= FRESH_MS && mayFetch) refresh().catch(() => {});
        return known;
      }
      if (mayFetch) {
        // Of keys that are fresh, an unknown one was most likely invented.
        await refresh().catch((error) => {
          if (now - loadedAtMs >= FRESH_MS) throw error;
        });
      } else if (now - loadedAtMs >= STALE_MS) {
        throw new ServiceError("identity-keys-unavailable", "the keys of IAP could not be fetched");
      }
      return keys.get(keyId);
    },
  };
}

/** The elliptic-curve keys of a JSON Web Key Set (RFC 7517); others are none of ours. */
function keysIn(set: unknown): ReadonlyMap<string, KeyObject> {
  const list = (set as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(list)) throw new TypeError("no key set");
  const found = new Map<string, KeyObject>();
  for (const jwk of list as Record<string, unknown>[]) {
    if (jwk?.["kty"] !== "EC" || jwk["crv"] !== "P-256" || typeof jwk["kid"] !== "string") continue;
    const { kty, crv, x, y } = jwk as Record<string, string>;
    found.set(jwk["kid"], createPublicKey({ key: { kty, crv, x, y }, format: "jwk" }));
  }
  if (found.size === 0) throw new TypeError("no key of the curve P-256");
  return found;
}

/** Loads Google's key set over the dispatcher given. */
export function loadIapKeys(dispatcher: Dispatcher): KeySourceOptions["load"] {
  return async (signal) => {
    const answer = await request(IAP_KEYS_URL, { dispatcher, signal });
    if (answer.statusCode !== 200) {
      await answer.body.dump();
      throw new TypeError(`answered ${answer.statusCode}`);
    }
    return answer.body.json();
  };
}
