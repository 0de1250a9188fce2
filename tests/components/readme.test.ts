import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import * as ts from "typescript";
import { inventory, register } from "./support";

const ROOT = path.join(__dirname, "../..");

describe("the program in the README", () => {
  it("compiles, and makes what it says", async () => {
    const [, source] = /```ts\n([\s\S]*?)```/.exec(readFileSync(path.join(ROOT, "README.md"), "utf8"))!;
    const file = path.join(ROOT, "readme-example.ts");
    const options: ts.CompilerOptions = {
      ...ts.readConfigFile(path.join(ROOT, "tsconfig.json"), ts.sys.readFile).config.compilerOptions,
      module: ts.ModuleKind.Node20,
      moduleResolution: ts.ModuleResolutionKind.Node16,
      target: ts.ScriptTarget.ES2022,
      lib: ["lib.es2023.d.ts"],
      noEmit: true,
    };
    const host = ts.createCompilerHost(options);
    const { getSourceFile, fileExists, readFile } = host;
    host.getSourceFile = (name, version) =>
      name === file ? ts.createSourceFile(name, source!, version) : getSourceFile.call(host, name, version);
    host.fileExists = (name) => name === file || fileExists.call(host, name);
    host.readFile = (name) => (name === file ? source : readFile.call(host, name));
    const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([file], options, host));
    assert.deepEqual(
      diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
      [],
    );

    const { outputText } = ts.transpileModule(source!, {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    const made = await register(() => new Function("require", "exports", outputText)(createRequire(file), {}));
    assert.deepEqual(inventory(made), [
      "cloud-run-mesh:index:CloudRunService orders",
      "cloud-run-mesh:index:CloudRunService shop",
      "gcp:cloudrunv2/service:Service orders",
      "gcp:cloudrunv2/service:Service shop",
      "gcp:cloudrunv2/serviceIamMember:ServiceIamMember shop-calls-orders",
      "gcp:secretmanager/secretIamMember:SecretIamMember orders-reads-db-password",
      "gcp:serviceaccount/account:Account orders",
      "gcp:serviceaccount/account:Account shop",
    ]);
  }).timeout(60_000);
});
