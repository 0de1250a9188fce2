import type { Handler, Subject } from "../../handler";
import { equal, objectAt, textAt } from "../../properties";
import { shortName } from "../../rules/identifiers";
import { protectedResource, runAudit } from "./audit";
import { admitRunResource, parseRunId, revisionName, runId, WORKER_POOL } from "./names";
import { secretProblems, startFailure } from "./secrets";
import { admitTemplate, filledTemplate, type Template } from "./template";

const ALL_TO_LATEST = { type: "INSTANCE_SPLIT_ALLOCATION_TYPE_LATEST", percent: 100 };

/** A Cloud Run worker pool: no address, no requests. Source: https://cloud.google.com/run/docs/deploy-worker-pools */
export const runWorkerPool: Handler = {
  kind: "WorkerPool",
  naming: { property: "name", maxLength: 50 },
  defaults: () => ({ launchStage: "GA", deletionProtection: true, instanceSplits: [ALL_TO_LATEST] }),
  identify: (inputs) => runId("workerPools", inputs),
  parseId: (id, world) => parseRunId("workerPools", id, world),

  admit(subject, world) {
    admitRunResource(WORKER_POOL, subject.inputs);
    admitTemplate(templateOf(subject), world);
  },

  compute(subject, world) {
    const { id, inputs, previous } = subject;
    const [, project = ""] = id.split("/");
    const revision = nextRevision(subject);
    const ready = secretProblems(templateOf(subject), world).length === 0;
    return {
      ...runAudit(subject, world, ready),
      name: shortName(id),
      template: filledTemplate(objectAt(inputs, "template"), project, world),
      latestCreatedRevision: revision,
      latestReadyRevision: ready ? revision : (previous?.state["latestReadyRevision"] ?? ""),
      instanceSplitStatuses: [{ ...ALL_TO_LATEST, revision }],
    };
  },

  problems(subject, world) {
    const what = `Revision '${nextRevision(subject)}' is not ready. `;
    return startFailure("WorkerPool", subject, what, secretProblems(templateOf(subject), world));
  },

  ...protectedResource("workerpool"),
};

function templateOf({ id, inputs }: Subject): Template {
  const [, project = "", , location = ""] = id.split("/");
  const template = objectAt(inputs, "template");
  return { of: "worker_pool", field: "worker_pool.template", project, location, template };
}

function nextRevision({ id, inputs, previous, incarnation }: Subject): string {
  const last = textAt(previous?.state, "latestCreatedRevision");
  const isReady = last === textAt(previous?.state, "latestReadyRevision");
  if (last !== undefined && isReady && equal(previous?.inputs["template"], inputs["template"])) return last;
  return revisionName(id, Number(previous?.state["generation"] ?? 0) + 1, incarnation);
}
