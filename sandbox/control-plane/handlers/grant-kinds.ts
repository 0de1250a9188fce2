import { projectOfEmail } from "../../../google/accounts";
import { GoogleError } from "../errors";
import type { World } from "../handler";
import { type Properties, textAt } from "../properties";
import { shortName } from "../rules/identifiers";
import { BACKEND_SERVICE } from "./load-balancing/types";
import { JOB, runId, SERVICE, WORKER_POOL } from "./run/names";
import { SECRET, secretId } from "./secret";
import { ACCOUNT } from "./service-account";

/**
 * What becomes of a condition. `refused`: Google takes none in this policy. `read`: the provider asks for version 3 of the
 * policy and reads it back. `hidden`: the provider does not ask for it, so Google shows no condition and another role.
 * Sources: https://cloud.google.com/iam/help/conditions/resource-policies,
 * https://cloud.google.com/iam/docs/troubleshooting-withcond, and for Cloud Run the provider's reads of its policies
 */
export type Conditions = "refused" | "read" | "hidden";

/** What sets one `…IamMember` type apart from another. */
export interface GrantKind {
  /** What the grant is on, in the provider's words. */
  on: string;
  /** The id of what the grant is on. */
  target(inputs: Properties, world: World): string;
  /** Throws where the target does not exist. @default - taken to exist */
  admitTarget?(inputs: Properties, world: World): void;
  conditions: Conditions;
  /** Whether the bridge deletes one before it replaces it. Source: provider/resources.go of pulumi-gcp. @default false */
  deleteBeforeReplace?: boolean;
  /** Whether `projectOwner:` and the like may be members. @default false */
  basicRoleMembers?: boolean;
}

/** Grants by their type token. One more kind of grant is one more row. */
export const GRANT_KINDS: Readonly<Record<string, GrantKind>> = {
  "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": run("service", "services", "SERVICE", SERVICE, "hidden"),
  "gcp:cloudrunv2/jobIamMember:JobIamMember": run("job", "jobs", "JOB", JOB, "refused"),
  "gcp:cloudrunv2/workerPoolIamMember:WorkerPoolIamMember": run(
    "workerpool",
    "workerPools",
    "WORKER_POOL",
    WORKER_POOL,
    "refused",
  ),
  "gcp:secretmanager/secretIamMember:SecretIamMember": {
    on: "secretmanager secret",
    target: (inputs, world) => secretId(inputs["secretId"], textAt(inputs, "project"), world),
    admitTarget(inputs, world) {
      const id = secretId(inputs["secretId"], textAt(inputs, "project"), world);
      const [, project, , name] = id.split("/");
      world.need(SECRET, { project: project ?? "", secretId: name ?? "" }, () => {
        return new GoogleError(
          404,
          `Secret [projects/${world.projects.number(project ?? "")}/secrets/${name}] not found.`,
        );
      });
    },
    conditions: "read",
  },
  "gcp:projects/iAMMember:IAMMember": {
    on: "project",
    target: (inputs, world) => world.projects.id(shortName(String(inputs["project"]))),
    conditions: "read",
    deleteBeforeReplace: true,
    basicRoleMembers: true,
  },
  "gcp:serviceaccount/iAMMember:IAMMember": {
    on: "service account",
    target: (inputs) => accountTarget(inputs),
    admitTarget(inputs, world) {
      const email = shortName(accountTarget(inputs));
      const project = projectOfEmail(email);
      if (project === undefined) return;
      world.need(ACCOUNT, { accountId: email.slice(0, email.indexOf("@")), project }, () => {
        return new GoogleError(404, `Unknown service account, notFound`);
      });
    },
    conditions: "read",
  },
  "gcp:iap/webBackendServiceIamMember:WebBackendServiceIamMember": {
    ...named("iap webbackendservice", backendTarget),
    admitTarget(inputs, world) {
      const place = { project: String(inputs["project"]), name: shortName(String(inputs["webBackendService"])) };
      world.need(BACKEND_SERVICE, place, () => new GoogleError(404, "Requested entity was not found., notFound"));
    },
  },
  "gcp:iap/webTypeComputeIamMember:WebTypeComputeIamMember": named("iap webtypecompute", (project) => {
    return `projects/${project}/iap_web/compute`;
  }),
  "gcp:iap/webIamMember:WebIamMember": named("iap web", (project) => `projects/${project}/iap_web`),
  "gcp:iap/webCloudRunServiceIamMember:WebCloudRunServiceIamMember": named(
    "iap webcloudrunservice",
    (project, inputs) => {
      const service = shortName(String(inputs["cloudRunServiceName"]));
      return `projects/${project}/iap_web/cloud_run-${String(inputs["location"])}/services/${service}`;
    },
  ),
  "gcp:pubsub/topicIAMMember:TopicIAMMember": named("pubsub topic", (project, inputs) => {
    return `projects/${project}/topics/${shortName(String(inputs["topic"]))}`;
  }),
  "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember": named("pubsub subscription", (project, inputs) => {
    return `projects/${project}/subscriptions/${shortName(String(inputs["subscription"]))}`;
  }),
  "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": named(
    "artifactregistry repository",
    (project, inputs) => {
      return `projects/${project}/locations/${String(inputs["location"])}/repositories/${shortName(String(inputs["repository"]))}`;
    },
  ),
  "gcp:storage/bucketIAMMember:BucketIAMMember": {
    ...named("storage bucket", (_project, inputs) => `b/${shortName(String(inputs["bucket"]))}`),
    basicRoleMembers: true,
  },
};

function run(on: string, collection: string, kind: string, type: string, conditions: Conditions): GrantKind {
  const target = (inputs: Properties) => runId(collection, inputs);
  return {
    on: `cloudrunv2 ${on}`,
    target,
    admitTarget(inputs, world) {
      const id = target(inputs);
      if (world.find(type, id)) return;
      const [, project, , location, , name] = id.split("/");
      throw new GoogleError(
        404,
        `Resource '${name}' of kind '${kind}' in region '${location}' in project '${project}' does not exist.`,
      );
    },
    conditions,
  };
}

function named(on: string, target: (project: string, inputs: Properties) => string): GrantKind {
  return { on, target: (inputs) => target(String(inputs["project"]), inputs), conditions: "read" };
}

function backendTarget(project: string, inputs: Properties): string {
  return `projects/${project}/iap_web/compute/services/${shortName(String(inputs["webBackendService"]))}`;
}

function accountTarget(inputs: Properties): string {
  const given = String(inputs["serviceAccountId"]);
  const email = shortName(given);
  const project = given.startsWith("projects/-/") ? (projectOfEmail(email) ?? "-") : undefined;
  return project === undefined ? given : `projects/${project}/serviceAccounts/${email}`;
}
