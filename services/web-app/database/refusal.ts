import { ServiceError } from "../../runtime/index";

/** Conditions of PostgreSQL. Source: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const NOT_PERMITTED = "42501";
const TOO_SLOW = new Set(["57014", "55P03", "25P03"]);

/** What PostgreSQL refused, as an error that the service can answer with; any other error as it is. */
export function refusal(error: unknown): unknown {
  const { code } = error as { code?: unknown };
  if (code === NOT_PERMITTED) {
    return new ServiceError("identity-not-permitted", "this is not yours to change", { cause: error });
  }
  if (TOO_SLOW.has(code as string)) {
    return new ServiceError("database-unavailable", "the database took too long; try again", { cause: error });
  }
  return error;
}
