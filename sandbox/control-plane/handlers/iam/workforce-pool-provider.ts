import { createHash } from "node:crypto";
import { GoogleError } from "../../errors";
import type { Handler } from "../../handler";
import { at, objectAt, type Properties, textAt } from "../../properties";
import { WORKFORCE_POOL } from "./workforce-pool";

export const WORKFORCE_PROVIDER = "gcp:iam/workforcePoolProvider:WorkforcePoolProvider";

/**
 * A provider of a workforce pool: whom the pool lets sign in, and as whom.
 * Source: https://cloud.google.com/iam/docs/reference/rest/v1/locations.workforcePools.providers
 */
export const workforcePoolProvider: Handler = {
  kind: "WorkforcePoolProvider",
  sendsChangesAlone: true,
  identify: (inputs) => `${poolOf(inputs)}/providers/${String(inputs["providerId"])}`,

  validate(inputs) {
    const id = textAt(inputs, "providerId");
    if (id === undefined || /^(?!gcp-)[a-z0-9-]{4,32}$/.test(id)) return [];
    const reason = `"provider_id" ("${id}") must be 4-32 characters, and may contain the characters [a-z0-9-]`;
    return [{ property: "providerId", reason }];
  },

  // Assumed: the words.
  admit({ inputs }, world) {
    const pool = poolOf(inputs);
    if (!world.find(WORKFORCE_POOL, pool)) {
      throw new GoogleError(404, `Requested entity was not found: ${pool}., notFound`);
    }
    const kinds = ["oidc", "saml"].filter((key) => inputs[key] !== undefined);
    if (kinds.length !== 1) throw new GoogleError(400, "Exactly one of oidc and saml must be set, badRequest");
    if (textAt(inputs, "attributeMapping", "google.subject") === undefined) {
      throw new GoogleError(400, "attribute_mapping must map google.subject, badRequest");
    }
    const oidc = objectAt(inputs, "oidc");
    if (textAt(oidc, "webSsoConfig", "responseType") === "CODE" && oidc["clientSecret"] === undefined) {
      throw new GoogleError(400, "oidc.client_secret is required for the response type CODE, badRequest");
    }
  },

  compute: ({ id, inputs }) => ({ name: id, state: "ACTIVE", ...withThumbprint(inputs) }),
};

function poolOf(inputs: Properties): string {
  return `locations/${String(inputs["location"])}/workforcePools/${String(inputs["workforcePoolId"])}`;
}

/** Google answers a hash of the client secret beside what the provider has of it. */
function withThumbprint(inputs: Properties): Properties {
  const oidc = objectAt(inputs, "oidc");
  const plainText = at(oidc, "clientSecret", "value", "plainText");
  if (typeof plainText !== "string") return {};
  const thumbprint = createHash("sha256").update(plainText).digest("base64url");
  return { oidc: { ...oidc, clientSecret: { value: { plainText, thumbprint } } } };
}
