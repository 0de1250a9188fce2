/** `npm run workforce-login`: what it writes is used by Google's own libraries, unchanged, against the sandbox. */
import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import type { ControlPlane } from "../../sandbox/control-plane";
import { announce, type RunningMesh } from "../../sandbox/running";
import { credentialConfig, loginConfig, problemsOf } from "../../tools/workforce-login/config";
import { account, make, PROJECT } from "../sandbox/control-plane/cloud";
import { deploy, email, grant, url } from "../sandbox/data-plane/mesh";
import {
  type Company,
  MIA,
  NIL,
  openCompany,
  POOL,
  PROVIDER,
  STAFF,
  workforce,
} from "../sandbox/data-plane/sign-in/company";
import { runCommandFile } from "../support/command";
import { needs } from "../support/needs";
import { temporaryFolder } from "../support/pulumi-cli";

const PYTHON = process.env["MESH_PYTHON"] ?? "python3";
const PROGRAMS = path.join(__dirname, "../sandbox/data-plane/programs");
const ROBOT = email("robot");
const ORDER = url("order");
const OWN = { provider: "acme-staff/entra", userProject: PROJECT };

/** The group's people may act as the robot, and the robot may call. */
function setUp(controlPlane: ControlPlane): void {
  workforce(controlPlane);
  deploy(controlPlane, "order");
  account(controlPlane, "robot-sa");
  grant(controlPlane, "order", `serviceAccount:${ROBOT}`);
  make(controlPlane, "gcp:serviceaccount/iAMMember:IAMMember", "staff", {
    serviceAccountId: `projects/${PROJECT}/serviceAccounts/${ROBOT}`,
    role: "roles/iam.serviceAccountTokenCreator",
    member: `principalSet://iam.googleapis.com/${POOL}/group/${STAFF}`,
  });
}

