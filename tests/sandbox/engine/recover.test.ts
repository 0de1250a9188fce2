import * as assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { adoptLostCreates } from "../../../sandbox/engine/stack/recover";

const TYPE = "gcp:cloudrunv2/service:Service";
const ID = "projects/acme-dev/locations/europe-west9/services/parcels";
const urn = (name: string) => `urn:pulumi:dev::mesh::${TYPE}::${name}`;
const resource = (name: string) => ({ urn: urn(name), type: TYPE, custom: true, inputs: { name: "parcels" } });

/** A stack whose state has these resources, and whose program wants to create that one. */
function stackOf(resources: readonly object[], wanted: object) {
  const imported: object[] = [];
  const stack = {
    exportStack: async () => ({ version: 3, deployment: { resources } }),
    importStack: async (state: object) => void imported.push(state),
    preview: async ({ onEvent }: { onEvent(event: object): void }) =>
      onEvent({ resourcePreEvent: { metadata: { op: "create", new: wanted } } }),
  };
  return { stack: stack as unknown as Stack, imported };
}

describe("taking over what exists", () => {
  it("enters a resource that the state does not know", async () => {
    const { stack, imported } = stackOf([], resource("parcels"));
    assert.deepEqual(await adoptLostCreates(stack, async () => ID), { taken: ["parcels"], held: [] });
    assert.equal(imported.length, 1);
  });

  it("enters nothing a second time that the state holds under another name", async () => {
    const { stack, imported } = stackOf([{ ...resource("shipments"), id: ID }], resource("sendings"));
    assert.deepEqual(await adoptLostCreates(stack, async () => ID), {
      taken: [],
      held: [{ name: "sendings", as: "shipments" }],
    });
    assert.deepEqual(imported, []);
  });
});
