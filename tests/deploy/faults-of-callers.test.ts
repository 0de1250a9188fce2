/**
 * Google fails at what calls services and is not called itself, at functions, and at the Identity-Aware Proxy. Each
 * stack meets all of its failures one after the other: a run fails of what is played in it and of nothing else, and the
 * first run in which nothing is played ends well.
 */
import * as assert from "node:assert/strict";
import type { Fault } from "../../sandbox/control-plane";
import type { EngineResult } from "../../sandbox/engine";
import { usesPulumi } from "../support/pulumi-cli";
import { changes, existing, GRANT, IMAGE, type MeshSettings, mesh, openStack, type Stack, succeeded } from "./support";

const ingress = { all: "people come from outside of the network" };
const scoring = { source: "functions/account-scoring", runtime: "nodejs22", entryPoint: "scoreAccount", ingress };
const summary = { source: "functions/account-summary", runtime: "nodejs22", entryPoint: "summarizeAccount", ingress };
const trigger = { eventType: "google.cloud.storage.object.v1.finalized", filters: { bucket: "acme-mail" } };
const iap = { access: [{ member: "group:staff@acme.example" }] };
const developer = { member: "user:dev@acme.example", calls: ["score"], until: "2031-12-31" };

const before = mesh(
  { web: { image: IMAGE, ingress, calls: ["api", "score", "digest"], iap } },
  {
    functions: { score: scoring, digest: { ...scoring, trigger } },
    jobs: { nightly: { image: IMAGE, calls: ["api"] }, tidy: { image: IMAGE, calls: ["digest"] } },
    workerPools: { taker: { image: IMAGE, calls: ["api"] } },
    developers: { laptop: developer },
  },
);
/** New code, a function replaced, a job and a worker pool changed, a job removed, a day moved, another at the proxy. */
const after = mesh(
  {
    web: {
      image: IMAGE,
      ingress,
      calls: ["api", "score", "digest"],
      iap: { access: [{ member: "group:sales@acme.example" }] },
    },
  },
  {
    functions: { score: summary, digest: { ...scoring, trigger, name: "digest-v2", accountId: "digest-sa" } },
    jobs: { nightly: { image: `${IMAGE}1`, calls: ["api"] } },
    workerPools: { taker: { image: `${IMAGE}1`, calls: ["api"] } },
    developers: { laptop: { ...developer, until: "2032-06-30" } },
  },
);

const ACCESSOR = "gcp:iap/webCloudRunServiceIamMember:WebCloudRunServiceIamMember";
const TYPES =
  /^gcp:(cloudfunctionsv2|storage|projects|iap)\/|^gcp:cloudrunv2\/(job|workerPool):|^gcp:serviceaccount\/iAMMember:/;

/** The grants of what is replaced are renewed, so that those fail, too. */
const CHANGED = new RegExp(`${TYPES.source}|^${GRANT}$`);

interface Phase {
  readonly name: string;
  /** What is there before. @default - nothing */
  readonly from?: MeshSettings | undefined;
  readonly act: { readonly operation: "up" | "refresh" | "destroy"; readonly settings: MeshSettings };
  readonly types: RegExp;
}

const phases: readonly Phase[] = [
  { name: "the first update", act: { operation: "up", settings: before }, types: TYPES },
  { name: "an update that changes", from: before, act: { operation: "up", settings: after }, types: CHANGED },
  { name: "a refresh", from: before, act: { operation: "refresh", settings: before }, types: TYPES },
  { name: "a destroy", from: before, act: { operation: "destroy", settings: before }, types: TYPES },
];

