import * as assert from "node:assert/strict";
import type { ControlPlane, Properties } from "../../../sandbox/control-plane";
import { EVERYONE, failures, invalidField, type Part, part, why } from "./balancer";

const rules = (...list: Properties[]): Properties => ({
  rules: [...list, { priority: 2147483647, action: "allow", match: EVERYONE }],
});
const limited = (action: string, rateLimitOptions?: Properties) =>
  rules({ priority: 1, action, match: EVERYONE, ...(rateLimitOptions && { rateLimitOptions }) });
const LIMIT = {
  conformAction: "allow",
  exceedAction: "deny(429)",
  enforceOnKey: "IP",
  rateLimitThreshold: { count: 10, intervalSec: 60 },
};

describe("control plane: what Google refuses of a policy of Cloud Armor", () => {
  const invalid: [string, Part, Properties, string][] = [
    [
      "rules without a default one",
      "armor",
      { rules: [{ priority: 1, action: "allow", match: EVERYONE }] },
      "rules': ''. A security policy must have a default rule, with priority 2147483647 and matching '*'.",
    ],
    [
      "an action that there is not",
      "armor",
      rules({ priority: 1, action: "deny(401)", match: EVERYONE }),
      "rules[0].action': 'deny(401)'. This is no action of a rule.",
    ],
    [
      "a priority below 0",
      "armor",
      rules({ priority: -1, action: "allow", match: EVERYONE }),
      "rules[0].priority': '-1'. Must be between 0 and 2147483647.",
    ],
    [
      "a rule that matches by both",
      "armor",
      rules({ priority: 1, action: "allow", match: { ...EVERYONE, expr: { expression: "true" } } }),
      "rules[0].match': ''. A rule matches either ranges of addresses or an expression.",
    ],
    [
      "ranges without their version",
      "armor",
      rules({ priority: 1, action: "allow", match: { config: { srcIpRanges: ["10.0.0.0/8"] } } }),
      "rules[0].match.versionedExpr': ''. Ranges of addresses need SRC_IPS_V1.",
    ],
    [
      "11 ranges",
      "armor",
      rules({
        priority: 1,
        action: "allow",
        match: {
          versionedExpr: "SRC_IPS_V1",
          config: { srcIpRanges: Array.from({ length: 11 }, (_, i) => `10.${i}.0.0/16`) },
        },
      }),
      "rules[0].match.config.srcIpRanges': ''. At most 10 ranges per rule, got 11.",
    ],
    [
      "a range that is none",
      "armor",
      rules({
        priority: 1,
        action: "allow",
        match: { versionedExpr: "SRC_IPS_V1", config: { srcIpRanges: ["office"] } },
      }),
      "rules[0].match.config.srcIpRanges': 'office'. Must be a range of addresses or '*'.",
    ],
    [
      "a limit of an action that has none",
      "armor",
      limited("allow", LIMIT),
      "rules[0].rateLimitOptions': ''. Only the actions throttle and rate_based_ban have rate limit options.",
    ],
    [
      "a throttle without a limit",
      "armor",
      limited("throttle"),
      "rules[0].rateLimitOptions': ''. The action throttle needs rate limit options.",
    ],
    [
      "a limit of 0",
      "armor",
      limited("throttle", { ...LIMIT, rateLimitThreshold: { count: 0, intervalSec: 60 } }),
      "rules[0].rateLimitOptions.rateLimitThreshold.count': '0'. Must be at least 1.",
    ],
    [
      "an interval that there is not",
      "armor",
      limited("throttle", { ...LIMIT, rateLimitThreshold: { count: 10, intervalSec: 45 } }),
      "rules[0].rateLimitOptions.rateLimitThreshold.intervalSec': '45'. Must be one of 10, 30, 60, 120, 180, 240, 270, 300, 600, 900, 1200, 1800, 2700, 3600.",
    ],
    [
      "a limit that conforms to a refusal",
      "armor",
      limited("throttle", { ...LIMIT, conformAction: "deny(403)" }),
      "rules[0].rateLimitOptions.conformAction': 'deny(403)'. Must be 'allow'.",
    ],
    [
      "a limit that exceeds to nothing",
      "armor",
      limited("throttle", { ...LIMIT, exceedAction: "allow" }),
      "rules[0].rateLimitOptions.exceedAction': 'allow'. Must be deny(403), deny(404), deny(429), deny(502) or redirect.",
    ],
    [
      "a key that there is not",
      "armor",
      limited("throttle", { ...LIMIT, enforceOnKey: "USER" }),
      "rules[0].rateLimitOptions.enforceOnKey': 'USER'. This is no key to enforce a limit on.",
    ],
    [
      "a ban by a throttle",
      "armor",
      limited("throttle", { ...LIMIT, banDurationSec: 600 }),
      "rules[0].rateLimitOptions.banDurationSec': '600'. Only the action rate_based_ban bans.",
    ],
    [
      "a ban of no duration",
      "armor",
      limited("rate_based_ban", LIMIT),
      "rules[0].rateLimitOptions.banDurationSec': ''. The action rate_based_ban needs it.",
    ],
  ];
  for (const [what, name, more, message] of invalid) {
    it(`refuses ${what}`, () => assert.equal(why(name, more), invalidField(name, message)));
  }

  it("refuses a policy of the edge as the policy of a backend", () => {
    const edge = (controlPlane: ControlPlane) =>
      void part(controlPlane, "armor", { name: "edge", type: "CLOUD_ARMOR_EDGE", rules: [] });
    assert.equal(
      why("backend", { securityPolicy: "edge" }, edge),
      "Error creating BackendService: googleapi: Error 400: Invalid value for field 'resource.securityPolicy': 'edge'. A security policy of type CLOUD_ARMOR_EDGE cannot be the policy of a backend service., invalid",
    );
  });

  it("refuses two rules of one priority before Google is asked", () => {
    assert.deepEqual(failures("armor", rules({ priority: 2147483647, action: "allow", match: EVERYONE })), [
      {
        property: "rules",
        reason: "Two rules have the same priority, please update one of the priorities to be different.",
      },
    ]);
  });
});
