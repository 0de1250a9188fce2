import { GoogleError } from "../../errors";
import { type Properties, textAt } from "../../properties";

export const OAUTH_CLIENT = "gcp:iam/oauthClient:OauthClient";
export const OAUTH_CREDENTIAL = "gcp:iam/oauthClientCredential:OauthClientCredential";
export const WORKFORCE_POOL = "gcp:iam/workforcePool:WorkforcePool";
export const WORKFORCE_PROVIDER = "gcp:iam/workforcePoolProvider:WorkforcePoolProvider";

/** IAM's own words for what is there already, and for what is not. */
export const EXISTS = "Requested entity already exists, alreadyExists";
export const NOT_FOUND = "Requested entity was not found., notFound";

const LONGEST: Readonly<Record<string, number>> = { displayName: 32, description: 256 };

/** An argument that IAM refuses. Assumed: the words. */
export function invalidArgument(field: string, why: string): GoogleError {
  return new GoogleError(400, `Invalid value at '${field}': ${why}, badRequest`);
}

/** Refuses names and descriptions that are too long, and every place but the whole world. */
export function admitCommon(inputs: Properties): void {
  if (inputs["location"] !== "global") {
    throw invalidArgument("location", `must be 'global', got '${String(inputs["location"])}'`);
  }
  for (const [key, longest] of Object.entries(LONGEST)) {
    const { length } = textAt(inputs, key) ?? "";
    if (length > longest) throw invalidArgument(key, `must have at most ${longest} characters, got ${length}`);
  }
}
