import * as assert from "node:assert/strict";
import { label } from "../../../sandbox/data-plane/front-end/invokers";
import { account, make, PROJECT, PROJECT_GRANT, SERVICE_GRANT } from "../control-plane/cloud";
import { ask, askAs, deploy, email, grant, type Mesh, openMesh, url } from "./mesh";

describe("an account in a decision", () => {
  for (const [project, host] of [
    ["acme-dev", "acme-dev"],
    ["acme.com:dev", "dev.acme.com"],
  ] as const) {
    it(`is told by its id alone, in its own project ${project}`, () => {
      assert.equal(label(`web-sa@${host}.iam.gserviceaccount.com`, { project }), "web-sa");
      assert.equal(label("ci@other.iam.gserviceaccount.com", { project }), "ci@other.iam.gserviceaccount.com");
    });
  }
});

describe("front end: invokers", () => {
  let mesh: Mesh;
  let count = 0;
  let now = new Date("2026-06-01T12:00:00Z");
  const person = "dev@acme.example";

  before(async () => {
    mesh = await openMesh((controlPlane) => void account(controlPlane, "caller-sa"), {
      standIns: true,
      clock: () => now,
      people: [
        {
          email: person,
          groups: ["Developers@acme.example"],
          principals: ["principal://iam.googleapis.com/x/subject/A"],
        },
        { email: email("caller"), groups: ["robots@acme.example"] },
      ],
    });
  });
  after(() => mesh.plane.close());

  /** The code of a call to a fresh service with these grants. */
  async function call(who: string, ...grants: [member: string, more?: Record<string, unknown>][]): Promise<number> {
    const name = `order-${++count}`;
    deploy(mesh.controlPlane, name);
    for (const [member, more] of grants) grant(mesh.controlPlane, name, member, more as never);
    return (await askAs(mesh, who, url(name))).code;
  }
  const said = () => mesh.said().replaceAll(`order-${count}`, "order");

  it("refuses whoever has no grant, and names those who have", async () => {
    assert.equal(await call(email("caller")), 403);
    assert.equal(said(), "403 order: caller-sa has no roles/run.invoker on order (granted: nobody)");
    account(mesh.controlPlane, "gateway-sa");
    assert.equal(await call(email("caller"), [`serviceAccount:${email("gateway")}`], ["user:a@b.example"]), 403);
    assert.equal(said(), "403 order: caller-sa has no roles/run.invoker on order (granted: gateway-sa, a@b.example)");
  });

  it("knows service accounts, people, groups, domains and principals", async () => {
    const members: [string, string][] = [
      [email("caller"), `serviceAccount:${email("caller")}`],
      [email("caller"), "group:robots@acme.example"],
      [person, `user:${person}`],
      [person, "user:DEV@acme.example"],
      [person, "group:developers@acme.example"],
      [person, "domain:acme.example"],
      [person, "principal://iam.googleapis.com/x/subject/A"],
      [person, "allAuthenticatedUsers"],
    ];
    for (const [who, member] of members) assert.equal(await call(who, [member]), 200, member);
  });

  it("mixes none of them up", async () => {
    const members: [string, string][] = [
      [email("caller"), `user:${email("caller")}`],
      [person, "user:other@acme.example"],
      [person, "group:dev@acme.example"],
      [person, "group:robots@acme.example"],
      [person, "domain:example.org"],
      [email("caller"), `domain:${PROJECT}.iam.gserviceaccount.com`],
      [person, "principal://iam.googleapis.com/x/subject/a"],
    ];
    for (const [who, member] of members) assert.equal(await call(who, [member]), 403, member);
  });

  it("lets everybody in where allUsers may invoke, without a token and with any", async () => {
    assert.equal(await call("stranger@elsewhere.example", ["allUsers"]), 200);
    assert.equal(said(), "200 order: roles/run.invoker is granted to allUsers");
    const access = await mesh.plane.proxyFor({});
    assert.equal((await ask(access, url(`order-${count}`))).code, 200);
    assert.equal(await call("stranger@elsewhere.example", ["allAuthenticatedUsers"]), 200);
    assert.equal((await ask(access, url(`order-${count}`))).code, 403);
  });

  it("knows the roles that carry run.routes.invoke, and no others", async () => {
    const member = `serviceAccount:${email("caller")}`;
    for (const role of ["roles/run.admin", "roles/run.servicesInvoker", "roles/owner", "roles/editor"]) {
      assert.equal(await call(email("caller"), [member, { role }]), 200, role);
    }
    for (const role of ["roles/run.viewer", "roles/run.developer", "roles/viewer", "roles/iam.serviceAccountUser"]) {
      assert.equal(await call(email("caller"), [member, { role }]), 403, role);
    }
  });

  it("reads custom roles of the state", async () => {
    const type = "gcp:projects/iAMCustomRole:IAMCustomRole";
    const title = "custom";
    make(mesh.controlPlane, type, "caller", { roleId: "caller", title, permissions: ["run.routes.invoke"] });
    make(mesh.controlPlane, type, "looker", { roleId: "looker", title, permissions: ["run.routes.get"] });
    const member = `serviceAccount:${email("caller")}`;
    const role = (id: string) => ({ role: `projects/${PROJECT}/roles/${id}` });
    assert.equal(await call(email("caller"), [member, role("caller")]), 200);
    assert.equal(await call(email("caller"), [member, role("looker")]), 403);
    assert.equal(await call(email("caller"), [member, role("unknown")]), 403);
  });

  it("counts the project's grants, too", async () => {
    account(mesh.controlPlane, "wide-sa");
    const member = `serviceAccount:${email("wide")}`;
    assert.equal(await call(email("wide")), 403);
    make(mesh.controlPlane, PROJECT_GRANT, "wide", { project: PROJECT, role: "roles/run.invoker", member });
    assert.equal(await call(email("wide")), 200);
  });

  it("lets a grant with an end count until then", async () => {
    const condition = { title: "until", expression: 'request.time < timestamp("2027-01-01T00:00:00Z")' };
    assert.equal(await call(person, [`user:${person}`, { condition }]), 200);
    const name = `order-${count}`;
    now = new Date("2027-01-01T00:00:00Z");
    assert.equal((await askAs(mesh, person, url(name))).code, 403);
    const only = `only while "until" holds: ${condition.expression}`;
    assert.equal(mesh.said(), `403 ${name}: ${person} has roles/run.invoker on ${name} ${only}`);
    now = new Date("2026-12-31T23:59:59Z");
    assert.equal((await askAs(mesh, person, url(name))).code, 200);
    now = new Date("2027-01-01T00:00:00Z");
    assert.equal(await call(person, ["allUsers", { condition }]), 403);
    now = new Date("2026-06-01T12:00:00Z");
  });

  it("says so where it takes a condition to hold that only Google could decide", async () => {
    const condition = { title: "path", expression: 'request.path.startsWith("/x")' };
    assert.equal(await call(person, [`user:${person}`, { condition }]), 200);
    assert.equal(said(), `200 order: ${person} has roles/run.invoker, whose condition is taken to hold`);
  });

  it("follows the control plane from one request to the next", async () => {
    const member = `serviceAccount:${email("caller")}`;
    assert.equal(await call(email("caller"), [member]), 200);
    const name = `order-${count}`;
    const { id } = mesh.controlPlane.list({ type: SERVICE_GRANT }).find((one) => one.id.includes(`/${name}/`))!;
    mesh.controlPlane.delete({ type: SERVICE_GRANT, id });
    assert.equal((await askAs(mesh, email("caller"), url(name))).code, 403);
    grant(mesh.controlPlane, name, member);
    assert.equal((await askAs(mesh, email("caller"), url(name))).code, 200);
  });
});
