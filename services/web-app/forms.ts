import { z } from "zod";
import { type ErrorDetail, ServiceError, type StandardSchema, validate } from "../runtime/index";

/** What a form was sent with: the values as the schema gives them back, or what is wrong; and what was written. */
export type Sent<T> = { readonly written: Written } & (
  | { readonly value: T; readonly problems?: undefined }
  | { readonly value?: undefined; readonly problems: readonly ErrorDetail[] }
);

/** Fields as they were written. */
export type Written = Readonly<Record<string, string>>;

/** A form that is shown once more: what was written in it, and what is wrong with that. */
export interface Again {
  readonly written?: Written;
  readonly problems?: readonly unknown[];
}

/**
 * Reads a form. Browsers send line ends as CR LF; they are kept as LF.
 *
 * @throws ServiceError `body-invalid` where a field is sent twice, which no page here does
 */
export function sent<T>(form: URLSearchParams, schema: StandardSchema<T>): Sent<T> {
  const names = [...form.keys()];
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new ServiceError("body-invalid", `${twice}: sent more than once`);
  const written = Object.fromEntries([...form].map(([name, text]) => [name, text.replaceAll("\r\n", "\n")]));
  const { value, problems } = validate(schema, written);
  return problems ? { problems, written } : { value: value as T, written };
}

/** A field that has to be filled in, without spaces around. PostgreSQL takes no U+0000 in any text. */
export const words = (most: number) =>
  z
    .string()
    .trim()
    .min(1, "is empty")
    .max(most, `has more than ${most} characters`)
    .refine((text) => !text.includes("\0"), "holds a character that is none of a text");

/** One of the values that a field offers. */
export const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values, `allowed: ${values.join(", ")}`);

/** A field that may be left empty, which is null in the database. */
export const optional = <T extends z.ZodType>(field: T) => z.union([z.literal("").transform(() => null), field]);

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The id in a path.
 *
 * @throws ServiceError `not-found` where it can be none
 */
export function idIn(params: Readonly<Record<string, string>>): string {
  const { id = "" } = params;
  if (!UUID.test(id)) throw nothing();
  return id;
}

/** The same for what is not there and for what is somebody else's: the database tells no difference either. */
export function nothing(): ServiceError {
  return new ServiceError("not-found", "either it is gone, or it is not yours to see");
}
