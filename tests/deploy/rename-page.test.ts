import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import type { EngineResult } from "../../sandbox/engine";
import { usesPulumi } from "../support/pulumi-cli";
import { running } from "./foreign-deploy";
import { changes, IMAGE, mesh, openStack, type Stack, succeeded } from "./support";

const PAGE = readFileSync(path.join(__dirname, "../../docs/rename.md"), "utf8");

/** The configs of a section, in order. */
function configs(heading: string): object[] {
  const section = PAGE.split(/^## /m).find((one) => one.startsWith(`${heading}\n`));
  assert.ok(section, `the page has no section "${heading}"`);
  return [...section.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = ""]) => {
    const services = (parse(text.replaceAll("…", IMAGE)) as Record<string, object>)["cloud-run-mesh:services"];
    return mesh({}, { services });
  });
}

describe("docs/rename.md", function () {
  this.timeout(120_000);
  const cli = usesPulumi();
  let stack: Stack;
  beforeEach(async () => {
    stack = await openStack(cli());
  });
  afterEach(() => stack.close());

  const up = async (config: object): Promise<EngineResult> =>
    succeeded(await stack.run("up", config as Record<string, unknown>));
  const urlsOf = (service: string) => {
    const { containers } = running(stack.controlPlane, service).template;
    return containers.flatMap(({ envs }) => (envs as { name: string }[]).map(({ name }) => name));
  };

  it("renames a key and changes nothing", async () => {
    const [before, after, ...more] = configs("The key alone");
    assert.ok(before && after && more.length === 0);
    await up(before);
    assert.deepEqual(changes(await up(after)), []);
    assert.deepEqual(urlsOf("web"), ["ORDER_URL"]);
  });

  it("gives a service another name in two updates, and no caller a URL that it may not call", async () => {
    const [before, first, second, ...more] = configs("The name and the URL");
    assert.ok(before && first && second && more.length === 0);
    await up(before);
    assert.deepEqual(changes(await up(first)), [
      "create cloudrunv2/service orders",
      "create cloudrunv2/serviceIamMember web-calls-orders",
      "create serviceaccount/account orders",
      "update cloudrunv2/service web",
    ]);
    assert.deepEqual(urlsOf("web"), ["ORDERS_URL", "ORDER_URL"]);

    const done = stack.controlPlane.log().length;
    assert.deepEqual(changes(await up(second)), [
      "delete cloudrunv2/service order",
      "delete cloudrunv2/serviceIamMember web-calls-order",
      "delete serviceaccount/account order",
      "update cloudrunv2/service web",
    ]);
    assert.deepEqual(urlsOf("web"), ["ORDERS_URL"]);
    const changed = stack.controlPlane
      .log()
      .slice(done)
      .filter(({ operation }) => operation === "update" || operation === "delete");
    assert.deepEqual(changed[0]?.operation, "update", "the caller moves before anything goes");
  });
});
