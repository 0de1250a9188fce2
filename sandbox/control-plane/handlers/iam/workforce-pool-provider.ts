import { createHash } from "node:crypto";
import { GoogleError } from "../../errors";
import type { CheckFailure, Handler, World } from "../../handler";
import { isObject, isUnknown, objectAt, type Properties, textAt } from "../../properties";
import { shortName } from "../../rules/identifiers";
import { admitMapping, admitOidc } from "./federation";
import { admitCommon, EXISTS, invalidArgument, NOT_FOUND, WORKFORCE_POOL } from "./names";
import { admitFresh, isDeleted } from "./soft-delete";
import { workforcePoolPath } from "./workforce-pool";

const PROVIDER_ID = /^[a-z0-9-]{4,32}$/;

/**
 * The directory whose people are in a workforce pool, by OpenID Connect or SAML.
 * Source: https://cloud.google.com/iam/docs/reference/rest/v1/locations.workforcePools.providers
 */
export const workforcePoolProvider: Handler = {
  kind: "WorkforcePoolProvider",
  sendsChangesAlone: true,
  validate: badProviderId,
  identify: (inputs) => `${workforcePoolPath(inputs)}/providers/${String(inputs["providerId"])}`,
  duplicate: () => EXISTS,
  admit(subject, world) {
    const { inputs } = subject;
    admitCommon(inputs);
    needWorkforcePool(workforcePoolPath(inputs), world);
    admitFresh(subject, world);
    if (isObject(inputs["oidc"]) === isObject(inputs["saml"])) {
      throw invalidArgument("provider_config", "exactly one of oidc and saml must be set");
    }
    if (isObject(inputs["oidc"])) admitOidc(inputs["oidc"]);
    admitMapping(objectAt(inputs, "attributeMapping"), inputs["attributeCondition"]);
  },
  compute: ({ id, inputs }) => ({ name: id, state: "ACTIVE", ...withThumbprint(inputs) }),
};

/** Google answers with a hash of the client secret, beside which the provider keeps the secret of its state. */
function withThumbprint(inputs: Properties): Properties {
  const oidc = objectAt(inputs, "oidc");
  const value = objectAt(oidc, "clientSecret", "value");
  const plainText = textAt(value, "plainText");
  if (plainText === undefined) return {};
  const thumbprint = createHash("sha256").update(plainText).digest("base64url");
  return { oidc: { ...oidc, clientSecret: { value: { ...value, thumbprint } } } };
}

/** A pool that is another stack's is taken to exist; one that was deleted is not. */
export function needWorkforcePool(id: string, world: World): void {
  if (isDeleted(WORKFORCE_POOL, id, world)) throw new GoogleError(404, NOT_FOUND);
  const place = { location: "global", workforcePoolId: shortName(id) };
  world.need(WORKFORCE_POOL, place, () => new GoogleError(404, NOT_FOUND));
}

/** Source: `ValidateWorkforcePoolProviderId` in the provider's resource_iam_workforce_pool_provider.go */
function badProviderId(inputs: Properties): CheckFailure[] {
  const id = inputs["providerId"];
  if (isUnknown(id)) return [];
  const start = `"provider_id" ("${String(id)}")`;
  if (String(id).startsWith("gcp-")) {
    const reason = `${start} can not start with "gcp-". The prefix \`gcp-\` is reserved for use by Google, and may not be specified.`;
    return [{ property: "providerId", reason }];
  }
  if (PROVIDER_ID.test(String(id))) return [];
  const reason = `${start} must be 4-32 characters, and may contain the characters [a-z0-9-].`;
  return [{ property: "providerId", reason }];
}
