import type { Handler, Subject } from "../../handler";
import { numberAt, objectAt } from "../../properties";
import { shortName } from "../../rules/identifiers";
import { annotationProblem, labelProblem } from "../../rules/labels";
import { protectedResource, runAudit } from "./audit";
import { admitRunResource, JOB, parseRunId, runId, violation } from "./names";
import { secretProblems, startFailure } from "./secrets";
import { admitTemplate, filledTemplate, type Template } from "./template";

/** A Cloud Run job. Source: https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs */
export const runJob: Handler = {
  kind: "Job",
  naming: { property: "name", maxLength: 50 },
  defaults: () => ({ launchStage: "GA", deletionProtection: true }),
  identify: (inputs) => runId("jobs", inputs),
  parseId: (id, world) => parseRunId("jobs", id, world),

  admit(subject, world) {
    const outer = objectAt(subject.inputs, "template");
    admitRunResource(JOB, subject.inputs);
    const label = labelProblem(outer["labels"]) ?? annotationProblem(outer["annotations"]);
    if (label !== undefined) throw violation("job.template", label);
    const [tasks, parallelism] = [numberAt(outer, "taskCount") ?? 1, numberAt(outer, "parallelism") ?? 0];
    if (parallelism > tasks) {
      throw violation(
        "job.template.parallelism",
        `parallelism (${parallelism}) must not exceed task_count (${tasks}).`,
      );
    }
    admitTemplate(templateOf(subject), world);
  },

  compute(subject, world) {
    const { id, inputs } = subject;
    const [, project = ""] = id.split("/");
    const outer = objectAt(inputs, "template");
    const inner = { maxRetries: 3, timeout: "600s", ...filledTemplate(objectAt(outer, "template"), project, world) };
    return {
      ...runAudit(subject, world, secretProblems(templateOf(subject), world).length === 0),
      name: shortName(id),
      template: { taskCount: 1, ...outer, template: inner },
      executionCount: 0,
      latestCreatedExecutions: [],
    };
  },

  problems: (subject, world) => startFailure("Job", subject, "", secretProblems(templateOf(subject), world)),

  ...protectedResource("job"),
};

function templateOf({ id, inputs }: Subject): Template {
  const [, project = "", , location = ""] = id.split("/");
  const template = objectAt(inputs, "template", "template");
  return { of: "job", field: "job.template.template", project, location, template };
}
