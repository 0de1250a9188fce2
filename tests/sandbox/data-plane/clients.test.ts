/** Stock clients of several languages call a service by its real URL, with a token that each gets by the metadata server's name. */
import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { joined, machineEnvironment } from "../../../sandbox/data-plane/processes/environment";
import { needs } from "../../support/needs";
import { temporaryFolder, withoutCredentials } from "../../support/pulumi-cli";
import { LANGUAGES, PROGRAMS } from "./clients";
import { deploy, email, grant, type Mesh, openMesh, url } from "./mesh";

describe("a stock client in", () => {
  let home: string;
  let mesh: Mesh;

  before(async () => {
    home = temporaryFolder();
    mesh = await openMesh(
      (controlPlane) => {
        for (const name of ["order", "caller"]) deploy(controlPlane, name);
        grant(controlPlane, "order", `serviceAccount:${email("caller")}`);
      },
      // Something may leave: then the authorities of the world are trusted beside the sandbox's own.
      { standIns: true, allow: ["*.allowed.example"] },
    );
  });
  after(async () => {
    await mesh?.plane.close();
    rmSync(home, { recursive: true, force: true });
  });

  for (const { name: language, command, missing, clients } of LANGUAGES) {
    describe(`${language}, by ${command.at(-1)},`, function () {
      this.timeout(120_000);
      let printed: Record<string, string> = {};

      before(async function () {
        needs(this, missing ?? "", missing === undefined);
        const [program = "", ...args] = command;
        const { env } = await mesh.plane.proxyFor({ service: "caller" });
        // What a service of the sandbox gets, and what Go has built before.
        const GOCACHE = process.env["GOCACHE"] ?? path.join(homedir(), ".cache/go-build");
        const machine = machineEnvironment(withoutCredentials(process.env), home);
        const run = promisify(execFile)(program, [...args, url("order")], {
          cwd: PROGRAMS,
          env: { ...joined(machine, env), GOCACHE },
          timeout: 110_000,
        });
        const { stdout } = await run;
        const lines = stdout.trim().split("\n");
        printed = Object.fromEntries(
          lines.map((line) => {
            const name = Object.keys(clients).find((one) => line.startsWith(`${one} `)) ?? line;
            return [name, line.slice(name.length + 1)];
          }),
        );
      });

      for (const [client, line] of Object.entries(clients)) {
        it(`${client} calls${line === "" ? "" : " by the line that it needs"}, as the service that it runs in`, () => {
          assert.equal(printed[client], "200");
        });
      }

      it("is let in as the service for each call, and asks for nothing that is not played", () => {
        const expected = Object.keys(clients).map(() => [200, "invoker", email("caller"), "order"]);
        const told = mesh.decisions.splice(0).filter(({ callee }) => callee !== "oauth2.googleapis.com");
        assert.deepEqual(
          told.map(({ code, reason, caller, callee }) => [code, reason, caller, callee]),
          expected,
        );
      });

      it("has the lines in its program that the table shows", () => {
        const text = readFileSync(path.join(PROGRAMS, command.at(-1)!), "utf8");
        for (const line of Object.values(clients)) assert.ok(text.includes(line), line);
      });
    });
  }
});

describe("the table of clients in sandbox/README.md", () => {
  it("is what these tests run", () => {
    const text = readFileSync(path.join(__dirname, "../../../sandbox/README.md"), "utf8");
    const [, table = ""] = /\n\| language \| client \| .*\n\| --- .*\n((?:\|.*\n)+)/.exec(text) ?? [];
    const rows = LANGUAGES.flatMap(({ name, clients }) =>
      Object.entries(clients).map(([client, line]) => `| ${name} | ${client} | ${line === "" ? "" : `\`${line}\` `}|`),
    );
    assert.deepEqual(table.trim().split("\n"), rows);
  });
});
