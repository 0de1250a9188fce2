import { GoogleError } from "../../errors";
import type { Handler } from "../../handler";
import { listAt, textAt } from "../../properties";
import { stableUuid } from "../../rules/identifiers";
import type { Change } from "../../state/store";

export const OAUTH_CLIENT = "gcp:iam/oauthClient:OauthClient";
export const OAUTH_CREDENTIAL = "gcp:iam/oauthClientCredential:OauthClientCredential";

/** Source: `ValidateOauthClientId` in the provider's iamworkforcepool package. */
const CLIENT_ID = /^(?!gcp-)[a-z][a-z0-9-]{4,61}[a-z0-9]$/;
const SCOPES = new Set(["https://www.googleapis.com/auth/cloud-platform", "openid", "email", "groups"]);

/**
 * An OAuth client for people of a workforce pool.
 * Source: https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.oauthClients
 */
export const oauthClient: Handler = {
  kind: "OauthClient",
  sendsChangesAlone: true,
  identify: (inputs) =>
    `projects/${String(inputs["project"])}/locations/${String(inputs["location"])}/oauthClients/${String(inputs["oauthClientId"])}`,
  parseId: (id, world) => (id.startsWith("projects/") ? id : `projects/${world.scope.project}/locations/${id}`),

  validate(inputs) {
    const id = textAt(inputs, "oauthClientId");
    if (id === undefined || CLIENT_ID.test(id)) return [];
    const reason = `"oauth_client_id" ("${id}") must contain only lowercase letters [a-z], digits [0-9], and hyphens [-]. The OauthClient ID must be between 6 and 63 characters, begin with a letter, and cannot have a trailing hyphen.`;
    return [{ property: "oauthClientId", reason }];
  },

  // Assumed: the words. That the lists may not be empty, and what may stand in them, is in the reference.
  admit({ inputs }) {
    const refuse = (detail: string) => {
      throw new GoogleError(400, `${detail}, badRequest`);
    };
    if (inputs["location"] !== "global") refuse(`Location "${String(inputs["location"])}" is not supported`);
    const addresses = listAt(inputs, "allowedRedirectUris");
    if (addresses.length === 0) refuse("oauth_client.allowed_redirect_uris must not be empty");
    const wrong = addresses.find((one) => !URL.canParse(String(one)));
    if (wrong !== undefined) refuse(`Invalid redirect URI: ${String(wrong)}`);
    const scope = listAt(inputs, "allowedScopes").find((one) => !SCOPES.has(String(one)));
    if (scope !== undefined) refuse(`Invalid scope: ${String(scope)}`);
  },

  // Seen: `a` before what has the form of a GUID, as none of Entra's application ids is written.
  compute: ({ id, incarnation }) => ({
    name: id,
    state: "ACTIVE",
    clientId: `a${stableUuid(`${id} ${incarnation}`)}`,
  }),

  cascade(resource, world) {
    const own = [...world.all(OAUTH_CREDENTIAL)].filter(({ id }) => id.startsWith(`${resource.id}/`));
    return own.map(({ type, id }): Change => ({ drop: { type, id } }));
  },
};
