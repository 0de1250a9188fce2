import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { JOB, SERVICE } from "../../policy/src/facts/tokens";
import { judge, judgeStack } from "../../policy/src/judge";
import { policyPack } from "../../policy/src/pack";
import { rules } from "../../policy/src/rules";
import { exampled, stackExampled, stackOf } from "./examples";
import { sdkAnalyzer, secret, UNKNOWN, urnOf } from "./sdk-analyzer";

const MEMBER = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";
const BINDING = "gcp:projects/iAMBinding:IAMBinding";
const POLICY = "gcp:projects/iAMPolicy:IAMPolicy";
const types = [...new Set(rules.flatMap((rule) => rule.types))];

const key = fc.oneof(
  fc.constantFrom(
    ...[
      "member",
      "members",
      "policyData",
      "ingress",
      "annotations",
      "invokerIamDisabled",
      "template",
      "serviceAccount",
    ],
    ...["cloud-run-mesh/ingress-all-reason", "role", "toString", "constructor", "length"],
  ),
  fc.string({ maxLength: 8 }).filter((text) => text !== "__proto__"),
);

/** Values that the wire can carry, with what rules look for mixed in. */
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom<unknown>(null, true, false, 0, UNKNOWN, "allUsers", "default", "{}", "INGRESS_TRAFFIC_ALL"),
    fc.string(),
    fc.json(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  ),
  value: fc.oneof(
    { maxDepth: 3 },
    tie("leaf"),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4 }),
    tie("value").map(secret),
  ),
})).value;
const props = fc.dictionary(key, value, { maxKeys: 8 }) as fc.Arbitrary<Record<string, unknown>>;

const judged = (type: string, inputs: Record<string, unknown>) =>
  judge({ type, urn: "urn", name: "it", props: inputs });
const failed = (message: string) => message.startsWith("the rule itself failed");

/** The wire's own mark of an envelope is no input. */
const MARK = Object.keys(secret(0))[0]!;

/** Where something stands in a value: every key of every object and list in it. */
function places(whole: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof whole !== "object" || whole === null) return [path];
  const parts = Object.entries(whole).filter(([name]) => name !== MARK);
  return [path, ...parts.flatMap(([name, part]) => places(part, [...path, name]))];
}

/** The same with something else in one place. */
function replaced(whole: unknown, [first, ...rest]: readonly string[], part: unknown): unknown {
  if (first === undefined) return part;
  if (Array.isArray(whole))
    return whole.map((element, i) => (String(i) === first ? replaced(element, rest, part) : element));
  const holder = whole as Record<string, unknown>;
  return { ...holder, [first]: replaced(holder[first], rest, part) };
}

const seeds = exampled.flatMap(({ rule, examples }) =>
  [...examples.compliant, ...examples.violating, ...examples.unknown].map((example) => ({ rule, ...example })),
);
const stackSeeds = stackExampled.flatMap(({ examples }) => [...examples.compliant, ...examples.violating]);

describe("policy rules meet an example with something else in one place", () => {
  it("without a rule failing, and alike through the SDK and in process", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...seeds),
        fc.nat(),
        value,
        async ({ rule, type, props: good, config }, at, part) => {
          const all = places(good).slice(1);
          if (all.length === 0) return;
          const inputs = replaced(good, all[at % all.length]!, part) as Record<string, unknown>;
          const configs = config && { [rule.name]: config };
          const found = judge(
            { type, urn: urnOf({ type, props: inputs }), name: "it", props: inputs },
            undefined,
            configs,
          );
          const pure = found.filter(({ kind }) => kind === "violation");
          for (const { message } of pure) assert.ok(!failed(message) && !message.includes("\n"), message);
          const reported = await sdkAnalyzer(policyPack(), configs).analyze({ type, props: inputs });
          assert.deepEqual(
            reported.map(({ policy, message }) => [policy, message]),
            pure.map(({ rule: name, message }) => [name, message]),
          );
        },
      ),
      { numRuns: 1500, seed: 20261123 },
    );
  });

  it("in a stack as well", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...stackSeeds), fc.nat(), fc.nat(), value, async (example, which, at, part) => {
        const resources = stackOf(example).map((resource, i, { length }) => {
          const all = places(resource.props).slice(1);
          if (i !== which % length || all.length === 0) return resource;
          return {
            ...resource,
            props: replaced(resource.props, all[at % all.length]!, part) as Record<string, unknown>,
          };
        });
        const pure = judgeStack(resources);
        for (const { message } of pure) assert.ok(!failed(message) && !message.includes("\n"), message);
        const reported = await sdkAnalyzer(policyPack()).analyzeStack(resources);
        assert.deepEqual(
          reported.map(({ policy, message }) => [policy, message]),
          pure.map(({ rule, message }) => [rule, message]),
        );
      }),
      { numRuns: 800, seed: 20261123 },
    );
  });

  it("however long the text or the list in that place", () => {
    const long = ["x", "a.", "https://a", "eyJ-", "timestamp(", "deleted:", "/roles/", ":@/"].map((part) =>
      part.repeat(200_000),
    );
    const first = new Map(seeds.map((seed) => [`${seed.rule.name} ${seed.type}`, seed]));
    const started = process.hrtime.bigint();
    for (const { type, props: good, rule, config } of first.values()) {
      const all = places(good).slice(1);
      for (const [i, place] of all.entries()) {
        const inputs = replaced(good, place, i % 9 === 8 ? Array(50_000).fill("user:a") : long[i % 8]) as Record<
          string,
          unknown
        >;
        const found = judge(
          { type, urn: "urn", name: "it", props: inputs },
          undefined,
          config && { [rule.name]: config },
        );
        for (const { message } of found) assert.ok(!failed(message) && message.length < 500, message.slice(0, 600));
      }
    }
    assert.ok(Number(process.hrtime.bigint() - started) / 1e6 < 15_000);
  });
});

