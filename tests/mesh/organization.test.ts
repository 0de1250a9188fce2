import * as assert from "node:assert/strict";
import { checkOrganization, parseMesh } from "../../mesh";
import { IMAGE, meshInput, TODAY } from "./support";

const GROUP = "principalSet://iam.googleapis.com/locations/global/workforcePools/acme-staff/group/";
const staff = { member: `${GROUP}6f1c0d0a-6f0e-4f6e-9d3e-0c6a3a1c2b10` };
const google = { member: "group:staff@acme.com" };
const open = { all: "people open it from anywhere" };

function outside(change: Parameters<typeof meshInput>[0]) {
  const { spec, problems } = parseMesh(meshInput(change), TODAY);
  assert.ok(spec, JSON.stringify(problems));
  return checkOrganization(spec);
}

describe("a project in no organization", () => {
  it("signs nobody in to a workforce pool, at a load balancer or at a service", () => {
    const front = {
      domains: ["a.example"],
      routes: { "/": "web" },
      iap: { workforcePool: "acme-staff", access: [staff] },
    };
    const wiki = { image: IMAGE, ingress: open, iap: { workforcePool: "acme-staff", access: [staff] } };
    const why =
      'project "acme-dev" is in no organization, and a workforce pool signs people in to projects of its own organization; move the project into that (https://cloud.google.com/resource-manager/docs/project-migration), or remove it, so that Google accounts sign in';
    assert.deepEqual(outside({ also: { wiki }, config: { loadBalancer: front } }), {
      problems: [
        { path: "loadBalancer.iap.workforcePool", message: why },
        { path: "services.wiki.iap.workforcePool", message: why },
      ],
      warnings: [],
    });
  });

  it("signs Google accounts in by a client of its own alone, which is told and stops nobody", () => {
    const message =
      "project \"acme-dev\" is in no organization, and Google's own OAuth client signs in people of the project's organization alone; nobody comes through until IAP's settings of the project name a client of yours (https://cloud.google.com/iap/docs/custom-oauth-configuration)";
    const found = outside({ web: { ingress: open, iap: { access: [google] } } });
    assert.deepEqual(found, { problems: [], warnings: [{ path: "services.web.iap", message }] });
  });

  it("has everything else", () => assert.deepEqual(outside({}), { problems: [], warnings: [] }));
});
