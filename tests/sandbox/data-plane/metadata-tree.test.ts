/** The metadata server at every level at once, as Java's auth library and detectors of resources ask it. */
import * as assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { NUMBER, PROJECT, REGION } from "../control-plane/cloud";
import { deploy, email, type Mesh, openMesh } from "./mesh";

describe("metadata server, asked for folders and forms", () => {
  let mesh: Mesh;
  before(async () => {
    mesh = await openMesh((controlPlane) => deploy(controlPlane, "caller"), { standIns: true });
  });
  after(() => mesh.plane.close());

  async function get(
    target: string,
    method = "GET",
  ): Promise<{ code: number; type: string; etag: string; body: string }> {
    const { env } = await mesh.plane.proxyFor({ service: "caller" });
    const [host, port] = env["GCE_METADATA_HOST"]!.split(":");
    return new Promise((resolve, reject) => {
      const headers = { "Metadata-Flavor": "Google" };
      const request = httpRequest({ host, port, method, path: target, headers, agent: false });
      request.on("error", reject).on("response", async (response) => {
        let body = "";
        for await (const chunk of response.setEncoding("utf8")) body += chunk;
        const { etag = "", "content-type": type = "" } = response.headers;
        resolve({ code: response.statusCode!, type, etag, body });
      });
      request.end();
    });
  }

  it("answers the whole tree below each folder as JSON, without tokens", async () => {
    const account = {
      aliases: ["default"],
      email: email("caller"),
      scopes: ["https://www.googleapis.com/auth/cloud-platform"],
    };
    const serviceAccounts = { default: account, [email("caller")]: account };
    const project = { numericProjectId: Number(NUMBER), projectId: PROJECT };
    const root = "/computeMetadata/v1";
    const { body: id } = await get(`${root}/instance/id`);
    const instance = {
      id,
      region: `projects/${NUMBER}/regions/${REGION}`,
      serviceAccounts,
      zone: `projects/${NUMBER}/zones/${REGION}-1`,
    };
    for (const [folder, expected] of [
      ["", { instance, project }],
      ["/instance", instance],
      ["/project", project],
      ["/instance/service-accounts", serviceAccounts],
      ["/instance/service-accounts/default", account],
      [`/instance/service-accounts/${email("caller")}`, account],
    ] as const) {
      for (const slash of ["", "/"]) {
        const { code, type, body } = await get(`${root}${folder}${slash}?recursive=true`);
        assert.deepEqual([code, type, JSON.parse(body)], [200, "application/json", expected], folder);
      }
    }
    assert.equal((await get(`${root}/instance/nothing/?recursive=true`)).code, 404);
    assert.equal((await get(`${root}/project/project-id?recursive=true`)).body, PROJECT);
    assert.match((await get(`${root}/instance/?recursive=false`)).body, /^id\nregion\n/);
  });

  const root = "/computeMetadata/v1";

  it("takes True for true, as Python's library writes it", async () => {
    const { body } = await get(`${root}/instance/service-accounts/${email("caller")}/?recursive=True`);
    assert.equal(JSON.parse(body).email, email("caller"));
  });

  it("tells a tree as lines and a value as JSON where that is asked for", async () => {
    const account = `${root}/instance/service-accounts/default`;
    const lines = await get(`${root}/project/?recursive=true&alt=text`);
    assert.deepEqual(
      [lines.type, lines.body],
      ["application/text", `numeric-project-id ${NUMBER}\nproject-id ${PROJECT}\n`],
    );
    assert.equal(
      (await get(`${account}/?recursive=true&alt=text`)).body,
      `aliases default\nemail ${email("caller")}\nscopes https://www.googleapis.com/auth/cloud-platform\n`,
    );
    for (const [target, value] of [
      [`${root}/project/project-id`, PROJECT],
      [`${root}/project/numeric-project-id`, Number(NUMBER)],
      [`${account}/email`, email("caller")],
      [`${account}/scopes`, ["https://www.googleapis.com/auth/cloud-platform"]],
      [`${account}/aliases`, ["default"]],
      [`${account}/`, ["aliases", "email", "identity", "scopes", "token"]],
      [`${root}/project/`, ["numeric-project-id", "project-id"]],
    ] as const) {
      const { code, type, body } = await get(`${target}?alt=json`);
      assert.deepEqual([code, type, JSON.parse(body)], [200, "application/json", value], target);
      assert.notEqual((await get(`${target}?alt=text`)).type, "application/json", target);
    }
  });

  it("leads to its version and root, with a slash and without", async () => {
    assert.equal((await get("/computeMetadata/")).body, "v1/\n");
    assert.equal((await get(root)).code, 301);
    assert.equal((await get(`${root}/`)).body, "instance/\nproject/\n");
  });

  it("answers HEAD without a body, and no method that would change anything", async () => {
    assert.deepEqual(await get(`${root}/project/project-id`, "HEAD"), {
      ...(await get(`${root}/project/project-id`)),
      body: "",
    });
    for (const method of ["POST", "PUT", "DELETE"]) assert.equal((await get(`${root}/`, method)).code, 405, method);
  });

  it("lets a client wait for a value to change, which does not, for as long as it says", async () => {
    const target = `${root}/project/project-id`;
    const { etag } = await get(target);
    assert.match(etag, /^[0-9a-f]+$/);
    for (const seen of ["", `&last_etag=${etag}`]) {
      const started = performance.now();
      assert.equal((await get(`${target}?wait_for_change=true&timeout_sec=1${seen}`)).body, PROJECT);
      assert.ok(performance.now() - started >= 990, seen);
    }
    const started = performance.now();
    assert.equal((await get(`${target}?wait_for_change=true&last_etag=0&timeout_sec=60`)).etag, etag);
    assert.ok(performance.now() - started < 30_000);
  });
});
