/** What the tests of a deployed stack make of what they see, tried against a Google that is played. */
import * as assert from "node:assert/strict";
import Mocha from "mocha";
import type { Deployed } from "../../verify/deployed/open";
import { probes } from "../../verify/probes";
import { TestGoogle } from "../verify/deployed-google";
import { openMesh } from "../verify/deployed-support";
import { holdsDeployed } from "./deployed";
import { NOBODY_ELSE } from "./facts";

interface Ran {
  readonly passed: string[];
  readonly failed: string[];
  readonly skipped: string[];
}

/** Runs the suite in a Mocha of its own. */
function run(open: () => Promise<Deployed>): Promise<Ran> {
  const inner = new Mocha({ reporter: class {} as never });
  holdsDeployed(Mocha.Suite.create(inner.suite, "a stack"), open);
  const ran: Ran = { passed: [], failed: [], skipped: [] };
  return new Promise((resolve) => {
    inner
      .run(() => resolve(ran))
      .on("pass", ({ title }) => ran.passed.push(title))
      .on("fail", ({ title }, { message }: Error) => ran.failed.push(`${title}: ${message.split("\n")[0]}`))
      .on("pending", ({ title }) => ran.skipped.push(title));
  });
}

describe("the tests of a deployed stack", () => {
  let google: TestGoogle;
  beforeEach(async () => {
    google = await new TestGoogle().start();
  });
  afterEach(() => google.stop());

  /** A mesh that holds, as far as can be seen from the internet. */
  const open = async () => {
    const mesh = await openMesh(google);
    for (const internal of ["api", "cron"]) google.services.set(internal, { ingress: "internal" });
    return mesh;
  };

  it("are one per probe: passed where it holds, skipped with the reason where it could not be sent", async () => {
    const mesh = await open();
    const { passed, failed, skipped } = await run(async () => mesh);
    assert.deepEqual(failed, []);
    assert.equal(passed.length + skipped.length, probes(mesh.graph).length + 3);
    assert.ok(passed.includes("user:ada@acme.com reaches web"));
    assert.ok(passed.includes("a stranger on the internet without a token is refused by api with 404 (ingress)"));
    assert.ok(
      skipped.includes("web reaches api - not probed: needs a job; run with --jobs (or MESH_PROBE_JOBS=1)"),
      skipped.join("\n"),
    );
  });

  it("fail where the stack lets in whom it must not", async () => {
    const mesh = await open();
    google.services.set("web", { answers: (_, response) => response.end("welcome") });
    const { failed } = await run(async () => mesh);
    assert.deepEqual(
      failed.filter((title) => title.includes("without a token")),
      [
        "a stranger on the internet without a token is refused by web with 403 (no token): reached the container (200)",
        "group:partners@acme.com without a token is refused by web with 403 (no token): reached the container (200)",
      ],
    );
  });

  it("fail where somebody was let in by hand", async () => {
    const mesh = await open();
    google.policies.grant("service api", "roles/run.invoker", "allUsers");
    const { failed } = await run(async () => mesh);
    assert.equal(failed.length, 1);
    assert.ok(failed[0]?.startsWith(`${NOBODY_ELSE}: `), failed[0]);
  });

  it("fail where nothing could be probed", async () => {
    const mesh = await open();
    const target = { ...mesh.target, name: "unreachable", send: async () => ({ notProbed: "no way in" }) };
    const { passed, failed } = await run(async () => ({ ...mesh, target }) as unknown as Deployed);
    assert.deepEqual(passed, ["tells its config and its outputs", NOBODY_ELSE]);
    assert.deepEqual(failed, ["are not all of them unsent: nothing could be probed"]);
  });

  it("fail where the stack cannot be read", async () => {
    const { passed, failed } = await run(() => Promise.reject(new Error('there is no stack "prod" in this backend')));
    assert.deepEqual(
      [passed, failed],
      [[], ['tells its config and its outputs: there is no stack "prod" in this backend']],
    );
  });
});
