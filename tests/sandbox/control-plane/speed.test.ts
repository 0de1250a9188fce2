import * as assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { account, cloud, invoker, make, SERVICE, SERVICE_GRANT, service } from "./cloud";

/** Seconds for so many services, each with an account of its own and a grant for one shared caller. */
function seconds(count: number, stateFile: string): number {
  const controlPlane = cloud({ stateFile });
  const caller = account(controlPlane, "caller-sa");
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    const serviceAccount = account(controlPlane, `service-${i}`);
    make(controlPlane, SERVICE, `service-${i}`, service(`service-${i}`, { template: { serviceAccount } }));
    make(controlPlane, SERVICE_GRANT, `grant-${i}`, invoker(`serviceAccount:${caller}`, { name: `service-${i}` }));
  }
  const spent = (performance.now() - start) / 1000;
  for (const { id, type } of controlPlane.list({ type: SERVICE })) controlPlane.delete({ type, id });
  assert.equal(controlPlane.list({ type: SERVICE_GRANT }).length, 0);
  controlPlane.close();
  return spent;
}

describe("control plane: speed", () => {
  it("takes about as long per service with 3,000 services as with 300", function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), "control-plane-"));
    try {
      seconds(300, join(folder, "warm.jsonl"));
      const few = seconds(300, join(folder, "few.jsonl"));
      const many = seconds(3000, join(folder, "many.jsonl"));
      assert.ok(many < few * 10 * 4, `300 services took ${few.toFixed(2)} s, 3,000 took ${many.toFixed(2)} s`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
