import { type ErrorDetail, ServiceError } from "./errors";

/**
 * What any schema library offers that follows Standard Schema, zod among them; this package needs none itself.
 *
 * Source: https://standardschema.dev
 */
export interface StandardSchema<T> {
  readonly "~standard": {
    readonly validate: (value: unknown) => Outcome<T> | Promise<Outcome<T>>;
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}

interface Outcome<T> {
  readonly value?: T;
  readonly issues?: readonly Issue[] | undefined;
}

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The value as the schema gives it back, or every problem found. */
export function validate<T>(
  schema: StandardSchema<T>,
  value: unknown,
): { value: T; problems?: undefined } | { value?: undefined; problems: readonly ErrorDetail[] } {
  const outcome = schema["~standard"].validate(value);
  if (outcome instanceof Promise) throw new TypeError("a schema that answers later cannot be used here");
  if (!outcome.issues) return { value: outcome.value as T };
  return { problems: outcome.issues.map((issue) => ({ path: pathOf(issue), message: issue.message })) };
}

/**
 * The value, or an error with every problem in its details.
 *
 * @throws ServiceError with the code given
 */
export function checked<T>(schema: StandardSchema<T>, value: unknown, code: "body-invalid" | "parameter-invalid"): T {
  const { value: good, problems } = validate(schema, value);
  if (!problems) return good;
  const text = problems.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join("; ");
  throw new ServiceError(code, text, { details: problems });
}

function pathOf(issue: Issue): string {
  return (issue.path ?? []).map((step) => String(typeof step === "object" ? step.key : step)).join(".");
}
