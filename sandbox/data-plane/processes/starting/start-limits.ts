import { at, listAt } from "../../../control-plane/properties";
import type { RunService } from "../../run-services";
import type { StartLimits } from "./start-watch";

/** Of a process that does nothing: what it waits for does not come. */
const IDLE_MS = 30_000;

/** Cloud Run's own startup probe. Source: https://cloud.google.com/run/docs/configuring/healthchecks#tcp-startup-probe */
const LONGEST_MS = 240_000;

/**
 * How long a service may take until it listens: as long as its startup probe gives it on Cloud Run, but not less than
 * here, where all services start at once. Defaults of a probe: https://cloud.google.com/run/docs/reference/rest/v2/Container#Probe
 */
export function startLimits({ template }: Pick<RunService, "template">, idleMs = IDLE_MS): StartLimits {
  const containers = listAt(template, "containers");
  const container = containers.find((one) => at(one, "ports") !== undefined) ?? containers[0];
  const probe = at(container, "startupProbe");
  if (probe === undefined) return { idleMs, longestMs: LONGEST_MS };
  const number = (key: string, otherwise: number) => Number(at(probe, key) ?? otherwise);
  const given = number("initialDelaySeconds", 0) + number("periodSeconds", 10) * number("failureThreshold", 3);
  const longestMs = Math.max(idleMs, given * 1000);
  return { idleMs: longestMs, longestMs };
}
