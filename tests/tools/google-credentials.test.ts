/** What the commands do on a person's machine before they have a token: nothing that takes time. */
import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { promisify } from "node:util";
import { temporaryFolder, withoutCredentials } from "../support/pulumi-cli";

const ROOT = path.join(__dirname, "../..");
const run = promisify(execFile);

/** A refresh token as `gcloud auth application-default login` leaves it: its file names no project. */
const ADC = { type: "authorized_user", client_id: "gcloud", client_secret: "s", refresh_token: "r" };

describe("Application Default Credentials of a person", function () {
  this.timeout(20_000);
  let home: string;
  let outside: Server;
  let asked: string[];

  before(async () => {
    home = temporaryFolder();
    const config = path.join(home, ".config", "gcloud");
    mkdirSync(config, { recursive: true });
    writeFileSync(path.join(config, "application_default_credentials.json"), JSON.stringify(ADC));
    writeFileSync(path.join(home, "gcloud"), `#!/bin/sh\necho ran > "${home}/gcloud-ran"\n`);
    chmodSync(path.join(home, "gcloud"), 0o755);
    // The metadata server, and the way to everything else.
    outside = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(404).end();
    }).on("connect", (request, socket) => {
      asked.push(`CONNECT ${request.url}`);
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
    outside.listen(0, "127.0.0.1");
    await once(outside, "listening");
  });
  after(() => {
    outside.close();
    rmSync(home, { recursive: true });
  });
  beforeEach(() => {
    asked = [];
  });

  async function node(script: string): Promise<string> {
    const host = `127.0.0.1:${(outside.address() as AddressInfo).port}`;
    const { stdout } = await run(process.execPath, ["-r", "./tools/typescript.cjs", "-e", script], {
      cwd: ROOT,
      env: {
        ...withoutCredentials(process.env),
        HOME: home,
        PATH: `${home}${path.delimiter}${process.env["PATH"]}`,
        GCE_METADATA_HOST: host,
        HTTPS_PROXY: `http://${host}`,
        NO_PROXY: "127.0.0.1",
      },
    });
    return stdout.trim();
  }
  const said = "(error) => error.message";

  for (const [who, script, printed] of [
    [
      "npm run preview, up and destroy",
      'require("./tools/deploy/google").googleFromDefaultCredentials().credentialsProblem().then(console.log)',
      /^answered 502$/,
    ],
    [
      "npm run verify, token and call",
      `require("./verify/deployed/credentials").defaultCredentials().headers().catch(${said}).then(console.log)`,
      /^Google gave no token for the credentials \(answered 502\); run "gcloud auth application-default login"$/,
    ],
    [
      "a service on a laptop",
      `require("./services/runtime").defaultCredentials("ci@acme.iam.gserviceaccount.com").mint("https://web.example").catch(${said}).then(console.log)`,
      /^default credentials impersonating ci@acme.iam.gserviceaccount.com gave no ID token for https:\/\/web.example$/,
    ],
  ] as const) {
    it(`lead ${who} to the token, without a search for a project`, async () => {
      assert.match(await node(script), printed);
      assert.deepEqual([...new Set(asked)], ["CONNECT oauth2.googleapis.com:443"]);
      assert.equal(existsSync(path.join(home, "gcloud-ran")), false, "gcloud was asked for a project");
    });
  }

  it("are loaded by no command before it asks Google", async () => {
    const loaded = 'Object.keys(require.cache).filter((file) => file.includes("google-auth-library")).length';
    const modules = ["./tools/deploy/google", "./tools/deploy/checks", "./verify/deployed/open", "./services/runtime"];
    const script = `for (const one of ${JSON.stringify(modules)}) require(one); console.log(${loaded})`;
    assert.equal(await node(script), "0");
  });
});