/** Of an update that changes: what is made beside the one that it replaces. */
const losing: readonly Phase[] = [phases[0]!, { ...phases[1]!, types: /^gcp:(cloudfunctionsv2|storage)\// }];

/** What takes effect can be half done. */
const HALF_DONE: readonly Fault["operation"][] = ["create", "update", "delete"];

type Struck = ReturnType<Stack["controlPlane"]["log"]>[number];

describe("failures of Google at callers and functions on the real engine", function () {
  this.timeout(20 * 60_000);
  const cli = usesPulumi();

  /** Of a run without failures: one operation of each kind on each type, and what exists in the end. */
  async function clean({ from, act, types }: Phase) {
    const stack = await openStack(cli());
    try {
      if (from) succeeded(await stack.run("up", from));
      await stack.playing([]);
      succeeded(await stack.run(act.operation, act.settings));
      const log = stack.controlPlane.log().filter(({ operation, type }) => {
        // What has no effect is struck where it comes first: checks in the first update, diffs in a refresh.
        const again = act.operation === "up" && from !== undefined && !HALF_DONE.includes(operation);
        return types.test(type) && !again;
      });
      const operations = new Map(log.map((entry) => [`${entry.operation} ${entry.type}`, entry]));
      return { operations: [...operations.values()], expected: existing(stack.controlPlane) };
    } finally {
      await stack.close();
    }
  }

  /** Runs until nothing is played any more. */
  async function playThrough(
    { from, act }: Phase,
    faults: readonly Fault[],
    after: (failed: EngineResult, struck: readonly Struck[], stack: Stack) => Promise<void>,
  ) {
    const stack = await openStack(cli());
    const played: Struck[] = [];
    try {
      if (from) succeeded(await stack.run("up", from));
      await stack.playing(faults);
      for (;;) {
        const { length } = stack.controlPlane.log();
        const result = await stack.fail(act.operation, act.settings);
        const struck = stack.controlPlane
          .log()
          .slice(length)
          .filter(({ outcome }) => outcome !== "done");
        for (const one of struck) assert.match(one.message ?? "", PLAYED, described(one));
        if (struck.length === 0) {
          succeeded(result);
          break;
        }
        played.push(...struck);
        await after(result, struck, stack);
      }
      assert.deepEqual(changes(succeeded(await stack.run(act.operation, act.settings))), []);
      return { played, exists: existing(stack.controlPlane) };
    } finally {
      await stack.close();
    }
  }

  it("are compared with what the configs ask for, whatever was there before", async () => {
    const [, changing, , destroying] = phases;
    const afresh = await clean({ ...changing!, from: undefined });
    assert.deepEqual((await clean(changing!)).expected, afresh.expected);
    // Google makes its own agent when it is asked for, and keeps it.
    assert.deepEqual((await clean(destroying!)).expected, ["projects/acme-dev/services/storage.googleapis.com"]);
  });

  for (const phase of phases) {
    it(`at ${phase.name} are made good by running it again`, async () => {
      const { operations, expected } = await clean(phase);
      const faults = operations.flatMap((entry) => faultsAt(entry));
      const { played, exists } = await playThrough(phase, faults, async (failed, struck) => {
        const told = struck.some(({ operation }) => operation !== "invoke");
        if (told) assert.equal(failed.ok, false, struck.map(described).join(", "));
      });
      assert.equal(played.length, faults.length);
      assert.deepEqual(exists, expected);
    });
  }

  for (const phase of losing) {
    it(`that lose the answers of creates of ${phase.name} end in messages that name the command, which converges`, async () => {
      const { operations, expected } = await clean(phase);
      const creates = operations.filter(({ operation }) => operation === "create");
      const faults = creates.map((entry): Fault => ({ ...placeOf(entry), nth: 1, kind: "lost" }));
      const { played, exists } = await playThrough(phase, faults, async (failed, struck, stack) => {
        assert.equal(failed.ok, false);
        assert.equal(failed.advice.length, 1, failed.advice.join("\n"));
        assert.match(failed.advice[0]!, /may exist.*--recover/);
        for (const { name } of struck) assert.ok(failed.advice[0]!.includes(`"${name}"`), failed.advice[0]);
        succeeded(await stack.run("recover", phase.act.settings));
      });
      assert.equal(played.length, faults.length);
      assert.deepEqual(exists, expected);
    });
  }

  it("that refuse one of two grants alike do not make recovery take the other for it", async () => {
    const behind = { image: IMAGE, ingress, iap };
    const settings = mesh({ web: behind, api: behind });
    const stack = await openStack(cli());
    try {
      const [type, name] = [ACCESSOR, "group:staff@acme.example-opens-api"];
      await stack.playing([{ operation: "create", type, name, nth: 1, kind: "refused" }]);
      assert.equal((await stack.fail("up", settings)).ok, false);
      succeeded(await stack.run("recover", settings));
      succeeded(await stack.run("up", settings));
      const grants = stack.controlPlane.list({ type }).map(({ inputs }) => inputs["cloudRunServiceName"]);
      assert.deepEqual(grants.sort(), ["api", "web"]);
    } finally {
      await stack.close();
    }
  });
});

const PLAYED = /backendError|error reading from server: EOF/;

const described = ({ operation, type, name, id }: Struck) => `${operation} ${type} ${name ?? id}`;

function placeOf({ operation, type, name, id }: Struck): Pick<Fault, "operation" | "type" | "name"> {
  return { operation, type, ...(operation !== "invoke" && { name: name ?? id ?? type }) };
}

function faultsAt(entry: Struck): Fault[] {
  const at = placeOf(entry);
  const refused: Fault = { ...at, nth: 1, kind: "refused" };
  return HALF_DONE.includes(entry.operation) ? [refused, { ...at, nth: 2, kind: "partial" }] : [refused];
}
