/** Who of a company's directory is somebody to Google Cloud: one stack for the organization, beside those of its apps. */
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { type EntraOidc, type EntraSaml, WorkforceFederation } from "../../components/workforce-federation";

export = async function program() {
  try {
    return makeFederation(new pulumi.Config());
  } catch (error) {
    // The SDK prints every error through Node's inspect, which takes a minute over the stack of one of its own.
    if (pulumi.RunError.isInstance(error)) error.stack = "";
    throw error;
  }
};

function makeFederation(config: pulumi.Config) {
  const { workforcePool, redirectUri, entityId, groupMemberPrefix } = new WorkforceFederation("workforce", {
    organization: config.require("organization"),
    workforcePool: config.require("workforcePool"),
    tenant: config.require("tenant"),
    providerId: config.require("providerId"),
    sessionDurationSeconds: config.requireNumber("sessionDurationSeconds"),
    email: config.requireBoolean("email"),
    provider: provider(config),
  });
  return { workforcePool, redirectUri, entityId, groupMemberPrefix };
}

function provider(config: pulumi.Config): EntraOidc | EntraSaml {
  const [applicationId, metadataFile] = [config.get("applicationId"), config.get("metadataFile")];
  if (applicationId && metadataFile) {
    throw new pulumi.RunError('"applicationId" is for OpenID Connect and "metadataFile" for SAML; remove one of them');
  }
  if (metadataFile) return { type: "saml", metadataXml: readFileSync(metadataFile, "utf8") };
  if (applicationId) return { type: "oidc", applicationId, clientSecret: config.requireSecret("clientSecret") };
  throw new pulumi.RunError(
    'set "applicationId", the Application (client) ID of the app in Entra, or "metadataFile" for SAML',
  );
}
