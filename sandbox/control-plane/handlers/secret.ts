import { GoogleError, ProviderError } from "../errors";
import type { Handler, World } from "../handler";
import { at, objectAt, type PropertyValue, textAt } from "../properties";
import { annotationProblem, labelProblem } from "../rules/labels";
import type { Change } from "../state/store";
import { versionsOf } from "./secret-version";

export const SECRET = "gcp:secretmanager/secret:Secret";

/** Source: https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/create */
const SECRET_ID = /^[A-Za-z0-9_-]{1,255}$/;

/** A secret. Its values are its versions. */
export const secret: Handler = {
  kind: "Secret",
  naming: { property: "secretId", maxLength: 255 },
  defaults: () => ({ deletionProtection: false }),
  identify: (inputs) => `projects/${String(inputs["project"])}/secrets/${String(inputs["secretId"])}`,
  parseId: (id, world) => (id.startsWith("projects/") ? id : `projects/${world.scope.project}/secrets/${id}`),

  admit({ inputs }) {
    const id = textAt(inputs, "secretId") ?? "";
    if (!SECRET_ID.test(id)) {
      throw new GoogleError(400, `The provided secret ID [${id}] does not match the expected format [[a-zA-Z_0-9]+].`);
    }
    const replication = objectAt(inputs, "replication");
    if (at(replication, "auto") === undefined && at(replication, "userManaged") === undefined) {
      throw new GoogleError(400, "Secret.replication must be set: choose auto or user_managed.");
    }
    const problem = labelProblem(inputs["labels"]) ?? annotationProblem(inputs["annotations"]);
    if (problem !== undefined) throw new GoogleError(400, problem);
  },

  compute({ id, inputs, previous }, world) {
    const [, project = ""] = id.split("/");
    return {
      name: id.replace(`projects/${project}/`, `projects/${world.projects.number(project)}/`),
      createTime: previous?.state["createTime"] ?? world.now().toISOString(),
      effectiveAnnotations: objectAt(inputs, "annotations"),
      effectiveLabels: objectAt(inputs, "labels"),
      pulumiLabels: objectAt(inputs, "labels"),
    };
  },

  mayDelete(resource) {
    if (resource.state["deletionProtection"] === true) {
      throw new ProviderError(
        "cannot destroy secret without setting deletion_protection=false and running `pulumi up`",
      );
    }
  },

  cascade(resource, world) {
    const gone = [...versionsOf(resource.id, world), ...world.grants.on(resource.id)];
    return gone.map(({ type, id }): Change => ({ drop: { type, id } }));
  },
};

/** The id of the secret that a name or a path, with the project's id or its number, means. */
export function secretId(reference: PropertyValue | undefined, project: string | undefined, world: World): string {
  const text = String(reference);
  const path = /^projects\/([^/]+)\/secrets\/([^/]+)/.exec(text);
  if (path) return `projects/${world.projects.id(path[1] ?? "")}/secrets/${path[2]}`;
  return `projects/${project}/secrets/${text}`;
}
