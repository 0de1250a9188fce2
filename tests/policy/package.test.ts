import * as assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { allRules } from "../../policy/src/rules";
import { pages, withRules } from "../../policy/tools/readme";
import { ruleFiles } from "./examples";

const PACK = path.resolve(__dirname, "../../policy");
const SRC = path.join(PACK, "src");
const read = (file: string) => readFileSync(path.join(PACK, file), "utf8");
const sources = (readdirSync(SRC, { recursive: true }) as string[]).filter((file) => file.endsWith(".ts"));
const importsOf = (file: string) =>
  [...readFileSync(path.join(SRC, file), "utf8").matchAll(/^(?:import|export|\}).* from "([^"]+)";$/gm)].map(
    ([, name]) => name!,
  );

describe("policy package", () => {
  it("has a fresh table of rules and a fresh page about each (npm run docs -w policy)", () => {
    assert.equal(read("README.md"), withRules(read("README.md")));
    const made = pages();
    assert.deepEqual(readdirSync(path.join(PACK, "rules")).sort(), [...made.keys()].sort());
    for (const [file, text] of made) assert.equal(read(`rules/${file}`), text, file);
  });

  it("imports nothing of this repository, no provider SDK, and the policy SDK only where it registers", () => {
    for (const file of sources) {
      for (const name of importsOf(file)) {
        if (name === "@pulumi/policy") assert.ok(["pack.ts", "index.ts"].includes(file), file);
        else
          assert.ok(
            name.startsWith(".") && !path.relative(SRC, path.join(SRC, path.dirname(file), name)).startsWith(".."),
            `${file}: ${name}`,
          );
      }
    }
    const { dependencies } = JSON.parse(read("package.json"));
    assert.deepEqual(Object.keys(dependencies), ["@pulumi/policy", "@pulumi/pulumi"]);
  });

  it("judges without loading the policy SDK", () => {
    const reached = new Set<string>(["judge.ts"]);
    for (const file of reached) {
      for (const name of importsOf(file)) {
        const target = path.join(path.dirname(file), name);
        reached.add(existsSync(path.join(SRC, `${target}.ts`)) ? `${target}.ts` : path.join(target, "index.ts"));
      }
    }
    assert.ok(reached.size > 8 && !reached.has("pack.ts") && !reached.has("index.ts"));
  });

  it("can be published: compiled main, a version, a licence, no scripts at install, nothing for ts-node", () => {
    const manifest = JSON.parse(read("package.json"));
    assert.equal(manifest.main, "dist/index.js");
    assert.equal(manifest.license, "Apache-2.0");
    assert.match(manifest.version, /^\d+\.\d+\.\d+$/);
    assert.equal("private" in manifest, false);
    for (const script of ["preinstall", "install", "postinstall", "prepare"])
      assert.equal(script in manifest.scripts, false);
    for (const file of ["dist", "PulumiPolicy.yaml", "README.md", "rules"])
      assert.ok(manifest.files.includes(file), file);
    assert.equal(existsSync(path.join(PACK, "tsconfig.json")), false);
    assert.match(read("PulumiPolicy.yaml"), /^runtime: nodejs$/m);
  });

  it("lists each rule file, named as its rule, and no rule twice", () => {
    const names = allRules.map(({ name }) => name);
    assert.deepEqual([...ruleFiles.keys()].sort(), names.flatMap((name) => [name, `${name}.examples`]).sort());
  });
});

describe("policy host", function () {
  this.timeout(60_000);

  it("serves the compiled pack, and takes levels from the policy config", async () => {
    execFileSync(process.execPath, [path.join(PACK, "tools", "build-if-stale.mjs")]);
    const host = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
    const child = spawn(process.execPath, [host, "127.0.0.1:1", "."], {
      cwd: PACK,
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const port = await new Promise<string>((done) => child.stdout.once("data", (data) => done(String(data).trim())));
      const client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
      const info = await call<proto.AnalyzerInfo>((done) => client.getAnalyzerInfo(new Empty(), done));
      assert.deepEqual(
        info.getPoliciesList().map((policy) => policy.getName()),
        [...allRules.map(({ name }) => name), "preview-blind-spots"],
      );

      assert.deepEqual(await levels(client), { "no-public-principals": proto.EnforcementLevel.MANDATORY });
      const request = new proto.ConfigureAnalyzerRequest();
      const config = new proto.PolicyConfig();
      config.setEnforcementlevel(proto.EnforcementLevel.ADVISORY);
      config.setProperties(Struct.fromJavaScript({}));
      request.getPolicyconfigMap().set("no-public-principals", config);
      await call((done) => client.configure(request, done));
      assert.deepEqual(await levels(client), { "no-public-principals": proto.EnforcementLevel.ADVISORY });

      const schema = info
        .getPoliciesList()
        .find((policy) => policy.getName() === "no-foreign-images")!
        .getConfigschema()!;
      const keys = Object.keys(schema.getProperties()!.toJavaScript());
      assert.deepEqual(keys, ["allowedRegistries"]);
      assert.equal(await registriesRefuse(client, ["acme.com"]), "");
      assert.match(await registriesRefuse(client, ["other.com"]), /is from none of the 1 allowed registries/);
      assert.equal(
        await registriesRefuse(client, "acme.com"),
        'policy config: "no-foreign-images.allowedRegistries" is not a list of texts; write it as ["…"]',
      );
      client.close();
    } finally {
      child.kill();
    }
  });
});

const { Empty } = require("google-protobuf/google/protobuf/empty_pb");

async function levels(client: AnalyzerClient): Promise<Record<string, number>> {
  const request = new proto.AnalyzeRequest();
  request.setType("gcp:cloudrunv2/serviceIamMember:ServiceIamMember");
  request.setOptions(new proto.AnalyzerResourceOptions());
  request.setProperties(Struct.fromJavaScript({ member: "allUsers" }));
  const response = await call<proto.AnalyzeResponse>((done) => client.analyze(request, done));
  return Object.fromEntries(
    response.getDiagnosticsList().map((found) => [found.getPolicyname(), found.getEnforcementlevel()]),
  );
}

/** What the rule says of an image of acme.com where the config allows these. */
async function registriesRefuse(client: AnalyzerClient, allowedRegistries: JavaScriptValue): Promise<string> {
  const configure = new proto.ConfigureAnalyzerRequest();
  const config = new proto.PolicyConfig();
  config.setEnforcementlevel(proto.EnforcementLevel.MANDATORY);
  config.setProperties(Struct.fromJavaScript({ allowedRegistries }));
  configure.getPolicyconfigMap().set("no-foreign-images", config);
  await call((done) => client.configure(configure, done));
  const request = new proto.AnalyzeRequest();
  request.setType("gcp:cloudrunv2/service:Service");
  request.setOptions(new proto.AnalyzerResourceOptions());
  request.setProperties(Struct.fromJavaScript({ template: { containers: [{ image: "acme.com/app@sha256:0a" }] } }));
  const response = await call<proto.AnalyzeResponse>((done) => client.analyze(request, done));
  const found = response.getDiagnosticsList().filter((finding) => finding.getPolicyname() === "no-foreign-images");
  return found.map((finding) => finding.getMessage()).join();
}

function call<Response>(send: (done: (error: Error | null, response: Response) => void) => void): Promise<Response> {
  return new Promise((done, fail) => send((error, response) => (error ? fail(error) : done(response))));
}
