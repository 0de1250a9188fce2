import * as assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { freePort, startProgram } from "./implementations";
import { http, until } from "./support";

const services = join(__dirname, "../../services");
const build = join(services, "runtime/tools/build-if-stale.mjs");
const folders = readdirSync(services).filter((name) => existsSync(join(services, name, "main.ts")));
const CALLEES = {
  USER_URL: "https://user-1.europe-west9.run.app",
  ORDER_URL: "https://order-1.europe-west9.run.app",
  BACKEND_API_URL: "https://backend-api-1.europe-west9.run.app",
  ACCOUNT_SCORING_URL: "https://account-scoring-1.europe-west9.run.app",
  ACCOUNT_SUMMARY_URL: "https://account-summary-1.europe-west9.run.app",
};

describe("the services as processes", () => {
  before(() => execFileSync(process.execPath, [build]));

  const hasDatabase = (folder: string) => packageOf(folder).scripts.migrate !== undefined;
  const packageOf = (folder: string) => JSON.parse(readFileSync(join(services, folder, "package.json"), "utf8"));

  it("are these", () => {
    assert.deepEqual(folders, [
      ...["asset-scanning", "auth-proxy", "backend", "frontend", "gateway"],
      ...["items-backend", "items-frontend", "marketing-immersion", "order", "portal"],
      ...["sales-app", "service-desk", "user"],
    ]);
  });

  for (const folder of folders) {
    it(`${folder} starts by its start script, answers, and ends with 0 on SIGTERM`, async () => {
      const [command, ...args] = packageOf(folder).scripts.start.split(" ");
      assert.equal(command, "node", "a shell or npm in between would cost time and swallow signals");
      const service = await startProgram(process.execPath, args, join(services, folder), CALLEES);
      assert.match((await http(`${service.url}/health`)).json.service, /\(TypeScript\)$/);
      service.process.kill("SIGTERM");
      assert.equal(await service.exit, 0);
      const entries = service.log
        .join("")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      assert.deepEqual(
        entries.map(({ severity }) => severity),
        // An embedded database says what it is.
        [...(hasDatabase(folder) ? ["WARNING"] : []), "INFO", "INFO"],
      );
    });

    it(`${folder} runs from its bundle and Node alone`, () => {
      const text = readFileSync(join(services, folder, "dist/main.js"), "utf8");
      const outside = [...text.matchAll(/\b(?:require|import)\("([^".][^"]*)"\)/g)].map((match) => match[1]!);
      const { builtinModules } = require("node:module") as typeof import("node:module");
      // pg asks for pg-native where somebody wants that.
      const beside = hasDatabase(folder) ? ["@electric-sql/pglite", "pg-native"] : [];
      const known = new Set([...builtinModules, "google-auth-library", ...beside]);
      assert.deepEqual(
        [...new Set(outside)].filter((name) => !known.has(name) && !name.startsWith("node:")),
        [],
      );
    });
  }

  it("say everything that is wrong with their environment, and exit with 1", () => {
    const run = spawnSync(process.execPath, ["dist/main.js"], { cwd: join(services, "gateway"), env: { PORT: "x" } });
    assert.equal(run.status, 1);
    const entry = JSON.parse(run.stdout.toString());
    assert.equal(entry.severity, "CRITICAL");
    assert.equal(entry.code, "options-invalid");
    for (const name of ["PORT", "USER_URL", "ORDER_URL"]) assert.ok(entry.message.includes(`${name}: `), entry.message);
  });

  it("exit with 1 where the port is taken", async () => {
    const one = await startProgram(process.execPath, ["dist/main.js"], join(services, "order"), {});
    const port = new URL(one.url).port;
    const run = spawnSync(process.execPath, ["dist/main.js"], { cwd: join(services, "order"), env: { PORT: port } });
    assert.equal(run.status, 1);
    assert.equal(JSON.parse(run.stdout.toString()).code, "port-taken");
    await one.stop();
  });

  it("take no request that they do not answer, SIGTERM or not", async () => {
    const service = await startProgram(process.execPath, ["dist/main.js"], join(services, "order"), {});
    const lost: string[] = [];
    let answered = 0;
    let closing = 0;
    const endsAtMs = Date.now() + 15_000;
    const client = async () => {
      while (closing === 0 && Date.now() < endsAtMs) {
        const { headers, status } = await http(`${service.url}/orders`, { headers: { connection: "keep-alive" } });
        answered += 1;
        if (status !== 200) lost.push(`answered ${status}`);
        if (headers.connection === "close") closing += 1;
      }
    };
    const clients = Array.from({ length: 20 }, () => client().catch((error) => lost.push(error.message)));
    await until(() => answered > 200);
    const toldAtMs = Date.now();
    service.process.kill("SIGTERM");
    await Promise.all(clients);
    assert.equal(await service.exit, 0);
    assert.deepEqual(lost, []);
    assert.ok(closing > 0);
    assert.ok(Date.now() - toldAtMs < 10_000);
    await assert.rejects(http(`${service.url}/orders`), /ECONNREFUSED/);
  });

  it("listen on the address that they are told", async () => {
    const port = await freePort();
    const env = { PORT: String(port), BIND_ADDRESS: "192.0.2.1" };
    const run = spawnSync(process.execPath, ["dist/main.js"], { cwd: join(services, "order"), env });
    assert.match(
      JSON.parse(run.stdout.toString()).message,
      /^192\.0\.2\.1:\d+ cannot be listened on \(EADDRNOTAVAIL\)$/,
    );
  });

  it("are bundled anew when the contents of a source change, and only then", () => {
    const bundle = join(services, "order/dist/main.js");
    const stamp = join(services, "order/dist/.sources.json");
    const first = statSync(bundle).mtimeMs;
    utimesSync(join(services, "order/store.ts"), new Date(), new Date());
    execFileSync(process.execPath, [build]);
    assert.equal(statSync(bundle).mtimeMs, first);
    const digests = JSON.parse(readFileSync(stamp, "utf8"));
    for (const source of ["store.ts", "../runtime/call.ts", "../runtime/tools/build-if-stale.mjs"]) {
      assert.ok(source in digests, source);
      writeFileSync(stamp, JSON.stringify({ ...digests, [source]: "of other contents" }));
      execFileSync(process.execPath, [build]);
      assert.deepEqual(JSON.parse(readFileSync(stamp, "utf8")), digests);
    }
    assert.notEqual(statSync(bundle).mtimeMs, first);
  });

  const isWebApp = (folder: string) => "@cloud-run-mesh/web-app" in packageOf(folder).dependencies;
  /** The same with one package more; and, with a database, with PGlite beside the bundle, of which it reads files. */
  function withWebApp(text: string, folder: string): string {
    const bundle = `COPY --from=build /src/services/${folder}/dist/main.js ./\n`;
    const pglite = "node_modules/@electric-sql/pglite";
    return text
      .replace(
        /^(COPY|!)?(.*)services\/runtime(\/package\.json services\/runtime\/|( services\/runtime)?)$/gm,
        (line) =>
          line.startsWith("RUN") ? line : `${line}\n${line.replaceAll("services/runtime", "services/web-app")}`,
      )
      .replace("--workspace services/runtime", "--workspace services/runtime --workspace services/web-app")
      .replace(
        bundle,
        hasDatabase(folder)
          ? `${bundle}# PostgreSQL for a first look; it reads files beside its own.\nCOPY --from=build /src/${pglite} ${pglite}\n`
          : bundle,
      );
  }

  it("are packed alike: bundled, distroless, non-root, with nothing else in the context", () => {
    const of = (folder: string, file: string) => readFileSync(join(services, folder, file), "utf8");
    // The app of a laptop runs in no container.
    for (const folder of folders.filter((name) => name !== "sales-app")) {
      for (const file of ["Dockerfile", "Dockerfile.dockerignore"]) {
        const alike = of("order", file).replaceAll("services/order", `services/${folder}`);
        assert.equal(of(folder, file), isWebApp(folder) ? withWebApp(alike, folder) : alike);
      }
    }
    const image = of("order", "Dockerfile").split("\nFROM ").at(-1)!;
    assert.match(image, /^gcr\.io\/distroless\/nodejs\d+-debian\d+:nonroot\n/);
    assert.match(image, /^USER 65532:65532$/m);
    assert.deepEqual(image.match(/^(COPY|ADD) .*/gm), ["COPY --from=build /src/services/order/dist/main.js ./"]);
  });

  it("know nothing of the sandbox", () => {
    const sources = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "services"], {
      cwd: join(services, ".."),
      encoding: "utf8",
    });
    const knowing = sources
      .trim()
      .split("\n")
      .filter((file) => /sandbox/i.test(readFileSync(join(services, "..", file), "utf8")));
    assert.deepEqual(knowing, []);
  });
});
