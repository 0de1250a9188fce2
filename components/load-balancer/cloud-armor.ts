/** Cloud Armor before backend services: common attacks are refused, and no address sends more than its share. */
import * as compute from "@pulumi/gcp/compute";
import type * as pulumi from "@pulumi/pulumi";

export interface CloudArmorArgs {
  /** Project id. */
  readonly project: pulumi.Input<string>;
  /** Most requests of one address; those beyond it are answered with 429. */
  readonly rateLimit: { readonly requests: number; readonly perSeconds: number };
  /** Whether what the preconfigured rules find is only logged. */
  readonly preview: boolean;
}

/** The OWASP Core Rule Set in Cloud Armor. Source: https://cloud.google.com/armor/docs/waf-rules */
const RULE_SETS: Readonly<Record<string, string>> = {
  "sqli-v33-stable": "SQL injection",
  "xss-v33-stable": "Cross-site scripting",
  "lfi-v33-stable": "Inclusion of local files",
  "rfi-v33-stable": "Inclusion of remote files",
  "rce-v33-stable": "Remote code execution",
  "protocolattack-v33-stable": "Attacks on the protocol",
  "sessionfixation-v33-stable": "Session fixation",
  "scannerdetection-v33-stable": "Scanners",
};

/** Of four, the one with the fewest false alarms. Source: https://cloud.google.com/armor/docs/rule-tuning */
const SENSITIVITY = 1;

const EVERY_ADDRESS = { versionedExpr: "SRC_IPS_V1", config: { srcIpRanges: ["*"] } };

/**
 * The first rule that matches decides, and a limit that is kept lets a request pass: attacks are looked for before it.
 * Source: https://cloud.google.com/armor/docs/rate-limiting-overview
 */
export function cloudArmor(
  name: string,
  { project, rateLimit, preview }: CloudArmorArgs,
  opts: pulumi.CustomResourceOptions,
): compute.SecurityPolicy {
  return new compute.SecurityPolicy(
    name,
    {
      project,
      type: "CLOUD_ARMOR",
      description: "Before the services behind the load balancer",
      advancedOptionsConfig: { jsonParsing: "STANDARD", logLevel: "NORMAL" },
      rules: [
        ...Object.entries(RULE_SETS).map(([set, description], i) => ({
          priority: 100 + 10 * i,
          description,
          action: "deny(403)",
          preview,
          match: { expr: { expression: `evaluatePreconfiguredWaf('${set}', {'sensitivity': ${SENSITIVITY}})` } },
        })),
        {
          priority: 1000,
          description: `At most ${rateLimit.requests} requests in ${rateLimit.perSeconds} s of one address`,
          action: "throttle",
          preview: false,
          match: EVERY_ADDRESS,
          rateLimitOptions: {
            conformAction: "allow",
            exceedAction: "deny(429)",
            enforceOnKey: "IP",
            rateLimitThreshold: { count: rateLimit.requests, intervalSec: rateLimit.perSeconds },
          },
        },
        {
          priority: 2147483647,
          description: "Default rule, which Cloud Armor asks for",
          action: "allow",
          preview: false,
          match: EVERY_ADDRESS,
        },
      ],
    },
    opts,
  );
}
