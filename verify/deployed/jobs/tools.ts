/** What the steps of a job share. */
import { type Clock, sleep } from "../../../services/runtime/clock";
import { ApiError, type GoogleApi } from "../google-api";
import { NotProbed } from "../not-probed";

export interface JobTools {
  readonly api: GoogleApi;
  /** `https://run.googleapis.com/v2/projects/P/locations/R`. */
  readonly location: string;
  /** `https://logging.googleapis.com/v2`. */
  readonly logging: string;
  readonly project: string;
  readonly region: string;
  readonly image: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly onProgress: (line: string) => void;
  /** Breaks off whatever waits; what was made is deleted all the same. */
  readonly signal: AbortSignal;
}

/** Asks until there is an answer, ever less often; a request that fails for the moment counts as none. */
export async function poll<T>(
  { clock, signal }: JobTools,
  limitMs: number,
  late: string,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const untilMs = clock.now() + limitMs;
  for (let waitMs = 1_000; ; waitMs = Math.min(waitMs * 1.5, 10_000)) {
    signal.throwIfAborted();
    const answer = await ask().catch((error: unknown) => {
      if (error instanceof ApiError && error.passes) return undefined;
      throw error;
    });
    if (answer !== undefined) return answer;
    if (clock.now() + waitMs > untilMs) throw new NotProbed(late);
    await sleep(clock, waitMs, signal);
  }
}
