/** What npm start writes for the developers of a stack: in whose hands it is, and how long. */
import * as assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { RunningMesh, StackOutputs } from "../../sandbox/running";
import { openLaptops } from "../../sandbox/running/laptops";
import { temporaryFolder } from "../support/pulumi-cli";

const ACCOUNT = "calls-sa@acme-dev.iam.gserviceaccount.com";

/** As much of a mesh that runs as a developer's files hold. */
const MESH = {
  services: [],
  identity: () => ({ email: "ada@acme.example" }),
  plane: { accessToken: () => "ya29.of-ada" },
  access: async () => ({ env: { HTTPS_PROXY: "http://ada:secret@127.0.0.1:1" } }),
} as unknown as RunningMesh;
const OUTPUTS = {
  serviceAccounts: { calls: ACCOUNT },
  accessMatrix: [{ caller: "user:ada@acme.example", callee: ACCOUNT }],
} as unknown as StackOutputs;

describe("the credentials of a developer", () => {
  let stateFolder: string;
  let folder: string;
  beforeEach(() => {
    stateFolder = temporaryFolder();
    folder = path.join(stateFolder, "developers");
  });
  afterEach(() => rmSync(stateFolder, { recursive: true, force: true }));

  /** Opens them, with what they leave to be done as the process exits. */
  async function open() {
    const before = process.listeners("exit");
    const laptops = await openLaptops(MESH, OUTPUTS, { projectFolder: stateFolder, stateFolder });
    const atExit = () => process.listeners("exit").filter((one) => !before.includes(one));
    return { ...laptops, atExit };
  }

  it("are in a folder that its owner alone opens, in files that its owner alone reads", async () => {
    const { withdraw, all } = await open();
    assert.deepEqual(
      all.map(({ key }) => key),
      ["calls"],
    );
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    const modes = readdirSync(folder).map((name) => [name, statSync(path.join(folder, name)).mode & 0o777]);
    assert.deepEqual(modes.sort(), [
      ["calls.env", 0o600],
      ["calls.json", 0o600],
    ]);
    withdraw();
  });

  it("are gone when they are withdrawn, and nothing is left to be done at the end", async () => {
    const { withdraw, atExit } = await open();
    withdraw();
    assert.ok(!existsSync(folder));
    assert.deepEqual(atExit(), []);
  });

  it("are gone when the process exits by itself, by an error say", async () => {
    const { withdraw, atExit } = await open();
    for (const forget of atExit()) forget(1);
    assert.ok(!existsSync(folder));
    withdraw();
  });

  it("of a run that was killed are gone once the next begins", async () => {
    mkdirSync(folder);
    writeFileSync(path.join(folder, "former.json"), "{}");
    const { withdraw } = await open();
    assert.deepEqual(readdirSync(folder).sort(), ["calls.env", "calls.json"]);
    withdraw();
  });
});
