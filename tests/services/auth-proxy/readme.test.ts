import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { readProxyOptions } from "../../../services/auth-proxy/options";
import { REQUEST_HEADERS, RESPONSE_HEADERS } from "../../../services/auth-proxy/rules/header-table";
import { README, variables, withTables } from "../../../services/auth-proxy/tools/readme";
import { ERRORS } from "../../../services/runtime/index";

const root = join(__dirname, "../../..");
const URL_OF_ONE = "https://a-1.europe-west9.run.app";

describe("the auth proxy's pages", () => {
  it("have the tables that the code has; if not: npm run docs -w services/auth-proxy", () => {
    const text = readFileSync(README, "utf8");
    assert.equal(text, withTables(text));
    for (const { names } of [...REQUEST_HEADERS, ...RESPONSE_HEADERS]) {
      for (const name of names) assert.ok(text.includes(`\`${name}\``), name);
    }
  });

  it("name every variable that is read, and no other", () => {
    const asked = new Set<string>();
    const env = new Proxy<Record<string, string>>(
      { BACKEND_URL: URL_OF_ONE },
      {
        get(target, name) {
          asked.add(String(name));
          return target[String(name)];
        },
      },
    );
    readProxyOptions(env);
    const told = variables().flatMap(({ names }) => names);
    const elsewhere = ["<CALLEE>_URL", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"];
    const notItsOwn = ["BACKEND_URL", "K_SERVICE", "CLOUD_RUN_JOB", "CALL_TIMEOUT_MS"];
    assert.deepEqual(
      told.filter((name) => !elsewhere.includes(name)).sort(),
      [...asked].filter((name) => !notItsOwn.includes(name)).sort(),
    );
  });

  it("name the defaults that hold", () => {
    const options = readProxyOptions({ BACKEND_URL: URL_OF_ONE }) as unknown as Record<string, unknown>;
    const numbers = variables().filter(({ standard }) => /^\d/.test(standard));
    assert.equal(numbers.length, 8);
    for (const { names, standard } of numbers) {
      const option = names[0]!.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
      assert.equal(options[option], Number.parseInt(standard, 10), names[0]);
    }
  });

  it("say what to do about each error that the proxy can answer with", () => {
    const page = readFileSync(join(root, "docs/auth-proxy.md"), "utf8");
    const folder = join(root, "services/auth-proxy");
    const sources = readdirSync(folder, { recursive: true })
      .map(String)
      .filter((file) => file.endsWith(".ts") && !/node_modules|dist/.test(file))
      .map((file) => readFileSync(join(folder, file), "utf8"))
      .join("");
    const ofIap = ["identity-missing", "identity-invalid", "identity-keys-unavailable"];
    const ofTheRuntime = ["token-invalid", "credentials-unavailable", "options-invalid", "port-taken", ...ofIap];
    const codes = Object.keys(ERRORS).filter((code) => sources.includes(`"${code}"`) || ofTheRuntime.includes(code));
    assert.ok(codes.length > 20, String(codes));
    assert.deepEqual(
      codes.filter((code) => !page.includes(`\`${code}\``)),
      [],
    );
    for (const [, code, status] of page.matchAll(/^\| `([a-z-]+)` \| (\d{3}) \|/gm)) {
      assert.equal(ERRORS[code as keyof typeof ERRORS].status, Number(status), code);
    }
  });
});
