import { BACKEND_SERVICE, REGION_BACKEND_SERVICE } from "../../facts/tokens";
import type { Examples } from "../../rule";
import { UNKNOWN } from "../given.examples";

/** The examples stand in a stack that is called dev. */
const config = { stacks: ["prod", "dev"] };
const path = "securityPolicy";
const POLICY = "projects/acme-dev/global/securityPolicies/web";
const MANAGED = { loadBalancingScheme: "EXTERNAL_MANAGED" };

export const examples: Examples = {
  compliant: [
    { because: "without a list no stack demands it", type: BACKEND_SERVICE, props: MANAGED },
    { because: "another stack does", type: BACKEND_SERVICE, props: MANAGED, config: { stacks: ["prod"] } },
    { because: "it has a policy", type: BACKEND_SERVICE, props: { ...MANAGED, securityPolicy: POLICY }, config },
    {
      because: "it has a policy, whatever else is unknown",
      type: REGION_BACKEND_SERVICE,
      props: { loadBalancingScheme: UNKNOWN, protocol: UNKNOWN, securityPolicy: POLICY },
      config,
    },
    ...["INTERNAL_MANAGED", "INTERNAL_SELF_MANAGED"].map((loadBalancingScheme) => ({
      because: `the scheme ${loadBalancingScheme} is not reached from the internet`,
      type: BACKEND_SERVICE,
      props: { loadBalancingScheme, securityPolicy: UNKNOWN },
      config,
    })),
    { because: "left out, a regional one is internal", type: REGION_BACKEND_SERVICE, props: {}, config },
    {
      because: "a regional load balancer passes packets through",
      type: REGION_BACKEND_SERVICE,
      props: { loadBalancingScheme: "EXTERNAL", protocol: "TCP" },
      config,
    },
    {
      because: "a regional load balancer proxies TCP",
      type: REGION_BACKEND_SERVICE,
      props: { ...MANAGED, protocol: "TCP", securityPolicy: UNKNOWN },
      config,
    },
  ],
  violating: [
    { because: "it has no policy", type: BACKEND_SERVICE, props: MANAGED, config, path },
    { because: "every stack demands it", type: BACKEND_SERVICE, props: MANAGED, config: { stacks: ["*"] }, path },
    { because: "left out, the scheme is external", type: BACKEND_SERVICE, props: {}, config, path },
    {
      because: "the name is blank",
      type: BACKEND_SERVICE,
      props: { ...MANAGED, securityPolicy: " " },
      config,
      path,
    },
    {
      because: "a policy at the edge guards caches alone",
      type: BACKEND_SERVICE,
      props: { ...MANAGED, edgeSecurityPolicy: POLICY },
      config,
      path,
    },
    {
      because: "a proxy for TCP takes a policy, too",
      type: BACKEND_SERVICE,
      props: { loadBalancingScheme: "EXTERNAL", protocol: "TCP" },
      config,
      path,
    },
    {
      because: "a regional load balancer",
      type: REGION_BACKEND_SERVICE,
      props: { ...MANAGED, protocol: "HTTPS" },
      config,
      path,
    },
  ],
  unknown: [
    {
      because: "the policy is made in the same stack",
      type: BACKEND_SERVICE,
      props: { ...MANAGED, securityPolicy: UNKNOWN },
      config,
      path,
    },
    {
      because: "the scheme is computed",
      type: BACKEND_SERVICE,
      props: { loadBalancingScheme: UNKNOWN },
      config,
      path: "loadBalancingScheme",
    },
    {
      because: "the protocol of a regional one is computed",
      type: REGION_BACKEND_SERVICE,
      props: { ...MANAGED, protocol: UNKNOWN },
      config,
      path: "protocol",
    },
  ],
};
