import * as assert from "node:assert/strict";
import { accessGraph, formatProblems, parseMesh } from "../../mesh";
import { placesOf } from "../../verify/grants/places";
import { meshInput, TODAY } from "../mesh/support";

/** What the config says to stand in the project's own policy. */
function declaredOnProject(change: Parameters<typeof meshInput>[0]) {
  const { spec, problems } = parseMesh(meshInput(change), TODAY);
  assert.ok(spec, formatProblems(problems));
  const serviceAccounts = {
    web: "web-sa@acme-dev.iam.gserviceaccount.com",
    api: "api-sa@acme-dev.iam.gserviceaccount.com",
  };
  const { project, region } = spec;
  const places = placesOf({ graph: accessGraph(spec), serviceAccounts, project, region });
  return places.find(({ kind }) => kind === "project")?.declared;
}

describe("what the project's policy has to hold", () => {
  it("is the way of a service into its database, narrowed to the instance", () => {
    const declared = {
      member: "serviceAccount:web-sa@acme-dev.iam.gserviceaccount.com",
      condition: 'resource.name == "projects/acme-dev/instances/main" && resource.service == "sqladmin.googleapis.com"',
      reason: "services.web.cloudSql",
    };
    assert.deepEqual(declaredOnProject({ web: { cloudSql: "acme-dev:europe-west9:main" } }), [
      { role: "roles/cloudsql.client", ...declared },
      { role: "roles/cloudsql.instanceUser", ...declared },
    ]);
  });

  it("is what people hold on the project, until their day", () => {
    const member = "group:analysts@acme.com";
    const roles = [
      { role: "roles/logging.viewer", project: "acme-dev" },
      { role: "roles/logging.viewer", project: "acme-other" },
    ];
    const declared = declaredOnProject({ config: { operators: { analysts: { member, roles, until: "2027-03-31" } } } });
    const condition = 'request.time < timestamp("2027-04-01T00:00:00Z")';
    assert.deepEqual(declared, [
      { member, role: "roles/logging.viewer", condition, reason: "operators.analysts.roles[0]" },
    ]);
  });

  it("is nothing where the database is another project's", () => {
    assert.deepEqual(declaredOnProject({ web: { cloudSql: "acme-db:europe-west9:main" } }), []);
  });
});
