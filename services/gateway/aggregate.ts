import { type ErrorDetail, ServiceError } from "../runtime/index";

/** Several answers in one, and which of them could not be had. */
export interface Aggregate {
  readonly status: "complete" | "partial";
  /** By part; null for the parts that failed. */
  readonly data: Readonly<Record<string, unknown>>;
  /** One per part that failed: `path` is the part. */
  readonly errors: readonly ErrorDetail[];
}

/**
 * Waits for all parts, and keeps what came.
 *
 * @throws ServiceError `callee-failed` with every part's error when no part came; an error of this service's own as it is
 */
export async function aggregate(parts: Readonly<Record<string, Promise<unknown>>>): Promise<Aggregate> {
  const names = Object.keys(parts);
  const results = await Promise.allSettled(Object.values(parts));
  const errors = results.flatMap((result, index) => {
    if (result.status === "fulfilled") return [];
    if (!(result.reason instanceof ServiceError)) throw result.reason;
    const { code, message, status } = result.reason;
    return [{ path: names[index]!, message, status, code }];
  });
  if (errors.length === names.length) {
    throw new ServiceError("callee-failed", `none of ${names.join(", ")} could be had`, { details: errors });
  }
  const data = Object.fromEntries(
    results.map((result, index) => [names[index]!, result.status === "fulfilled" ? result.value : null]),
  );
  return { status: errors.length === 0 ? "complete" : "partial", data, errors };
}
