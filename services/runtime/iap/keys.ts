import { type CryptoKey, importJWK } from "jose";
import { type Dispatcher, request } from "undici";
import { type Clock, Deadline, unlessAborted } from "../clock";
import { ServiceError } from "../errors";
import { errorFields, type Log } from "../log";

/** Where Google publishes the keys of Identity-Aware Proxy. Source: https://cloud.google.com/iap/docs/signed-headers-howto */
export const IAP_KEYS_URL = "https://www.gstatic.com/iap/verify/public_key-jwk";

/** Fetches the key set of Identity-Aware Proxy: a JSON Web Key Set (RFC 7517), parsed and not checked. */
export type LoadIapKeys = (signal: AbortSignal) => Promise<unknown>;

/** Finds a key by its id. */
export interface IapKeys {
  /** @throws ServiceError `identity-keys-unavailable` */
  get(keyId: string): Promise<CryptoKey | undefined>;
}

export interface IapKeysOptions {
  readonly loadIapKeys: LoadIapKeys;
  readonly clock: Clock;
  /** Told of each fetch that failed, background ones too. */
  readonly log: Log;
}

const FETCH_MS = 5_000;
/** Known keys serve this long before they are fetched anew, in the background. */
const FRESH_MS = 10 * 60_000;
/** Known keys serve this long while the fetch fails: an outage of a file server must not lock everybody out. */
const STALE_MS = 24 * 3_600_000;
/** Least time between two fetches, so that invented key ids do not become requests. */
const PAUSE_MS = 30_000;
/** The same while there are no keys, and everybody is locked out. */
const FIRST_PAUSE_MS = 1_000;

/** Keys are fetched once however many requests wait, kept, and looked for again when an id is unknown: they rotate. */
export function createIapKeys({ loadIapKeys, clock, log }: IapKeysOptions): IapKeys {
  let keys: ReadonlyMap<string, CryptoKey> = new Map();
  let loadedAtMs = Number.NEGATIVE_INFINITY;
  let triedAtMs = Number.NEGATIVE_INFINITY;
  let flight: Promise<void> | undefined;

  async function fetch(): Promise<void> {
    triedAtMs = clock.now();
    const late = () => new ServiceError("identity-keys-unavailable", `no keys within ${FETCH_MS} ms`);
    const limit = new Deadline(clock, FETCH_MS, late);
    try {
      keys = await keysIn(await unlessAborted(loadIapKeys(limit.signal), limit.signal));
      loadedAtMs = clock.now();
    } catch (cause) {
      const error = unavailable(cause);
      log.write("WARNING", error.message, errorFields(error));
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
        // An id that is not among fresh keys was most likely invented.
        await refresh().catch((error) => {
          if (now - loadedAtMs >= FRESH_MS) throw error;
        });
      } else if (now - loadedAtMs >= STALE_MS) {
        throw unavailable();
      }
      return keys.get(keyId);
    },
  };
}

/** Loads Google's key set over the dispatcher given, and so through the proxy that it goes through. */
export function iapKeysOverHttp(dispatcher: Dispatcher): LoadIapKeys {
  return async (signal) => {
    const answer = await request(IAP_KEYS_URL, { dispatcher, signal });
    if (answer.statusCode !== 200) {
      await answer.body.dump();
      throw new TypeError(`answered ${answer.statusCode}`);
    }
    return answer.body.json();
  };
}

/** The keys of a set that ES256 takes; a set may hold others beside them, and what is none locks nobody out. */
async function keysIn(set: unknown): Promise<ReadonlyMap<string, CryptoKey>> {
  const list = (set as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(list)) throw new TypeError("no key set");
  const found = new Map<string, CryptoKey>();
  for (const entry of list as (Record<string, string> | null)[]) {
    const { kty, crv, x = "", y = "", kid } = entry ?? {};
    if (kty !== "EC" || crv !== "P-256" || typeof kid !== "string") continue;
    const key = await importJWK({ kty, crv, x, y }, "ES256").catch(() => undefined);
    if (key !== undefined) found.set(kid, key as CryptoKey);
  }
  if (found.size === 0) throw new TypeError("no key of the curve P-256");
  return found;
}

function unavailable(cause?: unknown): ServiceError {
  return new ServiceError("identity-keys-unavailable", "the keys of IAP could not be fetched", { cause });
}
