/** The command itself against a stack on Google Cloud, for somebody whose credentials get no token. */
import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { IMAGE } from "../mesh/support";
import { temporaryFolder, withoutCredentials } from "../support/pulumi-cli";
import { TYPESCRIPT } from "../support/typescript";

const ROOT = path.join(__dirname, "../..");
const CONFIG = {
  "gcp:project": "acme-dev",
  "gcp:region": "europe-west9",
  "cloud-run-mesh:services": JSON.stringify({ api: { image: IMAGE, ingress: { all: "partners call it" } } }),
};
const OUTPUTS = {
  urls: { api: "https://api-123456789012.europe-west9.run.app" },
  serviceAccounts: { api: "api-sa@acme-dev.iam.gserviceaccount.com" },
  accessMatrix: [],
};
const CANARY = "1//refresh-token-of-a-person";

describe("npm run verify -- --stack", function () {
  this.timeout(60_000);
  let home: string;
  let proxy: Server;
  before(async () => {
    home = temporaryFolder();
    const write = (file: string, text: string) => writeFileSync(path.join(home, file), text);
    mkdirSync(path.join(home, ".config/gcloud"), { recursive: true });
    const adc = { type: "authorized_user", client_id: "c", client_secret: "s", refresh_token: CANARY };
    write(".config/gcloud/application_default_credentials.json", JSON.stringify(adc));
    const config = Object.entries(CONFIG).map(([key, value]) => [key, { value, secret: false }]);
    write("config.json", JSON.stringify(Object.fromEntries(config)));
    write("outputs.json", JSON.stringify(OUTPUTS));
    const answers = [
      `config) cat "${home}/config.json" ;;`,
      `stack) [ "$2" != output ] || cat "${home}/outputs.json" ;;`,
    ];
    write("pulumi", `#!/bin/sh\ncase "$1" in\nversion) echo v3.259.0 ;;\n${answers.join("\n")}\nesac\n`);
    chmodSync(path.join(home, "pulumi"), 0o755);
    proxy = createServer().on("connect", (_, socket) => socket.end("HTTP/1.1 403 Forbidden\r\n\r\n"));
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
  });
  after(() => {
    proxy.close();
    rmSync(home, { recursive: true });
  });

  const run = (...args: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const env = {
        ...withoutCredentials(process.env),
        HOME: home,
        PATH: `${home}${path.delimiter}${process.env["PATH"]}`,
        HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
        NO_PROXY: "",
        no_proxy: "",
      };
      const command = [...TYPESCRIPT, path.join(ROOT, "verify/main.ts"), "--stack", "prod", ...args];
      const child = execFile(process.execPath, command, { cwd: ROOT, env }, (_, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });
  const why = 'Google gave no token for the credentials (answered 403); run "gcloud auth application-default login"';

  it("says in a sentence why no policy could be read, and fails", async () => {
    const { code, stdout, stderr } = await run();
    assert.equal(code, 1);
    const lines = stdout.split("\n");
    assert.ok(lines.includes(`? service "api", account of "api", project "acme-dev": ${why}`), stdout);
    assert.ok(lines.includes("0 policies read: 3 not read"), stdout);
    assert.doesNotMatch(stdout + stderr, /\n\s+at /);
    assert.ok(!(stdout + stderr).includes(CANARY));
  });

  it("says it in JSON for scripts", async () => {
    const { code, stdout } = await run("--json");
    const { target, grants } = JSON.parse(stdout) as {
      target: string;
      grants: { policies: number; findings: object[] };
    };
    assert.deepEqual([code, target, grants.policies], [1, "prod", 0]);
    assert.deepEqual(grants.findings.at(-1), { outcome: "unread", on: 'project "acme-dev"', message: why });
  });
});
