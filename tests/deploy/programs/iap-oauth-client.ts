/** A program with one client, for tests of how it goes through its life on the real engine. */
import * as pulumi from "@pulumi/pulumi";
import { IapOauthClient } from "../../../components";

export = async function program() {
  const config = new pulumi.Config();
  const displayName = config.get("displayName");
  const client = new IapOauthClient("staff", {
    project: "acme-dev",
    oauthClientId: config.require("oauthClient"),
    workforcePool: "acme-staff",
    ...(displayName !== undefined && { displayName }),
  });
  return { clientId: client.clientId, clientSecret: client.clientSecret };
};
