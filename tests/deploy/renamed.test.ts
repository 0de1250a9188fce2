import * as assert from "node:assert/strict";
import type { EngineResult } from "../../sandbox/engine";
import { usesPulumi } from "../support/pulumi-cli";
import { changes, errors, existing, IMAGE, mesh, openStack, type Stack, succeeded } from "./support";

const OPEN = { ingress: { all: "people come from the internet" } };
const STAFF = "group:staff@acme.com";
const ANN = "user:ann@acme.com";
const SCORE = { source: "functions/account-scoring", runtime: "nodejs22", entryPoint: "score" };

const OLD_KEYS = ["web", "api", "desk", "score", "nightly", "take", "laptop"] as const;
type OldKey = (typeof OLD_KEYS)[number];

/** Every kind of node, each with whatever stands under it; `renamed` has the new keys. */
function everything(renamed?: Readonly<Record<OldKey, string>>) {
  const keyOf = (old: OldKey) => renamed?.[old] ?? old;
  const entry = (old: OldKey, node: object) => ({ [keyOf(old)]: { ...node, ...(renamed && { formerly: old }) } });
  const calls = [keyOf("api")];
  return mesh(
    {},
    {
      services: {
        ...entry("web", {
          image: IMAGE,
          calls: [keyOf("api"), keyOf("score")],
          env: { PASSWORD: { secret: "db-password", version: "1" } },
          roles: ["roles/cloudsql.client"],
          access: [{ member: "serviceAccount:partner@other.iam.gserviceaccount.com" }],
        }),
        ...entry("api", { image: IMAGE, ...OPEN, access: [{ member: STAFF }, { member: ANN, until: "2099-03-31" }] }),
        ...entry("desk", { image: IMAGE, ...OPEN, iap: { access: [{ member: STAFF }] } }),
      },
      functions: entry("score", { ...SCORE, calls, trigger: { topic: "orders" } }),
      jobs: entry("nightly", { image: IMAGE, calls }),
      workerPools: entry("take", { image: IMAGE, calls }),
      developers: entry("laptop", { member: STAFF, calls }),
    },
  );
}

/** Everything that is not the same, components included. */
function notSame({ steps }: EngineResult): string[] {
  return steps.filter(({ op }) => op !== "same" && op !== "read").map(({ op, urn }) => `${op} ${urn}`);
}

