/**
 * The jobs and worker pools of the control plane. Their containers do not run here; requests can be sent in their name,
 * from where they stand.
 */
import type { ControlPlane } from "../control-plane";
import { JOB, WORKER_POOL } from "../control-plane/handlers/run/names";
import { objectAt, textAt } from "../control-plane/properties";
import type { RunService } from "./run-services";

/** What of a service, a job or a worker pool says who it is and where it stands. */
export type Standing = Pick<RunService, "account" | "name" | "project" | "region" | "template">;

const KINDS = {
  job: { type: JOB, what: "job", path: ["template", "template"] },
  workerPool: { type: WORKER_POOL, what: "worker pool", path: ["template"] },
} as const;

/** Reads one as it is now. Throws with those that there are. */
export function runTask(kind: keyof typeof KINDS, name: string, controlPlane: ControlPlane): Standing {
  const { type, what, path } = KINDS[kind];
  const all = controlPlane.list({ type });
  const found = all.find(({ state }) => textAt(state, "name") === name);
  if (!found) {
    const names = all.map(({ state }) => textAt(state, "name")).join(", ");
    throw new Error(`no Cloud Run ${what} "${name}" in the control plane; there are: ${names || "none"}`);
  }
  const [, project = "", , region = ""] = found.id.split("/");
  const template = objectAt(found.state, ...path);
  return { name, project, region, template, account: textAt(template, "serviceAccount") ?? "" };
}
