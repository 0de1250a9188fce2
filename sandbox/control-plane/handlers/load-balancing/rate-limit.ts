import { at, numberAt, type PropertyValue, textAt } from "../../properties";

const INTERVALS = [10, 30, 60, 120, 180, 240, 270, 300, 600, 900, 1200, 1800, 2700, 3600];
const KEYS = [
  "ALL",
  "IP",
  "HTTP_HEADER",
  "XFF_IP",
  "HTTP_COOKIE",
  "HTTP_PATH",
  "SNI",
  "REGION_CODE",
  "TLS_JA3_FINGERPRINT",
  "TLS_JA4_FINGERPRINT",
  "USER_IP",
  "",
];
const EXCEED = /^(deny\((403|404|429|502)\)|redirect)$/;

/** What is wrong with the limit of a rule, and where in it. */
export interface RateLimitProblem {
  readonly at: string;
  readonly value: unknown;
  readonly why: string;
}

/** Source: https://cloud.google.com/armor/docs/rate-limiting-overview. Assumed: the words. */
export function rateLimitProblem(action: string, options: PropertyValue | undefined): RateLimitProblem | undefined {
  const limits = action === "throttle" || action === "rate_based_ban";
  if (options === undefined) {
    return limits ? { at: "", value: "", why: `The action ${action} needs rate limit options.` } : undefined;
  }
  if (!limits)
    return { at: "", value: "", why: "Only the actions throttle and rate_based_ban have rate limit options." };
  return threshold(options, "rateLimitThreshold", true) ?? actions(options) ?? ban(action, options);
}

function actions(options: PropertyValue): RateLimitProblem | undefined {
  const [conform, exceed, key] = ["conformAction", "exceedAction", "enforceOnKey"].map((name) => textAt(options, name));
  if (conform !== "allow") return { at: ".conformAction", value: conform, why: "Must be 'allow'." };
  if (exceed === undefined || !EXCEED.test(exceed)) {
    return {
      at: ".exceedAction",
      value: exceed,
      why: "Must be deny(403), deny(404), deny(429), deny(502) or redirect.",
    };
  }
  if (key === undefined || KEYS.includes(key)) return undefined;
  return { at: ".enforceOnKey", value: key, why: "This is no key to enforce a limit on." };
}

function ban(action: string, options: PropertyValue): RateLimitProblem | undefined {
  const seconds = numberAt(options, "banDurationSec");
  if (action === "rate_based_ban") {
    if (seconds === undefined) return { at: ".banDurationSec", value: "", why: "The action rate_based_ban needs it." };
    return threshold(options, "banThreshold", false);
  }
  if (seconds === undefined && at(options, "banThreshold") === undefined) return undefined;
  return { at: ".banDurationSec", value: seconds, why: "Only the action rate_based_ban bans." };
}

function threshold(options: PropertyValue, key: string, needed: boolean): RateLimitProblem | undefined {
  if (at(options, key) === undefined && !needed) return undefined;
  const [count, interval] = [numberAt(options, key, "count"), numberAt(options, key, "intervalSec")];
  if (count === undefined || count < 1) return { at: `.${key}.count`, value: count, why: "Must be at least 1." };
  if (interval !== undefined && INTERVALS.includes(interval)) return undefined;
  return { at: `.${key}.intervalSec`, value: interval, why: `Must be one of ${INTERVALS.join(", ")}.` };
}