describe("workforce-login", () => {
  it("writes the credential configuration that Google's libraries read", () => {
    const source = { file: "/home/mia/token" };
    assert.deepEqual(credentialConfig({ ...OWN, source, impersonate: ROBOT }), {
      universe_domain: "googleapis.com",
      type: "external_account",
      audience: "//iam.googleapis.com/locations/global/workforcePools/acme-staff/providers/entra",
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      token_url: "https://sts.googleapis.com/v1/token",
      token_info_url: "https://sts.googleapis.com/v1/introspect",
      workforce_pool_user_project: PROJECT,
      credential_source: { file: "/home/mia/token", format: { type: "text" } },
      service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${ROBOT}:generateAccessToken`,
    });
  });

  it("writes the login configuration that gcloud reads, in either spelling of the provider", () => {
    for (const provider of ["acme-staff/entra", PROVIDER, `//iam.googleapis.com/${PROVIDER}`]) {
      assert.deepEqual(loginConfig(provider), {
        universe_domain: "googleapis.com",
        universe_cloud_web_domain: "cloud.google",
        type: "external_account_authorized_user_login_config",
        audience: `//iam.googleapis.com/${PROVIDER}`,
        auth_url: "https://auth.cloud.google/authorize",
        token_url: "https://sts.googleapis.com/v1/oauthtoken",
        token_info_url: "https://sts.googleapis.com/v1/introspect",
      });
    }
  });

  it("says all at once what is wrong with what it is asked for", () => {
    const source = { command: 'az "x"' };
    assert.deepEqual(problemsOf({ provider: "acme", userProject: "123", impersonate: "mia@acme.example", source }), [
      '--provider "acme": allowed: POOL/PROVIDER, or locations/global/workforcePools/POOL/providers/PROVIDER',
      `--user-project "123": not a project's id; a number or a name does not do`,
      '--impersonate "mia@acme.example": not the address of a service account: NAME@PROJECT.iam.gserviceaccount.com',
      "--token-command: no double quotes and no backslashes; put the command into a script, and name that",
    ]);
    assert.deepEqual(problemsOf({ ...OWN, source: { command: "az account get-access-token" } }), []);
  });

  describe("with the libraries of Google, against the sandbox", function () {
    this.timeout(60_000);
    let company: Company;
    let folder: string;
    before(async () => {
      company = await openCompany({ setUp });
      folder = temporaryFolder();
    });
    after(() => company.plane.close());

    /** Writes the files for somebody, and runs a program with the environment that the command names. */
    async function run(program: readonly [string, ...string[]], person = MIA, executable = false): Promise<string> {
      const file = path.join(folder, `token of ${person.email}`);
      writeFileSync(file, await company.plane.workforceToken(person.email, PROVIDER));
      const token = executable ? ["--token-command", `cat '${file}'`] : ["--token-file", file];
      const written = await command([...token, "--folder", folder, "--json"]);
      assert.equal(written.code, 0, written.stderr);
      const { environment } = JSON.parse(written.stdout) as { environment: Record<string, string> };
      const { env } = await company.plane.proxyFor({});
      const [file0, ...args] = program;
      const all = { PATH: process.env["PATH"], METADATA_SERVER_DETECTION: "none", ...env, ...environment };
      const { stdout } = await promisify(execFile)(file0, [...args, ROBOT, ORDER], { env: all, timeout: 50_000 });
      return stdout;
    }
    const command = (args: readonly string[]) =>
      runCommandFile("tools/workforce-login/main.ts", [
        "--provider",
        "acme-staff/entra",
        "--user-project",
        PROJECT,
        ...args,
      ]);
    const node: [string, ...string[]] = [process.execPath, path.join(PROGRAMS, "workforce.mjs")];

    it("calls a service in Node, from a file and from a command", async () => {
      for (const executable of [false, true]) {
        assert.deepEqual(JSON.parse(await run(node, MIA, executable)), { status: 200 });
        const asked = company.decisions.slice(-3).map(({ callee, path: target, code }) => `${code} ${callee}${target}`);
        assert.deepEqual(asked, [
          "200 sts.googleapis.com/v1/token",
          `200 iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${ROBOT}:generateIdToken`,
          "200 order/",
        ]);
      }
    });

    it("calls nothing for somebody who may not act as the account", async () => {
      await assert.rejects(run(node, NIL), /Permission 'iam\.serviceAccounts\.getOpenIdToken' denied/);
    });

    it("calls a service in Python, from a file and from a command", async function () {
      const there = promisify(execFile)(PYTHON, ["-c", "import google.auth, requests"]).then(
        () => true,
        () => false,
      );
      needs(this, "a Python with tests/fixtures/gateway-python/requirements.txt (MESH_PYTHON)", await there);
      for (const executable of [false, true]) {
        const said = await run([PYTHON, "-B", path.join(PROGRAMS, "workforce.py")], MIA, executable);
        assert.deepEqual(JSON.parse(said), { status: 200 });
      }
      await assert.rejects(run([PYTHON, "-B", path.join(PROGRAMS, "workforce.py")], NIL), /getOpenIdToken' denied/);
    });

    it("hands on what a token command says where it fails, to whoever runs the program", async () => {
      const script = path.join(folder, "az.sh");
      for (const [text, why] of [
        ["echo not signed in >&2; exit 3", /COMMAND_FAILED.*the token command failed: not signed in/],
        ["echo hello", /NO_TOKEN.*the token command printed something else than a token/],
      ] as const) {
        writeFileSync(script, text);
        await command(["--token-command", `sh ${script}`, "--folder", folder]);
        const env = { PATH: process.env["PATH"], ...(await company.plane.proxyFor({})).env };
        const own = { GOOGLE_APPLICATION_CREDENTIALS: path.join(folder, "workforce-credentials.json") };
        const all = { ...env, ...own, GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: "1" };
        const [file, ...args] = node;
        await assert.rejects(promisify(execFile)(file, [...args, ROBOT, ORDER], { env: all, timeout: 50_000 }), why);
      }
    });

    it("signs a demo person in to the mesh that runs here, with an environment that only its owner reads", async () => {
      const mesh = {
        ...{ stack: "dev", file: "Pulumi.dev.yaml", services: [], plane: company.plane, declared: {} },
        identity: (name: string) => ({ name, email: name }),
        access: () => company.plane.proxyFor({}),
        watch: () => () => {},
      } as unknown as RunningMesh;
      const state = temporaryFolder();
      const place = path.join(state, "dev");
      await promisify(execFile)("mkdir", ["-p", place]);
      const { withdraw } = await announce(mesh, place);
      try {
        const { code, stdout, stderr } = await command(["--as", MIA.email, "--state", state]);
        assert.equal(code, 0, stderr);
        const envFile = path.join(state, "workforce/workforce.env");
        assert.match(
          stdout,
          /signed in as mia@acme\.example, for an hour, in the mesh "dev" that runs here\n {2}a program:/,
        );
        for (const name of ["workforce.env", "token"]) {
          assert.equal(statSync(path.join(state, "workforce", name)).mode & 0o777, 0o600, name);
        }
        const line = `set -a; . '${envFile}'; '${process.execPath}' '${node[1]}' ${ROBOT} ${ORDER}`;
        const { stdout: said } = await promisify(execFile)("sh", ["-c", line], { env: { PATH: process.env["PATH"] } });
        assert.deepEqual(JSON.parse(said), { status: 200 });
        const nobody = await command(["--as", "nobody@acme.example", "--state", state]);
        assert.deepEqual(
          [nobody.code, nobody.stderr],
          [1, "error: nobody@acme.example is not in the company's directory\n"],
        );
      } finally {
        await withdraw();
      }
    });

    it("writes over no token that it is to read, and asks which file is meant", async () => {
      const token = path.join(folder, "workforce-credentials.json");
      writeFileSync(token, "the token");
      const over = await command(["--token-file", token, "--folder", folder]);
      const lost = "is written here, and the token would be lost; name another --folder";
      assert.deepEqual([over.code, over.stderr], [1, `error: --token-file "${token}": ${lost}\n`]);
      assert.equal(readFileSync(token, "utf8"), "the token");
      const empty = await command(["--token-file", "", "--folder", folder]);
      assert.equal(empty.stderr, "error: --token-file: is empty; name the file that holds the token\n");
    });

    it("says where the token may come from, where nothing or two are named", async () => {
      const none = await command(["--folder", folder]);
      assert.equal(
        none.stderr,
        "error: where the company's token comes from: name one of --token-file, --token-command, or --as for the mesh that runs here\n",
      );
      assert.equal((await command(["--token-file", "a", "--as", "b"])).code, 1);
      assert.equal(readFileSync(path.join(folder, "workforce-gcloud-login.json"), "utf8").includes("secret"), false);
    });
  });
});
