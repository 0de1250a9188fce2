import * as assert from "node:assert/strict";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { describe, it } from "mocha";
import { childEnvironment, EngineError, openPulumiEngine } from "../../../sandbox/engine";
import { CREDENTIAL_VARIABLES } from "../../../sandbox/engine/cli/child-environment";
import { temporaryFolder } from "../../support/pulumi-cli";

describe("what a child process may see", () => {
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder();
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const open = (env: NodeJS.ProcessEnv, stateFolder = path.join(folder, "state")) =>
    openPulumiEngine({
      cli: { command: "/nowhere/pulumi", version: "3.259.0" },
      stateFolder,
      project: "orders",
      stack: "dev",
      program: async () => ({}),
      config: {},
      providers: {},
      env,
    });

  for (const name of CREDENTIAL_VARIABLES) {
    it(`refuses ${name}, names it and changes nothing`, () => {
      assert.throws(
        () => open({ [name]: "hush-hush" }),
        (error: unknown) => {
          assert.ok(error instanceof EngineError);
          assert.equal(error.code, "real-credentials");
          assert.equal(
            error.message,
            `real Google credentials would be visible to the sandbox: ${name}; ` +
              `nothing was changed; start it without them: env -u ${name} npm start`,
          );
          return true;
        },
      );
      assert.equal(existsSync(path.join(folder, "state")), false);
    });
  }

  it("names the credentials file, and not what is in it", () => {
    const file = path.join(folder, "key.json");
    writeFileSync(file, '{"private_key": "hush-hush"}');
    assert.throws(
      () => childEnvironment({ GOOGLE_APPLICATION_CREDENTIALS: file }, folder),
      (error: Error) => error.message.includes(`(the file "${file}")`) && !error.message.includes("hush-hush"),
    );
  });

  it("takes an empty variable for none", () => {
    assert.doesNotThrow(() => childEnvironment({ GOOGLE_CREDENTIALS: "" }, folder));
  });

  it("puts gcloud's credentials in the home folder out of reach", () => {
    const home = path.join(folder, "home");
    mkdirSync(path.join(folder, "real", ".config", "gcloud"), { recursive: true });
    const env = childEnvironment(
      {
        HOME: path.join(folder, "real"),
        CLOUDSDK_CONFIG: path.join(folder, "real", ".config", "gcloud"),
        PATH: "/bin",
      },
      home,
    );
    assert.equal(env.PATH, "/bin");
    assert.equal(env.HOME, home);
    assert.equal(env.CLOUDSDK_CONFIG, path.join(home, ".config", "gcloud"));
    assert.equal(env.GCE_METADATA_HOST, "127.0.0.1:9");
  });

  it("drops what points at a real Pulumi backend", () => {
    const env = childEnvironment({ PULUMI_ACCESS_TOKEN: "pul-x", PULUMI_BACKEND_URL: "gs://state" }, folder);
    assert.deepEqual(
      Object.keys(env).filter((name) => name.startsWith("PULUMI_")),
      [],
    );
  });

  it("names a state folder that cannot be written", () => {
    const file = path.join(folder, "file");
    writeFileSync(file, "");
    assert.throws(
      () => open({}, path.join(file, "state")),
      (error: unknown) => {
        assert.ok(error instanceof EngineError);
        assert.equal(error.code, "state-folder");
        assert.match(
          error.message,
          /^cannot write ".*\/file\/state": a file stands where a folder is needed; name another folder \(ENOTDIR\)$/,
        );
        return true;
      },
    );
  });
});
