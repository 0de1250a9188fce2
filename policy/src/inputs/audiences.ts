/** Tokens that a stack sends to its own workloads: for which audience each is made, and which a workload accepts. */

import { FUNCTION_V2, SERVICE, SERVICE_V1 } from "../facts/tokens";
import type { StackResource } from "../rule";
import { type Reading, read } from "./read";
import { calleesIn, hostsOf, type Stack, textOf, toldTo, type Workload } from "./stack";

export interface SentToken {
  readonly sender: StackResource;
  /** Where the audience stands. */
  readonly path: string;
  readonly audience: string;
  readonly callee: Workload;
}

/** Every token whose audience and receiving workload the stack tells. */
export function* sentTokens(stack: Stack, resources: readonly StackResource[]): Generator<SentToken> {
  const byUrn = new Map(stack.workloads.map((workload) => [workload.resource.urn, workload]));
  for (const sender of resources) {
    const target = TARGETS.get(sender.type);
    if (target === undefined) continue;
    const audience = textOf(read(sender.props, ...target.audience));
    if (audience === undefined) continue;
    const url = read(sender.props, ...target.url);
    const made = (sender.sources?.[target.url[0] ?? ""] ?? []).flatMap((urn) => byUrn.get(urn) ?? []);
    const callees = url.state === "unknown" ? made : calleesIn(stack, withScheme(textOf(url) ?? ""));
    const [callee] = callees;
    if (callee === undefined || callees.length > 1) continue;
    yield { sender, path: target.audience.join("."), audience, callee };
  }
  for (const workload of stack.workloads) yield* toldAudiences(stack, workload);
}

/** `ORDERS_AUDIENCE` beside `ORDERS_URL`: of an audience alone nobody can tell whether it is sent or expected. */
function* toldAudiences(stack: Stack, workload: Workload): Generator<SentToken> {
  const urls = new Map<string, Workload>();
  const audiences: { prefix: string; path: string; audience: string }[] = [];
  for (const { path, name, text } of toldTo(workload).variables) {
    const [, prefix, what] = /(.+)_(URL|URI|ENDPOINT|ORIGIN|AUDIENCE)$/.exec(name?.toUpperCase() ?? "") ?? [];
    if (prefix === undefined) continue;
    const [callee] = calleesIn(stack, text);
    if (what === "AUDIENCE") audiences.push({ prefix, path, audience: text });
    else if (callee !== undefined) urls.set(prefix, callee);
  }
  for (const { prefix, path, audience } of audiences) {
    const callee = urls.get(prefix);
    if (callee !== undefined) yield { sender: workload.resource, path, audience, callee };
  }
}

interface Target {
  readonly url: readonly string[];
  readonly audience: readonly string[];
}

/** Where nobody names an audience, the target's own URL is it: https://docs.cloud.google.com/tasks/docs/reference/rest/v2/OidcToken */
const TARGETS: ReadonlyMap<string, Target> = new Map([
  ["gcp:cloudscheduler/job:Job", { url: ["httpTarget", "uri"], audience: ["httpTarget", "oidcToken", "audience"] }],
  [
    "gcp:cloudtasks/queue:Queue",
    { url: ["httpTarget", "uriOverride", "host"], audience: ["httpTarget", "oidcToken", "audience"] },
  ],
  [
    "gcp:pubsub/subscription:Subscription",
    { url: ["pushConfig", "pushEndpoint"], audience: ["pushConfig", "oidcToken", "audience"] },
  ],
]);

const withScheme = (url: string) => (url.includes("://") ? url : `https://${url}`);

/**
 * Whether a workload is certain not to take tokens for an audience: it takes those for its own URLs, and for the custom
 * audiences that it lists: https://docs.cloud.google.com/run/docs/configuring/custom-audiences. A path behind the URL
 * is not held against it, and neither is an OAuth client id, which gcloud and Identity-Aware Proxy use.
 */
export function refusesAudience(callee: Workload, audience: string): boolean {
  const { type, props } = callee.resource;
  if (/\.apps\.googleusercontent\.com$/.test(audience)) return false;
  const [, host = ""] = /^https:\/\/([^/:\s]+)/.exec(audience.toLowerCase()) ?? [];
  if (isHostOf(callee, host)) return false;
  if (type === FUNCTION_V2 && host.endsWith(".cloudfunctions.net")) return false;
  const custom = customAudiences(type, props);
  return custom !== undefined && !custom.some((one) => withoutSlash(one) === withoutSlash(audience));
}

const withoutSlash = (audience: string) => audience.replace(/\/$/, "");

/** While the URL with the random part is unknown, any of that form counts. */
function isHostOf(callee: Workload, host: string): boolean {
  const { name, location } = callee;
  if (hostsOf(callee).exact.includes(host)) return true;
  if (name === undefined) return host.endsWith(".run.app");
  const rest = host.startsWith(`${name.toLowerCase()}-`) ? host.slice(name.length + 1) : "";
  const [, region] = /^\d+\.([a-z0-9-]+)\.run\.app$/.exec(rest) ?? [];
  return region === undefined ? /^[a-z0-9]+-[a-z]+\.a\.run\.app$/.test(rest) : region === (location ?? region);
}

/** Undefined where they cannot be told. */
function customAudiences(type: string, props: StackResource["props"]): readonly string[] | undefined {
  if (type === SERVICE) return texts(read(props, "customAudiences"), (i) => read(props, "customAudiences", i));
  if (type !== SERVICE_V1) return [];
  const listed = read(props, "metadata", "annotations", "run.googleapis.com/custom-audiences");
  if (listed.state !== "known") return listed.state === "absent" ? [] : undefined;
  try {
    const list: unknown = JSON.parse(String(listed.value));
    return Array.isArray(list) ? list.map(String) : [];
  } catch {
    return [];
  }
}

function texts(list: Reading, at: (index: number) => Reading): readonly string[] | undefined {
  if (list.state !== "known") return list.state === "absent" ? [] : undefined;
  const readings = Array.from({ length: Array.isArray(list.value) ? list.value.length : 0 }, (_, i) => at(i));
  return readings.some(({ state }) => state === "unknown") ? undefined : readings.flatMap((one) => textOf(one) ?? []);
}
