/** The web app of examples/function-access.yaml as a program on a laptop, started by the line that `npm start` prints. */
import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { loginOf } from "../../sandbox/data-plane/identity/logins";
import { type Laptop, openLaptops } from "../../sandbox/running";
import { type Environment, urlVariable } from "../../services/runtime/index";
import { type Running as Program, startProgram } from "../services/implementations";
import { type Got, http } from "../services/support";
import { temporaryFolder } from "../support/pulumi-cli";
import { openSandboxMesh, ROOT, type Running, stackConfigOf } from "./running";

const APP = path.join(ROOT, "services/sales-app");
const ACCOUNT = "sales-app-dev-sa@acme-dev.iam.gserviceaccount.com";
const ASKED = "/?account=Acme&openDeals=on&renewal=on";
const END = Date.parse("2032-01-01T00:00:00Z");

describe("the web app of examples/function-access.yaml on a laptop", function () {
  this.timeout(60_000);
  let running: Running;
  let laptop: Laptop;
  let laptops: Awaited<ReturnType<typeof openLaptops>>;
  let folder: string;
  let now: () => Date = () => new Date();

  before(async () => {
    execFileSync(process.execPath, [path.join(ROOT, "services/runtime/tools/build-if-stale.mjs"), APP]);
    folder = temporaryFolder();
    running = await openSandboxMesh(stackConfigOf("examples/function-access.yaml"), () => now());
    laptops = await openLaptops(running.mesh, running.outputs, { projectFolder: ROOT, stateFolder: folder });
    laptop = laptops.all[0] ?? assert.fail("nobody has a laptop");
  });
  after(async () => {
    laptops?.withdraw();
    await running?.close();
    if (folder) rmSync(folder, { recursive: true });
  });
  afterEach(() => {
    now = () => new Date();
  });

  /** What the page answers from a program; neither it nor the log holds a token or another secret of the laptop. */
  async function answerOf(start: Promise<Program>): Promise<Got> {
    const program = await start;
    try {
      const got = await http(program.url + ASKED);
      const { refresh_token } = JSON.parse(readFileSync(file("sales-app.json"), "utf8")) as { refresh_token: string };
      const secrets = ["eyJ", "ya29.", refresh_token];
      const told = got.text + program.log.join("");
      assert.deepEqual(
        secrets.filter((secret) => told.includes(secret)),
        [],
      );
      return got;
    } finally {
      await program.stop();
    }
  }

  const file = (name: string) => path.join(folder, "developers", name);
  const app = (env: Environment) => startProgram(process.execPath, ["dist/main.js"], APP, { ...laptop.env, ...env });

  /** The printed line, without the parentheses, so that a signal reaches the program. */
  const printed = (env: Environment = {}) =>
    startProgram("sh", ["-c", laptop.command.slice(1, -1)], process.cwd(), env);

  it("shows the score and the summary, started by the printed line whatever the shell has set", async () => {
    const env = { HTTPS_PROXY: "http://127.0.0.1:9", NODE_EXTRA_CA_CERTS: "", GOOGLE_CLOUD_PROJECT: "another" };
    const { status, text } = await answerOf(printed(env));
    assert.equal(status, 200, text);
    assert.match(text, /<h2>Acme is ready for an offer<\/h2>\n<p>Score: 70 of 100<\/p>/);
    assert.match(text, /<ul><li>Deals are open<\/li><li>A renewal is due<\/li><\/ul>/);
  });

  it("is told of nobody but the functions that its developer calls, in files that only their owner reads", () => {
    const urls = Object.entries(laptop.env).filter(([name]) => name.endsWith("_URL"));
    const expected = ["account-scoring", "account-summary"].map((key) => [urlVariable(key), running.outputs.urls[key]]);
    assert.deepEqual(urls, expected);
    assert.equal(laptop.env["GOOGLE_IMPERSONATE_SERVICE_ACCOUNT"], ACCOUNT);
    assert.equal(laptop.as, `user:dev@acme.example, who mints tokens of ${ACCOUNT} until 2031-12-31`);
    for (const name of ["sales-app.json", "sales-app.env"]) assert.equal(statSync(file(name)).mode & 0o777, 0o600);
  });

  it("listens on this machine alone, whatever it is told", async () => {
    const program = await app({ BIND_ADDRESS: "0.0.0.0" });
    await program.stop();
    assert.match(program.log.join(""), /"sales-app \(TypeScript\) listens on 127\.0\.0\.1:\d+"/);
  });

  it("says what to set where it impersonates nobody", async () => {
    const { status, text } = await answerOf(app({ GOOGLE_IMPERSONATE_SERVICE_ACCOUNT: "" }));
    assert.equal(status, 503);
    assert.match(text, /<h2>This machine has no credentials that mint ID tokens<\/h2>/);
    assert.match(
      text,
      /set to the account that the stack made for it:<pre>pulumi stack output serviceAccounts --json</,
    );
  });

  it("says how to sign in where nobody has, and where the sign-in does not hold any more", async () => {
    const nobody = await answerOf(app({ GOOGLE_APPLICATION_CREDENTIALS: path.join(folder, "nothing.json") }));
    assert.equal(nobody.status, 503);
    assert.match(nobody.text, /<p>no default credentials on this machine; run: gcloud auth application-default login</);
    const login = { ...JSON.parse(readFileSync(file("sales-app.json"), "utf8")), refresh_token: "1//withdrawn" };
    const ended = await answerOf(app({ GOOGLE_APPLICATION_CREDENTIALS: written("ended.json", login) }));
    assert.equal(ended.status, 503);
    assert.match(
      ended.text,
      /<h2>Your sign-in does not hold any more<\/h2>[\s\S]*gcloud auth application-default login/,
    );
  });

  it("calls until the last second of the last day; from then on minting is refused, and the page says so", async () => {
    now = () => new Date(END - 1000);
    assert.equal((await answerOf(printed())).status, 200);
    now = () => new Date(END);
    assertMayNotMint(await answerOf(printed()));
  });

  it("says so, too, where somebody else is signed in", async () => {
    const other = running.mesh.identity("other@acme.example");
    const credentials = written("other.json", loginOf(running.mesh.plane.accessToken(other.email)));
    const { env } = await running.mesh.access(other);
    assertMayNotMint(await answerOf(app({ ...env, GOOGLE_APPLICATION_CREDENTIALS: credentials })));
  });

  it("leaves no file behind when the mesh ends", async () => {
    const stateFolder = path.join(folder, "ending");
    const { withdraw } = await openLaptops(running.mesh, running.outputs, { projectFolder: ROOT, stateFolder });
    assert.ok(existsSync(path.join(stateFolder, "developers/sales-app.env")));
    withdraw();
    assert.ok(!existsSync(path.join(stateFolder, "developers")));
  });

  function written(name: string, json: unknown): string {
    const target = path.join(folder, name);
    writeFileSync(target, JSON.stringify(json), { mode: 0o600 });
    return target;
  }
});

function assertMayNotMint({ status, text }: Got): void {
  assert.equal(status, 503);
  assert.ok(text.includes(`<h2>You may not mint ID tokens of ${ACCOUNT}</h2>`), text);
  assert.match(text, /Permission &#39;iam\.serviceAccounts\.getOpenIdToken&#39; denied on resource/);
  assert.match(text, /Your last day may be over: ask for a later `until` under developers in the stack config\./);
}
