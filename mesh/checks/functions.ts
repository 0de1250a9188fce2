import { byteCount, cpuCount } from "../../google/quantities";
import { EVENT_TIMEOUT_MAX_SECONDS, FUNCTION_CPUS, FUNCTION_DEFAULT_MEMORY } from "../limits";
import { labelValue } from "../names";
import { below, type Finding, type Problem } from "../problems";
import type { FunctionSpec } from "../spec/spec";
import { checkEnvironment } from "./container/environment";
import { checkSize } from "./container/resources";
import { checkEgress } from "./egress";
import { checkIap } from "./iap";
import { checkCallers, checkCalls, type Surroundings } from "./mesh";
import { checkIdentity, checkLabels, checkName, checkScaling } from "./service";

/** Checks of functions: what they are in themselves, whom they call, and who calls them. */

export function checkFunction(spec: FunctionSpec, around: Surroundings): Finding[] {
  const path = `functions.${spec.key}`;
  const own = [
    ...checkName(spec, around.place),
    ...checkIdentity(spec),
    ...checkEgress(spec),
    ...checkEnvironment(spec, "function"),
    ...checkLabels(spec),
    ...checkScaling(spec),
    ...checkResources(spec),
    ...checkConcurrency(spec),
    ...checkTrigger(spec),
    ...checkReason(spec),
  ];
  return [
    ...own.map((found) => below(path, found)),
    ...checkCalls(spec, path, around),
    ...checkCallers(spec, path, around),
    ...checkIap(spec, path, around.receivers),
  ];
}

/** What a function gets whose config names neither: memory by a default of ours, and CPUs by its memory. */
function defaultsOf({ resources }: FunctionSpec) {
  const memory = resources?.memory ?? FUNCTION_DEFAULT_MEMORY;
  const [, cpu = FUNCTION_CPUS.at(-1)![1]] = FUNCTION_CPUS.find(([most]) => byteCount(memory) <= most) ?? [];
  return { cpu, memory: FUNCTION_DEFAULT_MEMORY };
}

function checkResources(spec: FunctionSpec): Finding[] {
  return checkSize(spec.resources, "resources", undefined, defaultsOf(spec));
}

/** Source: https://cloud.google.com/functions/docs/configuring/concurrency */
function checkConcurrency(spec: FunctionSpec): Finding[] {
  const { concurrency = 1, resources } = spec;
  if (concurrency === 1 || cpuCount(resources?.cpu ?? defaultsOf(spec).cpu) >= 1) return [];
  const message = `got ${concurrency}, expected 1 with less than one CPU; set "resources.cpu"`;
  return [{ path: "concurrency", message, restsOn: ["concurrency", "resources"] }];
}

const REASON_MIN_CHARACTERS = 10;

/** Functions have no annotations: the reason travels as a label, which holds little else than letters a to z. */
function checkReason({ ingress }: FunctionSpec): Problem[] {
  if (typeof ingress !== "object") return [];
  const value = labelValue(ingress.all);
  if (value.replace(/[-_]+/g, "").length >= REASON_MIN_CHARACTERS) return [];
  return [
    {
      path: "ingress.all",
      message: `would be the label "${value}" on a function; write a reason with at least ${REASON_MIN_CHARACTERS} letters a to z or digits`,
    },
  ];
}

function checkTrigger({ trigger, timeoutSeconds = 0 }: FunctionSpec): Problem[] {
  if (!trigger) return [];
  const problems: Problem[] = [];
  const kinds = (["topic", "eventType"] as const).filter((kind) => trigger[kind] !== undefined);
  if (kinds.length !== 1) {
    problems.push({
      path: "trigger",
      message: `got ${kinds.join(" and ") || "no kind of event"}, expected exactly one of topic, eventType`,
    });
  }
  if (trigger.topic !== undefined && trigger.filters) {
    problems.push({ path: "trigger.filters", message: 'a topic brings every message; remove it, or use "eventType"' });
  }
  if (timeoutSeconds > EVENT_TIMEOUT_MAX_SECONDS) {
    problems.push({
      path: "timeoutSeconds",
      message: `got ${timeoutSeconds}, expected at most ${EVENT_TIMEOUT_MAX_SECONDS} with a trigger`,
    });
  }
  return problems;
}
