import * as assert from "node:assert/strict";
import { parseMesh } from "../../mesh";
import { can } from "../../policy/src/facts/roles";
import { IMAGE, meshInput, TODAY } from "./support";

/** Roles that no account of a mesh may hold on the project, and nobody on one thing of it, by what they reach. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  everything: ["owner", "editor", "viewer", "admin", "writer", "reader"],
  "every service, job and function": [
    ...["run.invoker", "run.servicesInvoker", "run.jobsExecutor", "run.jobsExecutorWithOverrides"],
    ...["run.admin", "run.developer", "run.sourceDeveloper"],
    ...["cloudfunctions.invoker", "cloudfunctions.developer", "cloudfunctions.admin"],
  ],
  "everything behind Identity-Aware Proxy": ["iap.httpsResourceAccessor", "iap.admin"],
  "every account": [
    ...["iam.serviceAccountTokenCreator", "iam.serviceAccountOpenIdTokenCreator", "iam.serviceAccountUser"],
    ...["iam.serviceAccountAdmin", "iam.serviceAccountKeyAdmin", "iam.serviceAccountCreator"],
    ...["iam.workloadIdentityUser", "iam.workloadIdentityPoolAdmin", "iam.workforcePoolAdmin"],
  ],
  "who is granted what": [
    ...["iam.securityAdmin", "iam.roleAdmin", "iam.organizationRoleAdmin"],
    ...["resourcemanager.projectIamAdmin", "resourcemanager.folderIamAdmin", "resourcemanager.folderAdmin"],
    ...["resourcemanager.organizationAdmin", "resourcemanager.projectMover", "resourcemanager.projectCreator"],
  ],
};

/** What the policy pack leaves to the config: it judges who comes through IAP by itself, and custom roles by their content. */
const NOT_OF_THE_PACK = new Set([
  ...["iap.httpsResourceAccessor", "iap.admin", "iam.serviceAccountCreator", "iam.workloadIdentityPoolAdmin"],
  ...["iam.workforcePoolAdmin", "iam.roleAdmin", "iam.organizationRoleAdmin"],
  ...["resourcemanager.projectMover", "resourcemanager.projectCreator"],
]);

const HARMLESS = [
  ...["roles/run.viewer", "roles/iam.securityReviewer", "roles/storage.admin", "roles/cloudfunctions.viewer"],
  ...["roles/pubsub.viewer", "roles/logging.admin", "roles/cloudsql.editor", "roles/aiplatform.user"],
  ...["projects/acme-dev/roles/owner", "organizations/1/roles/run.admin"],
];

const problemsOf = (config: object) =>
  parseMesh(meshInput({ config: config as Record<string, unknown> }), TODAY).problems.map(
    ({ path, message }) => `${path}: ${message}`,
  );

describe("a role that reaches", () => {
  const code = { source: "functions/account-scoring", runtime: "nodejs22", entryPoint: "score" };

  for (const [what, roles] of Object.entries(REFUSED)) {
    it(`${what} is refused to every kind of account, and to people, however it is spelt`, () => {
      for (const role of roles.flatMap((name) => [`roles/${name}`, `roles/${name.toUpperCase()}`])) {
        const found = problemsOf({
          services: { api: { image: IMAGE, roles: [role] } },
          functions: { score: { ...code, roles: [role] } },
          jobs: { nightly: { image: IMAGE, roles: [role] } },
          workerPools: { queue: { image: IMAGE, roles: [role] } },
          operators: { staff: { member: "group:staff@acme.com", roles: [{ role, project: "acme-dev" }] } },
        });
        const fix = /^roles\/(run|cloudfunctions)\./i.test(role)
          ? 'declare the call in "calls"'
          : "grant a narrower role";
        const beyond = `"${role}" on the project reaches beyond this service; ${fix}`;
        assert.deepEqual(found.toSorted(), [
          `functions.score.roles[0]: ${beyond}`,
          `jobs.nightly.roles[0]: ${beyond}`,
          `operators.staff.roles[0].role: "${role}" reaches whatever the mesh declares, or everything; grant a narrower role`,
          `services.api.roles[0]: ${beyond}`,
          `workerPools.queue.roles[0]: ${beyond}`,
        ]);
      }
    });
  }

  it("no further than a service of Google's is let be, and so is one that a person has made", () => {
    assert.deepEqual(problemsOf({ services: { api: { image: IMAGE, roles: HARMLESS } } }), []);
  });

  it("too far is one that the policy pack refuses by itself, with the differences named", () => {
    const roles = Object.values(REFUSED).flat();
    const powerless = roles.filter((name) =>
      (["basic", "invoke", "impersonate"] as const).every((power) => !can(`roles/${name}`, power)),
    );
    assert.deepEqual(powerless.toSorted(), [...NOT_OF_THE_PACK].toSorted());
  });
});
