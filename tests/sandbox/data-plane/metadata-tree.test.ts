/** The metadata server at every level at once, as Java's auth library and detectors of resources ask it. */
import * as assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { NUMBER, PROJECT, REGION } from "../control-plane/cloud";
import { deploy, email, type Mesh, openMesh } from "./mesh";

describe("metadata server, asked with recursive=true", () => {
  let mesh: Mesh;
  before(async () => {
    mesh = await openMesh((controlPlane) => deploy(controlPlane, "caller"), { standIns: true });
  });
  after(() => mesh.plane.close());

  async function get(target: string): Promise<{ code: number; type: string; body: string }> {
    const { env } = await mesh.plane.proxyFor({ service: "caller" });
    const [host, port] = env["GCE_METADATA_HOST"]!.split(":");
    return new Promise((resolve, reject) => {
      const headers = { "Metadata-Flavor": "Google" };
      const request = httpRequest({ host, port, path: target, headers, agent: false });
      request.on("error", reject).on("response", async (response) => {
        let body = "";
        for await (const chunk of response.setEncoding("utf8")) body += chunk;
        resolve({ code: response.statusCode!, type: response.headers["content-type"] ?? "", body });
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
});
