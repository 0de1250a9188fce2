import { accountEmail, computeDefaultAccount, projectOfEmail } from "../../../../google/accounts";
import { GoogleError } from "../../errors";
import type { World } from "../../handler";
import { listAt, numberAt, objectAt, type Properties, type PropertyValue, textAt } from "../../properties";
import { shortName } from "../../rules/identifiers";
import { annotationProblem, labelProblem } from "../../rules/labels";
import { ACCOUNT, accountPath } from "../service-account";
import { admitContainers } from "./containers";
import { violation } from "./names";
import { admitVpcAccess } from "./network";

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
