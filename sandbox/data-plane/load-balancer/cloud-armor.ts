/**
 * Cloud Armor's decision about a request: by address ranges and by rate. Rules that match by an expression, the
 * preconfigured ones for web attacks among them, are not played and taken not to match.
 * Source: https://cloud.google.com/armor/docs/security-policy-overview, https://cloud.google.com/armor/docs/rate-limiting-overview
 */
import { BlockList } from "node:net";
import type { ControlPlane } from "../../control-plane";
import { listAt, numberAt, type PropertyValue, textAt } from "../../control-plane/properties";
import type { Backend } from "./backends";
import { nameOf, referred, TYPES } from "./resources";

export interface Denial {
  readonly code: number;
  readonly message: string;
}

/** Windows that are kept at most; the oldest goes first. */
const KEPT = 10_000;

export class CloudArmor {
  readonly #windows = new Map<string, { startMs: number; count: number; bannedUntilMs: number }>();

  constructor(private readonly controlPlane: ControlPlane) {}

  /** Why a backend's policy refuses a request; undefined where it lets it pass or where there is none. */
  judge({ state }: Backend, clientAddress: string, now: Date): Denial | undefined {
    const policy = referred(this.controlPlane, TYPES.securityPolicy, textAt(state, "securityPolicy"));
    if (!policy) return undefined;
    const rules = listAt(policy.state, "rules")
      .filter((rule) => (rule as { preview?: unknown }).preview !== true)
      .sort((a, b) => priorityOf(a) - priorityOf(b));
    for (const rule of rules) {
      if (!matches(rule, clientAddress)) continue;
      const name = `rule ${priorityOf(rule)} of the security policy ${nameOf(policy.state)}`;
      const action = textAt(rule, "action") ?? "";
      if (action === "allow") return undefined;
      if (action.startsWith("deny")) return { code: codeOf(action), message: `${name} denies ${clientAddress}` };
      if (action === "throttle" || action === "rate_based_ban") {
        return this.#limit(`${policy.id} ${priorityOf(rule)}`, rule, name, clientAddress, now.getTime());
      }
    }
    return undefined;
  }

  #limit(key: string, rule: PropertyValue, name: string, clientAddress: string, nowMs: number): Denial | undefined {
    const threshold = numberAt(rule, "rateLimitOptions", "rateLimitThreshold", "count") ?? Number.POSITIVE_INFINITY;
    const seconds = numberAt(rule, "rateLimitOptions", "rateLimitThreshold", "intervalSec") ?? 60;
    const bySource = (textAt(rule, "rateLimitOptions", "enforceOnKey") ?? "ALL") !== "ALL";
    const place = bySource ? `${key} ${clientAddress}` : key;
    let window = this.#windows.get(place);
    if (!window || window.startMs + seconds * 1000 <= nowMs) {
      window = { startMs: nowMs, count: 0, bannedUntilMs: window?.bannedUntilMs ?? 0 };
      if (this.#windows.size >= KEPT) this.#windows.delete(this.#windows.keys().next().value!);
      this.#windows.set(place, window);
    }
    window.count += 1;
    const isOver = window.count > threshold;
    const banSeconds = numberAt(rule, "rateLimitOptions", "banDurationSec");
    if (isOver && banSeconds !== undefined) window.bannedUntilMs = nowMs + banSeconds * 1000;
    if (!isOver && window.bannedUntilMs <= nowMs) return undefined;
    const code = codeOf(textAt(rule, "rateLimitOptions", "exceedAction") ?? "deny(429)");
    return { code, message: `${name} lets ${threshold} requests pass in ${seconds} s, and ${clientAddress} sent more` };
  }
}

/** Assumed: what the policy of a rule without a match is; the provider demands one. */
function matches(rule: PropertyValue, clientAddress: string): boolean {
  const ranges = listAt(rule, "match", "config", "srcIpRanges").map(String);
  return ranges.some((range) => range === "*" || contains(range, clientAddress));
}

function contains(range: string, address: string): boolean {
  const [base = "", prefix] = range.split("/");
  const family = (text: string) => (text.includes(":") ? "ipv6" : "ipv4");
  if (family(base) !== family(address)) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(prefix ?? (family(base) === "ipv6" ? 128 : 32)), family(base));
  return list.check(address, family(address));
}

function priorityOf(rule: PropertyValue): number {
  return numberAt(rule, "priority") ?? Number.POSITIVE_INFINITY;
}

/** `deny(403)`, `deny-403` as gcloud writes it. */
function codeOf(action: string): number {
  return Number(/\d{3}/.exec(action)?.[0] ?? 403);
}
