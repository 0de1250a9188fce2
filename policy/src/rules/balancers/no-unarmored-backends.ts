import { BACKEND_SERVICES, REGION_BACKEND_SERVICE } from "../../facts/tokens";
import { read, shapeOf } from "../../inputs/read";
import { isListed, stacksKey } from "../../inputs/stack-names";
import type { Rule } from "../../rule";

/**
 * Cloud Armor turns away floods and known attacks before they reach a container, and before anybody has signed in. Silent
 * until the policy config names the stacks. An edge security policy guards caches alone, and a regional load balancer
 * that passes packets through, or proxies TCP, takes no such policy:
 * https://docs.cloud.google.com/armor/docs/security-policy-overview
 */
export const noUnarmoredBackends: Rule = {
  name: "no-unarmored-backends",
  family: "protected production",
  description:
    "In the stacks that the policy config names, every backend service that the internet reaches has a Cloud Armor security policy.",
  severity: "medium",
  page: "https://docs.cloud.google.com/armor/docs/security-policy-overview",
  remediation:
    "Make a gcp.compute.SecurityPolicy with a rate limit and preconfigured rules, or a gcp.compute.RegionSecurityPolicy for a regional backend service, and name it in securityPolicy.",
  config: { stacks: stacksKey("in which Cloud Armor is demanded") },
  types: BACKEND_SERVICES,
  check(props, report, { type, urn, config }) {
    if (!isListed(config["stacks"], urn)) return;
    const policy = read(props, "securityPolicy");
    if (policy.state === "known" && typeof policy.value === "string" && policy.value.trim() !== "") return;
    const regional = type === REGION_BACKEND_SERVICE;
    const scheme = read(props, "loadBalancingScheme");
    const protocol = read(props, "protocol");
    const takesPolicy = (value: unknown) => (regional ? ["EXTERNAL_MANAGED"] : GLOBAL).includes(value as string);
    if (scheme.state === "absent" ? regional : scheme.state === "known" && !takesPolicy(scheme.value)) return;
    if (regional && protocol.state === "known" && protocol.value === "TCP") return;
    const unseen = [policy, scheme, ...(regional ? [protocol] : [])].find(({ state }) => state === "unknown");
    if (unseen?.state === "unknown") return report.unknown(unseen.at);
    const got = policy.state === "known" ? shapeOf(policy.value) : "not set";
    report.violation(
      "securityPolicy",
      `securityPolicy is ${got}: floods and known attacks reach what stands behind this backend service, for no Cloud Armor turns them away; name a gcp.compute.${regional ? "RegionSecurityPolicy" : "SecurityPolicy"}`,
    );
  },
};

const GLOBAL: readonly string[] = ["EXTERNAL", "EXTERNAL_MANAGED"];
