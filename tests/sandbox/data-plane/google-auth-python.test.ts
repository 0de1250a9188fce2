/** Python's `compute_engine.IDTokenCredentials`, unchanged: it signs with signBlob and exchanges what it signed. */
import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as path from "node:path";
import { promisify } from "node:util";
import { explain } from "../../../sandbox/data-plane/decisions";
import { needs } from "../../support/needs";
import { account, make, PROJECT } from "../control-plane/cloud";
import { deploy, email, grant, type Mesh, openMesh, url } from "./mesh";

const ACCOUNT_GRANT = "gcp:serviceaccount/iAMMember:IAMMember";
const PYTHON = process.env["MESH_PYTHON"] ?? "python3";

describe("Google's library for Python", function () {
  this.timeout(60_000);
  let mesh: Mesh;

  before(async function () {
    const run = promisify(execFile)(PYTHON, ["-c", "import google.auth, requests"]);
    const isThere = await run.then(
      () => true,
      () => false,
    );
    needs(this, "a Python with tests/fixtures/gateway-python/requirements.txt (MESH_PYTHON)", isThere);
    mesh = await openMesh(
      (controlPlane) => {
        for (const name of ["order", "signer", "plain"]) deploy(controlPlane, name);
        for (const name of ["signer", "plain"]) grant(controlPlane, "order", `serviceAccount:${email(name)}`);
        account(controlPlane, "robot-sa");
        make(controlPlane, ACCOUNT_GRANT, "signer signs", {
          serviceAccountId: `projects/${PROJECT}/serviceAccounts/${email("signer")}`,
          role: "roles/iam.serviceAccountTokenCreator",
          member: `serviceAccount:${email("signer")}`,
        });
      },
      { standIns: true },
    );
  });
  after(() => mesh?.plane.close());

  async function run(service: string, program: string, ...options: string[]): Promise<unknown> {
    const { env } = await mesh.plane.proxyFor({ service });
    const script = path.join(__dirname, "programs", program);
    const { stdout } = await promisify(execFile)(PYTHON, ["-B", script, ...options], {
      env: { PATH: process.env["PATH"], ...env },
      timeout: 50_000,
    });
    return JSON.parse(stdout);
  }

  function call(service: string, ...options: string[]): Promise<unknown> {
    return run(service, "google_auth.py", url("order"), ...options);
  }

  it("gets an ID token by signing for itself, where the account may sign for itself", async () => {
    assert.deepEqual(await call("signer"), { status: 200, caller: email("signer") });
    const asked = mesh.decisions.map(({ callee, path: target, code }) => [callee, target, code]);
    // Newer versions ask for the account's boundary in a thread of its own.
    const own = asked.filter(([, target]) => !String(target).endsWith("/allowedLocations"));
    assert.deepEqual(own, [
      ["iamcredentials.googleapis.com", `/v1/projects/-/serviceAccounts/${email("signer")}:signBlob`, 200],
      ["www.googleapis.com", "/oauth2/v4/token", 200],
      ["order", "/", 200],
    ]);
  });

  it("is refused where the account may not sign for itself, and the log names the role", async () => {
    const { error } = (await call("plain")) as { error: string };
    assert.match(error, /"code": 403,.*Permission \\'iam\.serviceAccounts\.signBlob\\' denied on resource/);
    const refused = mesh.decisions.find(({ path: target }) => target.endsWith(":signBlob") && target.includes("plain"));
    assert.equal(
      refused && explain(refused),
      "403 iamcredentials.googleapis.com: plain-sa has no iam.serviceAccounts.signBlob on plain-sa (granted: nobody); " +
        "it is in roles/iam.serviceAccountTokenCreator",
    );
  });

  it("asks for nothing that is not played", () => {
    const reasons = mesh.decisions.map(({ reason }) => reason);
    assert.deepEqual([...new Set(reasons)].sort(), ["invoker", "played"]);
  });

  it("needs no such grant where it asks the metadata server", async () => {
    assert.deepEqual(await call("plain", "metadata"), { status: 200, caller: email("plain") });
  });

  it("verifies an ID token for its audience, with the certificates that Google publishes", async () => {
    const token = await mesh.plane.idToken(email("signer"), url("plain"));
    assert.deepEqual(await run("plain", "verify_id_token.py", token, url("plain")), {
      email: email("signer"),
      other: `Token has wrong audience ${url("plain")}`,
    });
    const asked = mesh.decisions.slice(-2).map(({ callee, path: target, code }) => [callee, target, code]);
    assert.deepEqual(asked, Array(2).fill(["www.googleapis.com", "/oauth2/v1/certs", 200]));
  });
});
