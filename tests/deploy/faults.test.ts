/**
 * Google fails at every operation in turn. Which operations there are is read from a run without failures, so that a new
 * resource cannot be forgotten. `tests/deploy/support.ts` compares what exists in the end with that run.
 */
import * as assert from "node:assert/strict";
import type { Fault } from "../../sandbox/control-plane";
import type { Operation } from "../../sandbox/engine";
import { usesPulumi } from "../support/pulumi-cli";
import { changes, existing, IMAGE, type MeshSettings, mesh, openStack, type Stack, succeeded } from "./support";

const before = mesh();
/** A call more, a service replaced, one removed and one made. */
const after = mesh({
  web: { image: IMAGE, calls: ["api", "cart"] },
  api: { image: IMAGE, name: "api-v2", accountId: "api-sa", calls: ["web"] },
  cart: { image: IMAGE },
});

/** What a mesh has around its services, all of it. */
const around = mesh(
  {},
  {
    network: { create: { connector: true, nat: true, retainOnDelete: false }, privateDnsZone: true },
    projectServices: true,
  },
);
const AROUND = /^gcp:(compute|dns|vpcaccess)\/|^gcp:projects\/service:/;

interface Phase {
  readonly name: string;
  readonly prepare: (stack: Stack) => Promise<unknown>;
  readonly act: { readonly operation: Operation; readonly settings: MeshSettings };
  /** Only one operation of each of these types is struck. @default - every operation */
  readonly types?: RegExp;
}

const phases: readonly Phase[] = [
  { name: "the first update", prepare: async () => {}, act: { operation: "up", settings: before } },
  {
    name: "an update that changes",
    prepare: (stack) => stack.run("up", before),
    act: { operation: "up", settings: after },
  },
  { name: "a refresh", prepare: (stack) => stack.run("up", before), act: { operation: "refresh", settings: before } },
  { name: "a destroy", prepare: (stack) => stack.run("up", before), act: { operation: "destroy", settings: before } },
  {
    name: "the first update of a network and its APIs",
    prepare: async () => {},
    act: { operation: "up", settings: around },
    types: AROUND,
  },
  {
    name: "a destroy of a network and its APIs",
    prepare: (stack) => stack.run("up", around),
    act: { operation: "destroy", settings: around },
    types: AROUND,
  },
];

/** `partial` needs an effect that can be half done. */
const KINDS: Readonly<Record<string, readonly Fault["kind"][]>> = {
  create: ["refused", "partial"],
  update: ["refused", "partial"],
  delete: ["refused", "partial"],
};

describe("failures of Google on the real engine", function () {
  this.timeout(20 * 60_000);
  const cli = usesPulumi();

  for (const { name, prepare, act, types } of phases) {
    it(`at every operation of ${name} are made good by running it again`, async () => {
      const clean = await openStack(cli());
      await prepare(clean);
      await clean.playing([]);
      const again = (stack: Stack) => stack.run(act.operation, act.settings);
      succeeded(await again(clean));
      const struckAt = clean.controlPlane.log().filter(({ type }) => types?.test(type) ?? true);
      const operations = new Map(
        struckAt.map((entry) => {
          const which = types ? "" : ` ${entry.name ?? entry.id}`;
          return [`${entry.operation} ${entry.type}${which}`, entry];
        }),
      );
      const expected = existing(clean.controlPlane);
      await clean.close();

      let played = 0;
      for (const [what, { operation, type, name: resource, id }] of operations) {
        for (const kind of KINDS[operation] ?? ["refused" as const]) {
          const stack = await openStack(cli());
          try {
            await prepare(stack);
            const fault: Fault = {
              operation,
              type,
              kind,
              nth: 1,
              ...(operation !== "invoke" && { name: resource ?? id }),
            };
            await stack.playing([fault]);
            const failed = await stack.fail(act.operation, act.settings);
            const struck = stack.controlPlane.log().filter(({ outcome }) => outcome !== "done");
            assert.equal(struck.length, 1, `${kind} at ${what} was played`);
            if (operation !== "invoke") assert.equal(failed.ok, false, `${kind} at ${what} was told`);
            succeeded(await again(stack));
            assert.deepEqual(existing(stack.controlPlane), expected, `after ${kind} at ${what}`);
            assert.deepEqual(changes(succeeded(await again(stack))), [], `after ${kind} at ${what}`);
            played++;
          } finally {
            await stack.close();
          }
        }
      }
      assert.ok(played >= 5, `${played} failures were played`);
    });
  }

  it("that lose the answer of a create end in one message that names the command, which converges", async () => {
    const clean = await openStack(cli());
    succeeded(await clean.run("up", before));
    const creates = clean.controlPlane.log().filter(({ operation }) => operation === "create");
    const expected = existing(clean.controlPlane);
    await clean.close();

    for (const { type, name } of creates) {
      const stack = await openStack(cli());
      try {
        await stack.playing([{ operation: "create", type, name, nth: 1, kind: "lost" }]);
        const lost = await stack.fail("up", before);
        assert.equal(lost.ok, false);
        assert.equal(lost.advice.length, 1, lost.advice.join("\n"));
        assert.match(lost.advice[0]!, new RegExp(`"${name}" .*may exist.*--recover`));
        succeeded(await stack.run("recover", before));
        succeeded(await stack.run("up", before));
        assert.deepEqual(existing(stack.controlPlane), expected, `after the answer to ${name} was lost`);
        assert.deepEqual(changes(succeeded(await stack.run("up", before))), []);
      } finally {
        await stack.close();
      }
    }
    assert.equal(creates.length, 5);
  });
});
