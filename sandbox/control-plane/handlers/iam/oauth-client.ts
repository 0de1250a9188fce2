import { GoogleError } from "../../errors";
import type { Handler, World } from "../../handler";
import { listAt, type Properties, textAt } from "../../properties";
import { stableUuid } from "../../rules/identifiers";
import type { Change } from "../../state/store";
import { admitCommon, EXISTS, invalidArgument, OAUTH_CREDENTIAL } from "./names";
import { admitFresh } from "./soft-delete";

const CLIENT_ID = /^(?!gcp-)[a-z][a-z0-9-]{4,61}[a-z0-9]$/;
const GRANT_TYPES = ["AUTHORIZATION_CODE_GRANT", "REFRESH_TOKEN_GRANT"];
const SCOPES = ["https://www.googleapis.com/auth/cloud-platform", "openid", "email", "groups"];
const CLIENT_TYPES = ["PUBLIC_CLIENT", "CONFIDENTIAL_CLIENT"];

/**
 * An OAuth client of IAM, with which people of a workforce pool sign in. Google makes up its client id.
 * Source: https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.oauthClients
 */
export const oauthClient: Handler = {
  kind: "OauthClient",
  sendsChangesAlone: true,
  identify: oauthClientPath,
  parseId: (id, world) => (id.startsWith("projects/") ? id : `projects/${world.scope.project}/locations/${id}`),
  duplicate: () => EXISTS,
  admit(subject, world) {
    const { inputs } = subject;
    admitOrganization(inputs, world);
    admitCommon(inputs);
    admitFresh(subject, world);
    const id = String(inputs["oauthClientId"]);
    if (!CLIENT_ID.test(id)) {
      throw invalidArgument(
        "oauth_client_id",
        `'${id}' must have 6 to 63 characters of [a-z0-9-], begin with a letter, not with 'gcp-', and not end with a hyphen`,
      );
    }
    admitEach("allowed_grant_types", listAt(inputs, "allowedGrantTypes").map(String), GRANT_TYPES);
    admitEach("allowed_scopes", listAt(inputs, "allowedScopes").map(String), SCOPES);
    const type = textAt(inputs, "clientType");
    if (type !== undefined) admitEach("client_type", [type], CLIENT_TYPES);
    admitRedirects(listAt(inputs, "allowedRedirectUris").map(String));
  },
  /** Seen: `a` before what has the form of a GUID, as no id of an app in Entra is written. */
  compute: ({ id, incarnation }) => ({
    name: id,
    clientId: `a${stableUuid(`${id} ${incarnation}`)}`,
    state: "ACTIVE",
    expireTime: "",
  }),
  cascade(resource, world) {
    const credentials = [...world.all(OAUTH_CREDENTIAL)].filter(({ id }) => id.startsWith(`${resource.id}/`));
    return credentials.map(({ type, id }): Change => ({ drop: { type, id } }));
  },
};

export function oauthClientPath(inputs: Properties): string {
  const place = `projects/${String(inputs["project"])}/locations/${String(inputs["location"])}`;
  return `${place}/oauthClients/${String(inputs["oauthClientId"])}`;
}

function admitEach(field: string, given: readonly string[], allowed: readonly string[]): void {
  if (given.length === 0) throw invalidArgument(field, "must not be empty");
  const bad = given.find((one) => !allowed.includes(one));
  if (bad !== undefined) throw invalidArgument(field, `'${bad}' must be one of ${allowed.join(", ")}`);
}

function admitRedirects(uris: readonly string[]): void {
  if (uris.length === 0) throw invalidArgument("allowed_redirect_uris", "must not be empty");
  const bad = uris.find((uri) => !URL.canParse(uri) || new URL(uri).protocol !== "https:" || uri.includes("#"));
  if (bad === undefined) return;
  throw invalidArgument("allowed_redirect_uris", `'${bad}' must be a URL with https and without a fragment`);
}

/**
 * Workforce pools, and the clients that people of theirs sign in with, are an organization's.
 * Source: https://cloud.google.com/iam/docs/workforce-manage-oauth-app
 */
export function admitOrganization(inputs: Properties, world: World): void {
  const project = String(inputs["project"]);
  if (world.projects.organization(project) !== "") return;
  throw new GoogleError(
    400,
    `Project '${project}' is in no organization, and workforce identities need one., failedPrecondition`,
  );
}
