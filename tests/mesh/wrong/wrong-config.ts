/** Wrong stack configs: what is written, and every problem that has to be told. */
export interface WrongConfig {
  readonly fact: string;
  /** Everything under `cloud-run-mesh:`; `web` and `api` are sound services that a case may change. */
  readonly config?: Record<string, unknown>;
  /** Added to the sound service `web`. */
  readonly web?: Record<string, unknown>;
  /** Added to the sound service `api`. */
  readonly api?: Record<string, unknown>;
  /** Further services. */
  readonly also?: Record<string, unknown>;
  readonly place?: { project?: string; region?: string; projectNumber?: string };
  readonly problems: readonly string[];
}

/** Services that are wrong in one value each: what `web` says, and the problem, its path from the service on. */
export function wrongWebs(rows: readonly (readonly [web: Record<string, unknown>, problem: string])[]): WrongConfig[] {
  return rows.map(([web, problem]) => ({
    fact: `a service with ${JSON.stringify(web).slice(0, 80)}`,
    web,
    problems: [`services.web.${problem}`],
  }));
}
