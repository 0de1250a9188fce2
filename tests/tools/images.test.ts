import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import * as path from "node:path";
import { temporaryFolder } from "../support/pulumi-cli";
import { TYPESCRIPT } from "../support/typescript";

const ROOT = path.join(__dirname, "../..");
const COMMAND = [...TYPESCRIPT, path.join(ROOT, "tools/images/main.ts")];
const DIGEST = `sha256:${"a".repeat(64)}`;

const HOME = "europe-west9-docker.pkg.dev/shop-prod/cloud-run-mesh";

const CONFIG = `# The shop.
config:
  gcp:project: shop-prod
  gcp:region: europe-west9
  cloud-run-mesh:services:
    web:
      image: old@sha256:0 # replaced by each build
      source: web
    api: { source: api, calls: [] }
    db: { image: someone-elses@sha256:1 }
`;

describe("npm run images", function () {
  this.timeout(20_000);
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
    for (const name of ["bin", "web", "api"]) mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, "web/Dockerfile"), "FROM scratch\n");
    writeFileSync(path.join(folder, "Pulumi.prod.yaml"), CONFIG);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A gcloud that writes down how it was called, and what was in the files that it was given. */
  function gcloud(answers: { repository?: boolean; failing?: string; digest?: string; edited?: boolean } = {}): void {
    const { repository = true, failing = "", digest = DIGEST, edited = false } = answers;
    const script = `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const args = process.argv.slice(2);
const given = args.map((one) => one.replace(/^(--(?:config|policy)=)(.*)$/, (_, name, file) => name + readFileSync(file, "utf8")));
appendFileSync(${JSON.stringify(path.join(folder, "calls"))}, JSON.stringify(given) + "\\n");
const call = args.join(" ");
if (call.startsWith("artifacts repositories describe") && ${String(!repository)}) {
  console.error("ERROR: (gcloud.artifacts.repositories.describe) NOT_FOUND: Requested entity was not found.");
  process.exit(1);
}
if (${JSON.stringify(failing)} && call.includes(${JSON.stringify(failing)})) {
  console.error("ERROR: it broke");
  process.exit(1);
}
if (call.startsWith("builds submit")) {
  const key = call.includes("/api") ? "api" : "web";
  if (${String(edited)}) appendFileSync("Pulumi.prod.yaml", "  cloud-run-mesh:edited-during: " + key + "\\n");
  const image = "europe-west9-docker.pkg.dev/shop-prod/cloud-run-mesh/" + key;
  console.log(JSON.stringify({ status: "SUCCESS", results: { images: [{ name: image + ":1234", digest: ${JSON.stringify(digest)} }] } }));
}
`;
    writeFileSync(path.join(folder, "bin/gcloud"), script);
    chmodSync(path.join(folder, "bin/gcloud"), 0o755);
  }
  const calls = (): string[][] =>
    existsSync(path.join(folder, "calls"))
      ? readFileSync(path.join(folder, "calls"), "utf8")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as string[])
      : [];
  const config = () => readFileSync(path.join(folder, "Pulumi.prod.yaml"), "utf8");
  const run = (...args: string[]) => execute(process.execPath, ...COMMAND, ...args);
  const execute = (program: string, ...args: string[]) => executeIn(folder, program, ...args);
  const executeIn = (cwd: string, program: string, ...args: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const env = { ...process.env, PATH: path.join(folder, "bin") };
      const child = execFile(program, args, { cwd, env }, (_, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });

  it("builds what has a source, with its Dockerfile or by buildpacks, and writes digests into the config", async () => {
    gcloud();
    const { code, stdout, stderr } = await run("prod");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^written to Pulumi\.prod\.yaml; next: npm run preview -- prod$/m);
    assert.equal(
      config(),
      CONFIG.replace("old@sha256:0", `${HOME}/web@${DIGEST}`).replace(
        "{ source: api, calls: [] }",
        `{ source: api, image: ${HOME}/api@${DIGEST}, calls: [] }`,
      ),
    );
    const [, web, api] = calls();
    const docker = JSON.parse(web!.find((one) => one.startsWith("--config="))!.slice("--config=".length));
    assert.deepEqual(docker, {
      steps: [
        {
          name: "gcr.io/cloud-builders/docker",
          env: ["DOCKER_BUILDKIT=1"],
          args: ["build", "--file", "web/Dockerfile", "--tag", `${HOME}/web:$BUILD_ID`, "."],
        },
      ],
      images: [`${HOME}/web:$BUILD_ID`],
    });
    assert.deepEqual(api!.slice(-3), [`--pack=image=${HOME}/api`, path.join(folder, "api"), "--quiet"]);
  });

  it("builds a folder outside of the project by itself", async () => {
    gcloud();
    const project = path.join(folder, "project");
    mkdirSync(project);
    writeFileSync(path.join(project, "Pulumi.prod.yaml"), CONFIG.replace("source: web", "source: ../web"));
    const { code, stdout, stderr } = await executeIn(project, process.execPath, ...COMMAND, "prod", "web");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^web: Dockerfile -> /m);
    const built = calls().at(-1)!;
    assert.deepEqual(built.slice(-2), [path.join(folder, "web"), "--quiet"]);
    assert.match(built.find((one) => one.startsWith("--config="))!, /"--file","Dockerfile"/);
  });

  it("keeps what somebody wrote into the config during a build", async () => {
    gcloud({ edited: true });
    assert.equal((await run("prod", "web")).code, 0);
    assert.match(config(), new RegExp(`web@${DIGEST}`));
    assert.match(config(), /^ {2}cloud-run-mesh:edited-during: web$/m);
  });

  it("leaves every other byte, the mode and the link of the config as they are", async () => {
    gcloud();
    const long = `    docs: { image: docs@sha256:0, env: { TEXT: "${"word ".repeat(60)}" } } # ours`;
    const written = `\uFEFF${CONFIG}${long}`.replaceAll("\n", "\r\n");
    writeFileSync(path.join(folder, "shared.yaml"), written);
    chmodSync(path.join(folder, "shared.yaml"), 0o660);
    rmSync(path.join(folder, "Pulumi.prod.yaml"));
    symlinkSync("shared.yaml", path.join(folder, "Pulumi.prod.yaml"));
    const { code, stderr } = await run("prod", "web");
    assert.equal(code, 0, stderr);
    assert.equal(config(), written.replace("old@sha256:0", `${HOME}/web@${DIGEST}`));
    assert.equal(readlinkSync(path.join(folder, "Pulumi.prod.yaml")), "shared.yaml");
    assert.equal(statSync(path.join(folder, "shared.yaml")).mode & 0o777, 0o660);
  });

  it("leaves the config whole where there is no room for it, and says what was built", async function () {
    if (process.platform === "win32") this.skip();
    gcloud();
    const written = `${CONFIG}${"# A long story.\n".repeat(1000)}`;
    writeFileSync(path.join(folder, "Pulumi.prod.yaml"), written);
    const before = readdirSync(folder);
    // The shell's unit is 512 bytes, or twice as much: a file of the size of the config finds no room.
    const { code, stderr } = await execute(
      "/bin/sh",
      "-c",
      'ulimit -f 8; exec "$0" "$@"',
      process.execPath,
      ...COMMAND,
      "prod",
    );
    assert.equal(code, 1);
    assert.equal(config(), written);
    assert.deepEqual(readdirSync(folder), [...before, "calls"].sort());
    assert.equal(
      stderr,
      'error: "web" is built, and Pulumi.prod.yaml is as it was: EFBIG: file too large, write\n' +
        `  to write it there yourself: services.web.image: ${HOME}/web@${DIGEST}\n`,
    );
  });

  it("reads no config that is not sound, and builds nothing for it", async () => {
    gcloud();
    writeFileSync(path.join(folder, "Pulumi.prod.yaml"), `${CONFIG}    web: { image: again }\n`);
    const { stderr } = await run("prod");
    assert.equal(
      stderr,
      "error: Pulumi.prod.yaml: it is no sound YAML: Map keys must be unique at line 11, column 5\n",
    );
    writeFileSync(path.join(folder, "Pulumi.prod.yaml"), Buffer.from(`\uFEFF${CONFIG}`, "utf16le"));
    assert.equal((await run("prod")).stderr, "error: Pulumi.prod.yaml is not in UTF-8; save it so\n");
    assert.deepEqual(calls(), []);
  });

  it("makes the repository where there is none, scanned and cleaned up", async () => {
    gcloud({ repository: false });
    assert.equal((await run("prod", "web")).code, 0);
    const [, made, policy] = calls();
    assert.ok(made?.includes("create") && made.includes("--allow-vulnerability-scanning"));
    const written = policy!.find((one) => one.startsWith("--policy="))!.slice("--policy=".length);
    assert.deepEqual(
      (JSON.parse(written) as { action: { type: string } }[]).map(({ action }) => action.type),
      ["Delete", "Keep"],
    );
  });

  it("keeps what was built when a later build fails, and says what gcloud said", async () => {
    gcloud({ failing: "/api" });
    const { code, stderr } = await run("prod");
    assert.equal(code, 1);
    assert.equal(stderr, 'error: "api" could not be built; gcloud said:\n  ERROR: it broke\n');
    assert.match(config(), /web@sha256:a{64}/);
    assert.match(config(), /\{ source: api, calls: \[\] \}/);
  });

  it("takes nothing for a digest that is none", async () => {
    gcloud({ digest: "latest" });
    const { code, stderr } = await run("prod", "web");
    assert.equal(code, 1);
    assert.match(stderr, /^error: "web" could not be built: gcloud told no digest of europe-west9-docker/);
    assert.equal(config(), CONFIG);
  });

  it("builds as another account when told, and nothing in a dry run", async () => {
    gcloud();
    const dry = await run("prod", "--dry-run");
    assert.match(dry.stdout, /^web: web\/Dockerfile -> europe-west9-docker/m);
    assert.deepEqual([calls(), config()], [[], CONFIG]);
    await run("prod", "web", "--service-account", "builder@shop-prod.iam.gserviceaccount.com");
    const build = calls().at(-1)!;
    assert.ok(
      build.includes("--service-account=projects/shop-prod/serviceAccounts/builder@shop-prod.iam.gserviceaccount.com"),
    );
    assert.ok(build.includes("--default-buckets-behavior=regional-user-owned-bucket"));
  });

  it("stops before it builds, with everything that is wrong", async () => {
    gcloud();
    rmSync(path.join(folder, "web"), { recursive: true });
    const { code, stderr } = await run("prod", "web", "db", "nope");
    assert.equal(code, 1);
    assert.equal(
      stderr,
      'error: services.db: has no "source" to build from; name the folder with its code\n' +
        'no service "nope" in the config; there are: web, api, db\n' +
        'services.web.source: there is no folder "web"\n',
    );
    assert.deepEqual(calls(), []);
    assert.equal(
      (await run("dev")).stderr,
      "error: there is no Pulumi.dev.yaml here; write one first, see docs/config.md\n",
    );
  });

  it("says that gcloud is missing", async () => {
    const { code, stderr } = await run("prod");
    assert.equal(code, 1);
    assert.equal(stderr, "error: gcloud is not on PATH; install it: https://cloud.google.com/sdk/docs/install\n");
  });
});
