import { ServiceError } from "../../runtime/index";

/** Conditions of PostgreSQL. Source: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const NOT_PERMITTED = "42501";
/** A row that another refers to is not there, or nobody who asks may see it. */
const NOTHING_THERE = "23503";
const TOO_SLOW = new Set(["57014", "55P03", "25P03"]);

/** What PostgreSQL refused, as an error that the service can answer with; any other error as it is. */
export function refusal(error: unknown): unknown {
  const { code } = error as { code?: unknown };
  if (code === NOT_PERMITTED) {
    return new ServiceError("identity-not-permitted", "this is not yours to change", { cause: error });
  }
  if (code === NOTHING_THERE) {
    return new ServiceError("body-invalid", "it names a team or an entry that is not there", { cause: error });
  }
  if (TOO_SLOW.has(code as string)) {
    return new ServiceError("database-unavailable", "the database took too long; try again", { cause: error });
  }
  return error;
}
