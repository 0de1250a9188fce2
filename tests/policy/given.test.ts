/** Stack rules at a preview: what the program leaves out is told from what is computed, though outputs show both as unknown. */
import * as assert from "node:assert/strict";
import {
  BACKEND_SERVICE,
  FUNCTION_V1,
  FUNCTION_V2,
  NETWORK_ENDPOINT_GROUP,
  SERVICE,
  SERVICE_V1,
} from "../../policy/src/facts/tokens";
import { PLANNED_AS_UNKNOWN } from "../../policy/src/inputs/given";
import { policyPack } from "../../policy/src/pack";
import { rules } from "../../policy/src/rules";
import { previewedIn } from "../../tools/check/preview";
import { NO_CONFIG, verdictOn } from "../../tools/check/verdict";
import { type Input, sdkAnalyzer, UNKNOWN, urnOf } from "./sdk-analyzer";

const OPEN = { invokerIamDisabled: true, ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" };
const web = (props: object): Input => ({ type: SERVICE, name: "web", props: { name: "web", location: "r", ...props } });
const group: Input = {
  type: NETWORK_ENDPOINT_GROUP,
  name: "group",
  props: { name: "group", region: "r", cloudRun: { service: "web" } },
};
const backend = (props: object): Input => ({
  type: BACKEND_SERVICE,
  name: "backend",
  props: { backends: [{ group: UNKNOWN }], ...props },
  sources: { backends: [urnOf(group)] },
});

/** Rules that find fault with the stack when the engine asks with inputs first, and then with outputs. */
async function foundIn(inputs: readonly Input[], outputs: readonly Input[], rule: string): Promise<string[]> {
  const analyzer = sdkAnalyzer(policyPack());
  for (const input of inputs) await analyzer.analyze(input);
  const found = await analyzer.analyzeStack(outputs);
  return found.flatMap(({ policy, urn = "" }) => (policy === rule ? [urn.split("::").at(-1) ?? ""] : []));
}

describe("policy settings that a program leaves out", () => {
  it("are seen on a type only by a resource rule that reads it", () => {
    const seen = new Set(rules.flatMap(({ types }) => types));
    assert.deepEqual(
      [...PLANNED_AS_UNKNOWN].filter((type) => !seen.has(type)),
      [],
    );
  });

  it("are no unknown ones: a load balancer without a proxy is found though the provider plans its iap as unknown", async () => {
    const outputs = [web(OPEN), group, backend({ iap: UNKNOWN })];
    const without = [web(OPEN), group, backend({})];
    assert.deepEqual(await foundIn(without, outputs, "no-unguarded-paths"), ["web"]);
    for (const iap of [{ enabled: true }, UNKNOWN, { enabled: UNKNOWN }]) {
      assert.deepEqual(await foundIn([web(OPEN), group, backend({ iap })], outputs, "no-unguarded-paths"), []);
    }
  });

  it("are left out as null, too, and unknown where nobody saw the inputs", async () => {
    const outputs = [web(OPEN), group, backend({ iap: UNKNOWN })];
    assert.deepEqual(await foundIn([backend({ iap: null })], outputs, "no-unguarded-paths"), ["web"]);
    assert.deepEqual(await foundIn([], outputs, "no-unguarded-paths"), []);
  });

  it("count by what Google takes for them: the ingress of a service is open", async () => {
    const open = { invokerIamDisabled: true };
    const outputs = [web({ ...open, ingress: UNKNOWN })];
    assert.deepEqual(await foundIn([web(open)], outputs, "no-unguarded-paths"), ["web"]);
    assert.deepEqual(await foundIn([web({ ...open, ingress: UNKNOWN })], outputs, "no-unguarded-paths"), []);
  });

  it("are known of v1 services and functions as well", async () => {
    const proxied = { ...backend({ iap: { enabled: true } }) };
    const toFunction = { ...group, props: { name: "group", cloudFunction: { function: "web" } } };
    for (const [type, property, to] of [
      [SERVICE_V1, "metadata", group],
      [FUNCTION_V1, "ingressSettings", toFunction],
      [FUNCTION_V2, "serviceConfig", toFunction],
    ] as const) {
      const of = (props: object): Input => ({ type, name: "web", props: { name: "web", ...props } });
      const outputs = [of({ [property]: UNKNOWN }), to, proxied];
      assert.deepEqual(await foundIn([of({})], outputs, "no-ways-around-balancers"), ["web"], type);
      assert.deepEqual(await foundIn([of({ [property]: UNKNOWN })], outputs, "no-ways-around-balancers"), [], type);
    }
  });

  it("are told from a preview and its plan, too", () => {
    const all = [web(OPEN), group, backend({})];
    const steps = all.map((input) => ({
      op: "create",
      newState: { urn: urnOf(input), type: input.type, inputs: input.props, propertyDependencies: input.sources ?? {} },
    }));
    const planOf = (iap: unknown) =>
      JSON.stringify({ resourcePlans: { [urnOf(backend({}))]: { state: { ...backend({}).props, iap } } } });
    const found = verdictOn(previewedIn(JSON.stringify({ steps }), planOf(UNKNOWN)), NO_CONFIG).findings;
    assert.ok(found.some(({ rule, urn }) => rule === "no-unguarded-paths" && urn === urnOf(web({}))));
  });
});