describe("policy rules meet anything", () => {
  it("without a rule failing, in one line, and alike through the SDK and in process", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...types), props, async (type, inputs) => {
        const pure = judged(type, inputs).filter(({ kind }) => kind === "violation");
        for (const { message } of pure) assert.ok(!failed(message) && !message.includes("\n"), message);
        const reported = await sdkAnalyzer(policyPack()).analyze({ type, props: inputs });
        assert.deepEqual(
          reported.map(({ policy, message }) => [policy, message]),
          pure.map(({ rule, message }) => [rule, message]),
        );
      }),
      { numRuns: 600, seed: 20261123 },
    );
  });

  it("with a public member added, and always refuse it", () => {
    const members = fc.array(fc.oneof(fc.string(), fc.constant(UNKNOWN)), { maxLength: 6 });
    const spelling = fc
      .tuple(
        fc.constantFrom("allUsers", "allAuthenticatedUsers"),
        fc.infiniteStream(fc.boolean()),
        fc.stringMatching(/^\s{0,3}$/),
      )
      .map(([word, upper, space]) => {
        const letters = [...word].map((letter) => (upper.next().value ? letter.toUpperCase() : letter.toLowerCase()));
        return `${space}${letters.join("")}${space}`;
      });
    fc.assert(
      fc.property(members, members, spelling, (before, after, open) => {
        const list = [...before, open, ...after];
        for (const [type, inputs] of [
          [BINDING, { role: UNKNOWN, members: list }],
          [
            POLICY,
            { name: UNKNOWN, policyData: JSON.stringify({ bindings: [{ members: before }, { members: list }] }) },
          ],
        ] as const) {
          assert.ok(
            judged(type, inputs).some(({ kind }) => kind === "violation"),
            JSON.stringify(inputs),
          );
        }
      }),
      { numRuns: 300, seed: 20261123 },
    );
  });

  it("of enormous size", () => {
    const huge = "x".repeat(5_000_000);
    const list = Array.from({ length: 50_000 }, (_, i) => `group:g${i}@acme.com`);
    const deep = `${"[".repeat(200_000)}"allUsers"${"]".repeat(200_000)}`;
    assert.deepEqual(judged(MEMBER, { member: huge }), []);
    assert.deepEqual(
      judged(SERVICE, { ingress: huge, template: { serviceAccount: huge } }).map(({ rule }) => rule),
      ["no-unexplained-public-ingress"],
    );
    assert.deepEqual(judged(BINDING, { members: list }), []);
    assert.equal(judged(BINDING, { members: [...list, "allUsers"] })[0]?.path, "members[50000]");
    assert.equal(judged(POLICY, { policyData: `{"bindings":[],"x":${deep}}` }).length, 0);
    assert.equal(judged(POLICY, { policyData: deep }).length, 1);
    assert.equal(judged(POLICY, { policyData: '{"'.repeat(1_000_000) }).length, 1);
    const open = Array.from({ length: 50_000 }, () => "allUsers");
    const [finding] = judged(BINDING, { members: open });
    assert.ok(finding!.message.includes("49997 more are wrong alike") && finding!.message.length < 300);
  });

  it("from prototypes without taking it for a property", () => {
    const inherited = Object.create({ serviceAccount: "order@acme-dev.iam.gserviceaccount.com" });
    assert.equal(judged(JOB, { template: { template: inherited } }).length, 1);
    assert.equal(judged(JOB, Object.create({ template: { template: { serviceAccount: "a@b" } } })).length, 1);
  });

  it("from getters that throw, as the violation of the rule that read it", () => {
    const inputs = Object.defineProperty({ ingress: "INGRESS_TRAFFIC_ALL" }, "template", {
      enumerable: true,
      get() {
        throw new Error("hunter2");
      },
    });
    const findings = judged(SERVICE, inputs);
    assert.deepEqual(
      findings.map(({ rule }) => rule),
      ["no-unexplained-public-ingress", "no-default-service-account", "no-plain-secrets", "no-unpinned-images"],
    );
    assert.ok(failed(findings[1]!.message) && !findings[1]!.message.includes("hunter2"));
  });
});