describe("a renamed key", function () {
  this.timeout(180_000);
  const cli = usesPulumi();
  let stack: Stack;
  beforeEach(async () => {
    stack = await openStack(cli());
    stack.controlPlane.seed("gcp:secretmanager/secret:Secret", { secretId: "db-password", project: "acme-dev" });
    stack.controlPlane.seed("gcp:secretmanager/secretVersion:SecretVersion", {
      secret: "projects/acme-dev/secrets/db-password",
      secretData: "x",
    });
  });
  afterEach(() => stack.close());

  it("changes nothing, whatever kind of node it is of, where `formerly` has the old key", async () => {
    succeeded(await stack.run("up", everything()));
    const there = existing(stack.controlPlane);
    // A grant whose name begins as the new key of its receiver does: the engine guesses its old name wrongly.
    const renamed = everything({
      web: "shop",
      api: "user",
      desk: "group",
      score: "rating",
      nightly: "daily",
      take: "worker",
      laptop: "people",
    });
    assert.deepEqual(notSame(succeeded(await stack.run("preview", renamed))), []);
    assert.deepEqual(notSame(succeeded(await stack.run("up", renamed))), []);
    assert.deepEqual(existing(stack.controlPlane), there);
    assert.deepEqual(notSame(succeeded(await stack.run("up", renamed))), []);
  });

  it("changes nothing when the other end of a call is renamed later, nor when `name` takes the place of `formerly`", async () => {
    succeeded(await stack.run("up", mesh()));
    const first = mesh({ web: undefined, shop: { image: IMAGE, calls: ["api"], formerly: "web" } });
    assert.deepEqual(notSame(succeeded(await stack.run("up", first))), []);
    const second = mesh({
      web: undefined,
      api: undefined,
      shop: { image: IMAGE, calls: ["user"], formerly: "web" },
      user: { image: IMAGE, formerly: "api" },
    });
    assert.deepEqual(notSame(succeeded(await stack.run("up", second))), []);
    const third = mesh({
      web: undefined,
      api: undefined,
      store: { image: IMAGE, calls: ["user"], formerly: "shop", name: "web" },
      user: { image: IMAGE, formerly: "api" },
    });
    assert.deepEqual(notSame(succeeded(await stack.run("up", third))), []);
    const last = mesh({
      web: undefined,
      api: undefined,
      store: { image: IMAGE, calls: ["user"], name: "web" },
      user: { image: IMAGE, formerly: "api" },
    });
    assert.deepEqual(notSame(succeeded(await stack.run("up", last))), []);
  });

  for (const operation of ["preview", "up"] as const) {
    it(`is told at ${operation}, whatever kind of node it is of, where nothing says that it is renamed`, async () => {
      const nodes = (web: string, api: string, score: string, nightly: string, take: string) => ({
        services: {
          [web]: { image: IMAGE, name: "web" },
          [api]: { image: IMAGE, name: `${api}-1`, accountId: "api-runs" },
          desk: { image: IMAGE },
        },
        functions: { [score]: { ...SCORE, name: "score" } },
        jobs: { [nightly]: { image: IMAGE, name: "nightly" } },
        workerPools: { [take]: { image: IMAGE, name: "take" } },
      });
      succeeded(await stack.run("up", mesh({}, nodes("web", "api", "score", "nightly", "take"))));
      const there = existing(stack.controlPlane);
      const refused = await stack.fail(operation, mesh({}, nodes("shop", "user", "rating", "daily", "worker")));
      assert.deepEqual(errors(refused), [
        [
          "5 problems in the stack config:",
          '  services.shop.name: "web" is held by the stack under "web"; to rename that key, set "formerly: web" here; for another one, choose another name',
          '  services.user.accountId: "api-runs" is held by the stack under "api"; to rename that key, set "formerly: api" here; for another one, choose another accountId',
          '  functions.rating.name: "score" is held by the stack under "score"; to rename that key, set "formerly: score" here; for another one, choose another name',
          '  jobs.daily.name: "nightly" is held by the stack under "nightly"; to rename that key, set "formerly: nightly" here; for another one, choose another name',
          '  workerPools.worker.name: "take" is held by the stack under "take"; to rename that key, set "formerly: take" here; for another one, choose another name',
        ].join("\n"),
      ]);
      assert.deepEqual(existing(stack.controlPlane), there);
    });
  }

  it("is told where the name is still that of another key, which gives it up in an update of its own", async () => {
    succeeded(await stack.run("up", mesh()));
    const [freed, both] = [
      { web: { image: IMAGE }, api: { image: IMAGE, name: "api-v2" } },
      { web: { image: IMAGE }, api: { image: IMAGE, name: "api-v2" }, user: { image: IMAGE, name: "api" } },
    ];
    assert.deepEqual(errors(await stack.fail("preview", mesh(both))), [
      '1 problem in the stack config:\n  services.user.name: "api" is held by the stack under "api", which still is in the config; take the name from "api" first, in an update of its own',
    ]);
    succeeded(await stack.run("up", mesh(freed)));
    succeeded(await stack.run("up", mesh(both)));
  });

  it("is told where the stack holds the old key and the new one both, as two cannot become one", async () => {
    const alone = (services: Record<string, object>) => mesh({}, { services });
    const before = { api: { image: IMAGE, name: "api-1" } };
    succeeded(await stack.run("up", alone({ ...before, user: { image: IMAGE } })));
    const late = alone({ user: { image: IMAGE, formerly: "api", name: "api-1" } });
    assert.deepEqual(errors(await stack.fail("preview", late)), [
      '1 problem in the stack config:\n  services.user.formerly: the stack holds "api" and "user" both, and two cannot become one; first deploy "api" as it was, without "user"',
    ]);
    succeeded(await stack.run("up", alone(before)));
    assert.deepEqual(notSame(succeeded(await stack.run("up", late))), []);
  });

  it("moves callers to the variable of the new key when `name` takes the place of the callee's `formerly`", async () => {
    succeeded(await stack.run("up", mesh()));
    const named = mesh({
      web: { image: IMAGE, calls: ["user"] },
      api: undefined,
      user: { image: IMAGE, name: "api", formerly: "api" },
    });
    assert.deepEqual(notSame(succeeded(await stack.run("up", named))), []);
    const without = mesh({
      web: { image: IMAGE, calls: ["user"] },
      api: undefined,
      user: { image: IMAGE, name: "api" },
    });
    assert.deepEqual(changes(succeeded(await stack.run("up", without))), ["update cloudrunv2/service web"]);
  });
});
