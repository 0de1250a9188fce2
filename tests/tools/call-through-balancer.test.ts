import * as assert from "node:assert/strict";
import { rmSync } from "node:fs";
import * as path from "node:path";
import { temporaryFolder } from "../../sandbox/files/temporary-folder";
import { RunningMesh } from "../../sandbox/running";
import { announce } from "../../sandbox/running/announce";
import { wayInSandbox } from "../../tools/call/in-sandbox";
import { send } from "../../tools/call/send";
import { balancedStack } from "../contract/balanced-stack";
import { type Deployed, openSandboxStack } from "../contract/running";

/** `openSandbox` drives an engine, in a process of its own. */
describe("npm run call, through a load balancer", function () {
  this.timeout(120_000);
  let state: string;
  let deployed: Deployed;
  let mesh: RunningMesh;
  let withdraw: (() => Promise<void>) | undefined;
  before(async () => {
    state = temporaryFolder();
    const stackConfig = balancedStack(state);
    deployed = await openSandboxStack(stackConfig);
    const { controlPlane, outputs } = deployed;
    mesh = await RunningMesh.open({ controlPlane, stackConfig, outputs });
    ({ withdraw } = await announce(mesh, path.join(state, "balanced")));
  });
  after(async () => {
    await withdraw?.();
    await mesh?.close();
    await deployed?.close();
    rmSync(state, { recursive: true, force: true });
  });

  async function call(service: string, target: string, as?: string) {
    const way = await wayInSandbox(state, service, { as });
    try {
      const { response, refusal } = await send(way, { path: target, timeoutMs: 10_000 });
      return { url: response.url, status: response.status, refusal: refusal?.explanation };
    } finally {
      await way.close();
    }
  }

  it("leads people to the service's route, signed in, by the path that the service sees or by what is below it", async () => {
    const passes = (url: string) => ({ url, status: 200, refusal: undefined });
    assert.deepEqual(await call("portal", "/echo"), passes("https://ailab.example/echo"));
    assert.deepEqual(await call("desk", "/desk/echo"), passes("https://ailab.example/desk/echo"));
    assert.deepEqual(await call("desk", "/echo?q=1"), passes("https://ailab.example/desk/echo?q=1"));
    assert.deepEqual(await call("desk", "/"), passes("https://ailab.example/desk"));
    assert.deepEqual(await call("desk", "/", "user:ada@acme.example"), passes("https://ailab.example/desk"));
  });

  it("names who comes through, and the line that lets somebody else", async () => {
    const { status, refusal } = await call("portal", "/", "user:ada@acme.example");
    assert.equal(status, 403);
    assert.equal(
      refusal,
      '403: Identity-Aware Proxy lets user:ada@acme.example not through to "portal"\n' +
        "  granted: group:staff@acme.example\n" +
        '  to grant it, in the stack config, beside what is there: loadBalancer.iap.routes: { "/": [{ member: "user:ada@acme.example", until: YYYY-MM-DD }] }',
    );
  });
});
