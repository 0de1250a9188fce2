import { createHash } from "node:crypto";
import { GoogleError } from "../../errors";
import type { Handler } from "../../handler";
import { type Properties, textAt } from "../../properties";
import { OAUTH_CLIENT, OAUTH_CREDENTIAL } from "./oauth-client";

/**
 * A secret of an OAuth client. One that is in use cannot be deleted: it is disabled first.
 * Sources: https://cloud.google.com/iam/docs/workforce-manage-oauth-app,
 * https://github.com/hashicorp/terraform-provider-google/issues/22532
 */
export const oauthClientCredential: Handler = {
  kind: "OauthClientCredential",
  sendsChangesAlone: true,
  identify: (inputs) => `${clientOf(inputs)}/credentials/${String(inputs["oauthClientCredentialId"])}`,
  parseId: (id, world) => (id.startsWith("projects/") ? id : `projects/${world.scope.project}/locations/${id}`),

  validate(inputs) {
    const id = textAt(inputs, "oauthClientCredentialId");
    if (id === undefined || /^(?!gcp-)[a-z0-9-]{4,32}$/.test(id)) return [];
    const reason = `"oauth_client_credential_id" ("${id}") must be 4-32 characters, and may contain the characters [a-z0-9-]`;
    return [{ property: "oauthClientCredentialId", reason }];
  },

  admit({ inputs }, world) {
    const client = clientOf(inputs);
    if (world.find(OAUTH_CLIENT, client)) return;
    throw new GoogleError(404, `Requested entity was not found: ${client}., notFound`);
  },

  compute: ({ id, previous, incarnation }) => ({
    name: id,
    clientSecret: previous?.state["clientSecret"] ?? secretOf(`${id} ${incarnation}`),
  }),

  mayDelete(resource) {
    if (resource.state["disabled"] === true) return;
    throw new GoogleError(
      400,
      `OauthClientCredential ${resource.id} must be disabled before it is deleted., failedPrecondition`,
    );
  },
};

/** The id of the client that a credential is of. */
function clientOf(inputs: Properties): string {
  const [project, location, client] = ["project", "location", "oauthclient"].map((key) => String(inputs[key]));
  return `projects/${project}/locations/${location}/oauthClients/${client}`;
}

/** The value is of the sandbox alone, and the same in each run of one stack. */
function secretOf(seed: string): string {
  return `sandbox-${createHash("sha256").update(`${OAUTH_CREDENTIAL} ${seed}`).digest("base64url")}`;
}
