import { accountEmail, computeDefaultAccount, projectOfEmail } from "../../../../google/accounts";
import { GoogleError } from "../../errors";
import type { World } from "../../handler";
import { at, listAt, numberAt, objectAt, type Properties, type PropertyValue, textAt } from "../../properties";
import { shortName } from "../../rules/identifiers";
import { annotationProblem, labelProblem } from "../../rules/labels";
import { ACCOUNT, accountPath } from "../service-account";
import { violation } from "./names";
import { admitVpcAccess } from "./network";

/** Set by Cloud Run itself. Source: https://cloud.google.com/run/docs/container-contract#env-vars */
const RESERVED_ENV: Readonly<Record<string, readonly string[]>> = {
  service: ["PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"],
  job: [
    "CLOUD_RUN_JOB",
    "CLOUD_RUN_EXECUTION",
    "CLOUD_RUN_TASK_INDEX",
    "CLOUD_RUN_TASK_ATTEMPT",
    "CLOUD_RUN_TASK_COUNT",
  ],
  worker_pool: ["CLOUD_RUN_WORKER_POOL", "CLOUD_RUN_WORKER_POOL_REVISION"],
};

/** Where a template is and whose it is. `field` is Google's path to it. */
export interface Template {
  of: "service" | "job" | "worker_pool";
  field: string;
  project: string;
  location: string;
  template: Properties;
}

/** Refuses what Google refuses in a template at once, before there is a revision. */
export function admitTemplate(subject: Template, world: World): void {
  const { field, template } = subject;
  const label = labelProblem(template["labels"]);
  if (label !== undefined) throw violation(`${field}.labels`, label);
  const annotation = annotationProblem(template["annotations"]);
  if (annotation !== undefined) throw violation(`${field}.annotations`, annotation);
  admitContainers(subject);
  admitScaling(`${field}.scaling`, template["scaling"]);
  admitVpcAccess(subject, world);
  admitServiceAccount(subject, world);
}

/** The minimum may not pass the maximum. */
export function admitScaling(field: string, scaling: PropertyValue | undefined): void {
  const [least, most] = [numberAt(scaling, "minInstanceCount"), numberAt(scaling, "maxInstanceCount")];
  if (least !== undefined && most !== undefined && least > most) {
    throw violation(field, `min_instance_count (${least}) must be less than or equal to max_instance_count (${most}).`);
  }
}

/** The account that a template runs as: its own, or the project's default one. */
export function runsAs(template: Properties, project: string, world: World): string {
  const given = textAt(template, "serviceAccount");
  if (given === undefined) return computeDefaultAccount(world.projects.number(project));
  const account = shortName(given);
  return account.includes("@") ? account : accountEmail(account, project);
}

/** The template as Google gives it back: with what it filled in. */
export function filledTemplate(template: Properties, project: string, world: World): Properties {
  const containers = listAt(template, "containers").map((container) => {
    const limits = objectAt(container, "resources", "limits");
    const resources = { ...objectAt(container, "resources"), limits: { cpu: "1000m", memory: "512Mi", ...limits } };
    return { ...(container as Properties), resources };
  });
  return { ...template, containers, serviceAccount: runsAs(template, project, world) };
}

function admitContainers({ of, field, template }: Template): void {
  const containers = listAt(template, "containers");
  if (containers.length === 0) throw violation(`${field}.containers`, "at least one container is required.");
  const withPorts = containers.filter((container) => at(container, "ports") !== undefined);
  if (of === "service" && (withPorts.length > 1 || (containers.length > 1 && withPorts.length === 0))) {
    throw violation(
      `${field}.containers`,
      "Revision template should contain exactly one container with an exposed port.",
    );
  }
  const volumes = new Set(listAt(template, "volumes").map((volume) => textAt(volume, "name")));
  containers.forEach((container, index) => {
    const place = `${field}.containers[${index}]`;
    if (textAt(container, "image") === undefined) throw violation(`${place}.image`, "must not be empty.");
    admitEnv(`${place}.env`, listAt(container, "envs"), RESERVED_ENV[of] ?? []);
    for (const mount of listAt(container, "volumeMounts")) {
      const name = textAt(mount, "name");
      if (!volumes.has(name)) throw violation(`${place}.volume_mounts`, `the volume '${name}' is not defined.`);
    }
  });
}

function admitEnv(place: string, envs: PropertyValue[], reserved: readonly string[]): void {
  const seen = new Set<string>();
  for (const env of envs) {
    const name = textAt(env, "name") ?? "";
    if (name === "") throw violation(place, "the name of an environment variable must not be empty.");
    if (reserved.includes(name)) {
      const message = `The following reserved env names were provided: ${name}. These values are automatically set by the system.`;
      throw violation(place, message);
    }
    if (seen.has(name)) throw violation(place, `Duplicate env name '${name}'.`);
    seen.add(name);
  }
}

function admitServiceAccount({ template, project }: Template, world: World): void {
  const email = runsAs(template, project, world);
  const home = projectOfEmail(email);
  if (home === undefined) return;
  const refusal = () =>
    new GoogleError(
      403,
      `Permission 'iam.serviceaccounts.actAs' denied on service account ${email} (or it may not exist).`,
    );
  if (!world.find(ACCOUNT, accountPath(email, home))) {
    world.need(ACCOUNT, { accountId: email.slice(0, email.indexOf("@")), project: home }, refusal);
  }
}
