import { GoogleError } from "../../errors";
import type { Handler } from "../../handler";
import { textAt } from "../../properties";
import { shortName, stableHex } from "../../rules/identifiers";
import { admitCommon, EXISTS, invalidArgument, NOT_FOUND, OAUTH_CLIENT } from "./names";
import { oauthClientPath } from "./oauth-client";

const CREDENTIAL_ID = /^(?!gcp-)[a-z0-9-]{4,32}$/;

/**
 * A secret of an OAuth client, which Google makes up. As long as it is enabled, Google does not delete it, and the provider
 * does not disable it first. Source: the last step of the provider's resource_iam_oauth_client_credential_test.go
 */
export const oauthClientCredential: Handler = {
  kind: "OauthClientCredential",
  sendsChangesAlone: true,
  identify: (inputs) => `${clientPath(inputs)}/credentials/${String(inputs["oauthClientCredentialId"])}`,
  parseId: (id, world) => (id.startsWith("projects/") ? id : `projects/${world.scope.project}/locations/${id}`),
  duplicate: () => EXISTS,
  admit({ inputs }, world) {
    admitCommon(inputs);
    const id = String(inputs["oauthClientCredentialId"]);
    if (!CREDENTIAL_ID.test(id)) {
      throw invalidArgument(
        "oauth_client_credential_id",
        `'${id}' must have 4 to 32 characters of [a-z0-9-], and not begin with 'gcp-'`,
      );
    }
    const client = world.find(OAUTH_CLIENT, clientPath(inputs));
    if (client === undefined) throw new GoogleError(404, NOT_FOUND);
    if (textAt(client.state, "clientType") !== "PUBLIC_CLIENT") return;
    throw new GoogleError(400, "A public client has no credentials., failedPrecondition");
  },
  compute: ({ id, incarnation }) => ({ name: id, clientSecret: stableHex(`${id} ${incarnation} secret`, 40) }),
  mayDelete({ state }) {
    if (state["disabled"] === true) return;
    throw new GoogleError(400, "An enabled credential cannot be deleted. Disable it first., failedPrecondition");
  },
};

/** A client is named by its id, or by its whole path. */
function clientPath(inputs: Parameters<Handler["identify"]>[0]): string {
  return oauthClientPath({ ...inputs, oauthClientId: shortName(String(inputs["oauthclient"])) });
}
