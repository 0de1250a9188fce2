import { type Clock, Deadline, type Random, sleep, unlessAborted } from "../clock";
import { asServiceError, ServiceError } from "../errors";
import { type IdToken, type Minter, readIdToken } from "./id-token";

/** Hands out ID tokens per audience. */
export interface TokenSource {
  /**
   * A token with at least {@link TokenSourceOptions.leastLifeMs} to live.
   *
   * @param audience URL of the receiving service
   * @param signal gives up waiting; the fetch goes on for the others who wait
   * @throws ServiceError `token-unavailable`, `token-invalid`, `credentials-unavailable`: send no request then
   */
  get(audience: string, signal?: AbortSignal): Promise<string>;
  /**
   * A token to use in the place of one that the receiving side called invalid. The same one comes back when the minter
   * has no other, or when this audience was renewed by force less than {@link TokenSourceOptions.renewEveryMs} ago.
   */
  renew(audience: string, refused: string, signal?: AbortSignal): Promise<string>;
}

export interface TokenSourceOptions {
  readonly minter: Minter;
  readonly clock: Clock;
  readonly random: Random;
  /**
   * How long before its end a token is renewed in the background, on its next use. The metadata server of Cloud Run
   * hands out one and the same token until 4 minutes before its end, so that asking earlier is wasted; Google's own
   * libraries ask 3 min 45 s before. Source: https://github.com/googleapis/google-cloud-go/pull/9139
   *
   * @default 225000
   */
  readonly refreshBeforeMs?: number;
  /** Least time that a token handed out still has to live, for the way and for clocks that differ. @default 30000 */
  readonly leastLifeMs?: number;
  /** How long one fetch may take, its attempts together. @default 5000 */
  readonly fetchTimeoutMs?: number;
  /** Attempts per fetch, with backoff in between. @default 3 */
  readonly attempts?: number;
  /** Least time between two forced renewals of one audience. @default 10000 */
  readonly renewEveryMs?: number;
  /** Audiences that are remembered; the one unused for longest goes first. @default 100 */
  readonly audiences?: number;
  /** Told of each fetch that failed, background ones too. */
  readonly onFailure?: (audience: string, error: ServiceError) => void;
}

interface Entry {
  token?: IdToken & { readonly staysUntilMs: number };
  flight?: Promise<string>;
  failures: number;
  error?: ServiceError;
  /** No fetch before this: the backoff after a failure, or after the minter repeated itself. */
  quietUntilMs: number;
  renewedAtMs: number;
  /** Counts up with every use of any audience. */
  lastUse: number;
}

/**
 * A token source that asks the minter once per audience however many calls wait, renews in the background while the
 * present token serves, keeps it while the minter is down for as long as it lives, and then fails closed. It does not
 * fetch while nobody calls: a Cloud Run instance between requests may have no CPU for timers.
 */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { minter, clock, random, refreshBeforeMs = 225_000, leastLifeMs = 30_000, fetchTimeoutMs = 5_000 } = options;
  const { attempts = 3, renewEveryMs = 10_000, audiences = 100 } = options;
  const entries = new Map<string, Entry>();
  let uses = 0;

  function entryOf(audience: string): Entry {
    uses += 1;
    const known = entries.get(audience);
    if (known) {
      known.lastUse = uses;
      return known;
    }
    if (entries.size >= audiences) entries.delete(leastUsed(entries));
    const entry = { failures: 0, quietUntilMs: 0, renewedAtMs: Number.NEGATIVE_INFINITY, lastUse: uses };
    entries.set(audience, entry);
    return entry;
  }

  async function mint(audience: string): Promise<NonNullable<Entry["token"]>> {
    const limit = new Deadline(
      clock,
      fetchTimeoutMs,
      () => new ServiceError("token-unavailable", `${minter.name} gave no ID token within ${fetchTimeoutMs} ms`),
    );
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          const minted = await unlessAborted(minter.mint(audience, limit.signal), limit.signal);
          const token = readIdToken(minted.token, audience, minter.name);
          const ahead = (minted.mintersNowMs ?? clock.now()) - clock.now();
          const staysUntilMs = token.expiresAtMs - (Math.abs(ahead) < 2_000 ? 0 : ahead);
          if (staysUntilMs - clock.now() <= leastLifeMs) {
            throw new ServiceError(
              "token-invalid",
              `${minter.name} answered with a token that has expired, or is about to`,
            );
          }
          return { ...token, staysUntilMs };
        } catch (error) {
          if (limit.signal.aborted || attempt >= attempts || isFinal(error)) throw error;
          await sleep(clock, 100 * 2 ** (attempt - 1) * (0.5 + random()), limit.signal);
        }
      }
    } finally {
      limit.dispose();
    }
  }

  function fetch(audience: string, entry: Entry): Promise<string> {
    entry.flight ??= mint(audience)
      .then(
        (token) => {
          const repeated = token.value === entry.token?.value;
          entry.quietUntilMs = repeated ? clock.now() + 15_000 : 0;
          entry.token = token;
          entry.failures = 0;
          return token.value;
        },
        (thrown: unknown) => {
          const error = asServiceError(thrown);
          const backoff = Math.min(250 * 2 ** entry.failures, 10_000);
          entry.failures += 1;
          entry.error = error;
          entry.quietUntilMs = clock.now() + backoff * (0.5 + random() / 2);
          options.onFailure?.(audience, error);
          throw error;
        },
      )
      .finally(() => {
        delete entry.flight;
      });
    return entry.flight;
  }

  const lifeMs = (entry: Entry) => (entry.token ? entry.token.staysUntilMs - clock.now() : 0);

  return {
    async get(audience, signal) {
      signal?.throwIfAborted();
      const entry = entryOf(audience);
      const quiet = clock.now() < entry.quietUntilMs;
      const life = lifeMs(entry);
      if (entry.token && life > leastLifeMs) {
        if (life <= refreshBeforeMs && !quiet) fetch(audience, entry).catch(() => {});
        return entry.token.value;
      }
      if (!entry.flight && quiet && entry.error && entry.failures > 0) throw entry.error;
      return unlessAborted(fetch(audience, entry), signal);
    },
    async renew(audience, refused, signal) {
      signal?.throwIfAborted();
      const entry = entryOf(audience);
      if (entry.token && entry.token.value !== refused && lifeMs(entry) > leastLifeMs) return entry.token.value;
      if (clock.now() - entry.renewedAtMs < renewEveryMs) return refused;
      entry.renewedAtMs = clock.now();
      return unlessAborted(fetch(audience, entry), signal);
    },
  };
}

/** Looked for only when an audience is new: moving each used one to the end of the map would cost every request. */
function leastUsed(entries: ReadonlyMap<string, Entry>): string {
  return [...entries].reduce((least, one) => (one[1].lastUse < least[1].lastUse ? one : least))[0];
}

function isFinal(error: unknown): boolean {
  return error instanceof ServiceError && error.code === "credentials-unavailable";
}
