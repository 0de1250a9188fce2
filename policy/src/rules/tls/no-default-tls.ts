import { REGION_TARGET_HTTPS_PROXY, TARGET_HTTPS_PROXY, TARGET_SSL_PROXY } from "../../facts/tokens";
import { isInternalOnly } from "../../inputs/front-ends";
import { read } from "../../inputs/read";
import { textOf } from "../../inputs/stack";
import type { StackRule } from "../../rule";

const PROXIES: ReadonlySet<string> = new Set([TARGET_HTTPS_PROXY, REGION_TARGET_HTTPS_PROXY, TARGET_SSL_PROXY]);

/**
 * Without an SSL policy Google takes its own, of TLS 1.0 and the widest range of cipher suites. Proxies to which only
 * internal forwarding rules of the stack lead are left alone. What an SSL policy says is judged by no-weak-tls.
 */
export const noDefaultTls: StackRule = {
  name: "no-default-tls",
  family: "no eavesdropping",
  description: "Every HTTPS or SSL proxy that the internet reaches names an SSL policy.",
  severity: "medium",
  page: "https://docs.cloud.google.com/load-balancing/docs/ssl-policies-concepts",
  framework: {
    name: "CIS Google Cloud Foundations",
    version: "3.0",
    specification: "3.9",
    reference: "https://www.cisecurity.org/benchmark/google_cloud_computing_platform",
  },
  remediation:
    'Make a gcp.compute.SSLPolicy with minTlsVersion "TLS_1_2" and profile "MODERN", or a gcp.compute.RegionSslPolicy for a regional proxy, and name it in sslPolicy.',
  check(resources, report) {
    for (const proxy of resources) {
      if (!PROXIES.has(proxy.type)) continue;
      const policy = read(proxy.props, "sslPolicy");
      if (policy.state === "unknown" || textOf(policy)?.trim() || isInternalOnly(proxy, resources)) continue;
      report.violation(
        proxy,
        "sslPolicy",
        "sslPolicy is not set, which means TLS 1.0 and old cipher suites: clients may talk to the load balancer in a way that others can break; name an SSL policy of TLS_1_2",
      );
    }
  },
};
