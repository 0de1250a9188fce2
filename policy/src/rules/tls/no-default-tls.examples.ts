import { TARGET_SSL_PROXY } from "../../facts/tokens";
import type { StackExamples } from "../../rule";
import { UNKNOWN } from "../given.examples";
import { forwardingRule, gateway, httpsProxy, regional, sslPolicy } from "../given-balancer.examples";

const DEFAULT = httpsProxy({});
const INTERNAL = { loadBalancingScheme: "INTERNAL_MANAGED" };
const toHttps = (change: object = {}) => forwardingRule("targetHttpsProxies", "https", change);
const sslProxy = { type: TARGET_SSL_PROXY, name: "ssl", props: { name: "ssl" } };

export const examples: StackExamples = {
  compliant: [
    { because: "the proxy names an SSL policy", resources: [sslPolicy, httpsProxy(), toHttps()] },
    { because: "a whole gateway", resources: gateway() },
    { because: "the SSL policy is made in the same stack", resources: [httpsProxy({ sslPolicy: UNKNOWN }), toHttps()] },
    { because: "the load balancer is internal", resources: [DEFAULT, toHttps(INTERNAL)] },
    { because: "a regional load balancer is internal", resources: [DEFAULT, toHttps(INTERNAL)].map(regional) },
    {
      because: "whether the load balancer is internal is computed",
      resources: [DEFAULT, toHttps({ loadBalancingScheme: UNKNOWN })],
    },
    {
      because: "the link is not known yet, where it comes from is, and that is internal",
      resources: [DEFAULT, { ...toHttps({ ...INTERNAL, target: UNKNOWN }), sources: { target: ["https"] } }],
    },
  ],
  violating: [
    { because: "the proxy names none", resources: [DEFAULT, toHttps()], at: ["https"] },
    { because: "the name is blank", resources: [httpsProxy({ sslPolicy: " " }), toHttps()], at: ["https"] },
    { because: "a regional proxy names none", resources: [DEFAULT, toHttps()].map(regional), at: ["https"] },
    {
      because: "left out, a forwarding rule is external",
      resources: [DEFAULT, toHttps({ loadBalancingScheme: undefined })],
      at: ["https"],
    },
    {
      because: "a proxy for other than HTTPS names none",
      resources: [sslProxy, forwardingRule("targetSslProxies", "ssl")],
      at: ["ssl"],
    },
    {
      because: "an internal way to it is not the only one",
      resources: [DEFAULT, toHttps(INTERNAL), { ...toHttps(), name: "from-outside" }],
      at: ["https"],
    },
    {
      because: "what is internal leads to another proxy",
      resources: [DEFAULT, forwardingRule("targetHttpProxies", "https", INTERNAL)],
      at: ["https"],
    },
    { because: "nothing in the stack tells that it is internal", resources: [DEFAULT], at: ["https"] },
  ],
};
