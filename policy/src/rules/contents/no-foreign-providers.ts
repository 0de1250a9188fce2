import type { Rule } from "../../rule";

/**
 * Other providers make the same resources under other types, whose properties no rule here reads: the retired
 * `google-native`, and Terraform's `google` and `google-beta` through Pulumi's bridge for any Terraform provider.
 */
export const noForeignProviders: Rule = {
  name: "no-foreign-providers",
  family: "nothing unseen",
  description:
    "Cloud Run, functions, IAM, Identity-Aware Proxy and the load balancers in front are made through the gcp provider, whose resources this pack can judge.",
  severity: "high",
  page: "https://www.pulumi.com/registry/packages/gcp/",
  remediation: "Write the resource with the gcp provider, and import what exists with pulumi import.",
  types: [],
  matches:
    /^(?:google-native:(?:(?:run|cloudfunctions|iam|iap|cloudresourcemanager)\/|compute\/\w+:(?:Region)?(?:BackendService|UrlMap|Target(?:Https?|Ssl)Proxy|SslPolicy)$)|google(?:[-_]beta)?:[^:]*:(?:CloudRun|Cloudfunctions|CloudFunctions|ServiceAccountKey|Iap|Iam|IdentityPlatform|Compute(?:Region)?(?:BackendService|UrlMap|Target(?:Https?|Ssl)Proxy|SslPolicy)$|\w*Iam(?:Member|Binding|Policy|CustomRole)))/,
  check(_props, report) {
    report.violation(
      "",
      "made by a provider whose types this pack cannot read, so who it lets in cannot be told; write it with the gcp provider",
    );
  },
};
