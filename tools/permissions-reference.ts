import { PROJECT_APIS } from "../mesh/project-services";
import { ALSO_READS, READS } from "../verify/deployed/policies";
import { PERMISSIONS } from "./deploy/permissions";

/**
 * `docs/permissions.md`: what a project and the person who deploys need, from the tables that `npm run up` checks by, and
 * what whoever verifies needs.
 */
export function permissionsReference(): string {
  const apis = PROJECT_APIS.map(({ service, what, where }) => `| \`${service}\` | ${what} | ${where} |`);
  const permissions = PERMISSIONS.flatMap(({ permissions: names, what, where, preview }) =>
    names.map((name) => `| \`${name}\` | ${what} | ${where} | ${preview ? "preview, up" : "up"} |`),
  );
  const reads = [
    ...Object.values(READS).map(({ permission, of }) => `| \`${permission}\` | read the IAM policy | ${of} |`),
    `| \`${ALSO_READS.settings.permission}\` | read how it can be reached | ${ALSO_READS.settings.of} |`,
    `| \`${ALSO_READS.roles.permission}\` | read what they hold | ${ALSO_READS.roles.of} |`,
  ];
  return [
    "# What a deployment takes",
    "",
    "Generated from `mesh/project-services.ts` and `tools/deploy/permissions/` by `npm run docs`. `npm run preview` and",
    "`npm run up` check the rows that a mesh needs, and no others, before they start.",
    "",
    "## APIs",
    "",
    "On in the project already, or switched on by the update where `cloud-run-mesh:projectServices` is `true`",
    "([why not by default](decisions/0008-apis-on-request.md)).",
    "",
    "| API | What for | Where |",
    "|---|---|---|",
    ...apis,
    "",
    "## Permissions of the person who deploys",
    "",
    "On the project, where nothing else is said. Where the network is a Shared VPC's, Cloud Run's service agent",
    "(`service-PROJECT_NUMBER@serverless-robot-prod.iam.gserviceaccount.com`) needs `roles/compute.networkUser` on its",
    "subnetwork as well, which nobody can check from outside",
    "([Shared VPC](https://cloud.google.com/run/docs/configuring/shared-vpc-direct-vpc)).",
    "",
    "In a project from before April 2021, Pub/Sub's service agent",
    "(`service-PROJECT_NUMBER@gcp-sa-pubsub.iam.gserviceaccount.com`) needs `roles/iam.serviceAccountTokenCreator` before it",
    "brings events to functions with a `trigger`",
    "([Eventarc](https://cloud.google.com/eventarc/docs/run/route-trigger-cloud-storage)).",
    "",
    "Two things are left out. A `bucket` that a function names may be in any project, with grants of its own: on it the",
    "permissions on objects are needed and not checked. And deleting, which a first update does not do, takes the `delete`",
    "of whatever is deleted.",
    "",
    "| Permission | What for | Where | Needed for |",
    "|---|---|---|---|",
    ...permissions,
    "",
    "## Permissions of whoever runs `npm run verify -- --stack`",
    "",
    "To read who is let in. `roles/iam.securityReviewer` and `roles/run.viewer` on the project hold them all; what may not",
    "be read is told, and fails. A custom role of the organization is read with `iam.roles.get` there. What stands on the",
    "folders and the organization above the project is not read.",
    "",
    "| Permission | What for | Where |",
    "|---|---|---|",
    ...reads,
    "",
  ].join("\n");
}
