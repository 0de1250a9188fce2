import * as assert from "node:assert/strict";
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { blindSpotLine } from "../../policy/src/blind-spots";
import { JOB, SERVICE } from "../../policy/src/facts/tokens";
import { judge, judgeBy, judgeStack, levelOf } from "../../policy/src/judge";
import { policyPack } from "../../policy/src/pack";
import type { Rule, StackRule } from "../../policy/src/rule";
import { allRules, rules, stackRules } from "../../policy/src/rules";
import { gateway } from "../../policy/src/rules/given-balancer.examples";
import { shop } from "../../policy/src/rules/given-stack.examples";
import { noPublicPrincipals } from "../../policy/src/rules/ingress/no-public-principals";
import { stackExampled, stackOf } from "./examples";
import { type Input, sdkAnalyzer, secret, UNKNOWN, urnOf } from "./sdk-analyzer";

const MEMBER = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";
const BINDING = "gcp:projects/iAMBinding:IAMBinding";
const OWN = "order@acme-dev.iam.gserviceaccount.com";
const COMPUTE = "123456789012-compute@developer.gserviceaccount.com";

const service = (props: object, name = "order"): Input => ({
  type: SERVICE,
  name,
  props: { ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY", template: { serviceAccount: OWN }, ...props },
});
const policiesOf = async (input: Input, pack = policyPack()) =>
  (await sdkAnalyzer(pack).analyze(input)).map(({ policy }) => policy);

describe("policy pack through the policy SDK", () => {
  it("reports all that is wrong with a resource, each under its rule and at the mandatory level", async () => {
    const bad = service({ ingress: "INGRESS_TRAFFIC_ALL", invokerIamDisabled: true, template: {} });
    assert.deepEqual(
      (await sdkAnalyzer(policyPack()).analyze(bad)).map(({ policy, level }) => [policy, level]),
      [
        ["no-disabled-invoker-check", "mandatory"],
        ["no-unexplained-public-ingress", "mandatory"],
        ["no-default-service-account", "mandatory"],
      ],
    );
  });

  it("refuses at preview what is wrong beside unknown properties, in any order", async () => {
    const known = { ingress: "INGRESS_TRAFFIC_ALL", invokerIamDisabled: true };
    assert.deepEqual(await policiesOf(service({ name: UNKNOWN, location: UNKNOWN, ...known, template: UNKNOWN })), [
      "no-disabled-invoker-check",
      "no-unexplained-public-ingress",
    ]);
    assert.deepEqual(await policiesOf(service({ invokerIamDisabled: UNKNOWN, ingress: UNKNOWN, template: {} })), [
      "no-default-service-account",
    ]);
  });

  it("prints no advisory of the SDK for unknown values", async () => {
    const unseen = service({ invokerIamDisabled: UNKNOWN, ingress: UNKNOWN, annotations: UNKNOWN, template: UNKNOWN });
    assert.deepEqual(await sdkAnalyzer(policyPack()).analyze(unseen), []);
  });

  it("judges secrets like other values, nested ones too, and prints none", async () => {
    const inputs: Input[] = [
      { type: MEMBER, props: { member: secret("allUsers") } },
      { type: BINDING, props: { members: secret([OWN, secret("allAuthenticatedUsers")]) } },
      { type: "gcp:projects/iAMPolicy:IAMPolicy", props: { policyData: secret("hunter2-not-json") } },
      service({ ingress: secret("hunter2-ingress") }),
      service({ invokerIamDisabled: secret("hunter2-switch") }),
      service({ template: secret({ serviceAccount: secret(COMPUTE) }) }),
      {
        type: JOB,
        props: secretive({ template: { template: { serviceAccount: "hunter2@appspot.gserviceaccount.com" } } }),
      },
    ];
    for (const input of inputs) {
      const diagnostics = await sdkAnalyzer(policyPack()).analyze(input);
      assert.equal(diagnostics.length, 1, JSON.stringify(input));
      assert.doesNotMatch(diagnostics[0]!.message, /hunter2|123456789012/);
      const pure = judge({ type: input.type, urn: urnOf(input), name: "it", props: input.props });
      assert.deepEqual(
        pure.map(({ message }) => message),
        [diagnostics[0]!.message],
      );
    }
    assert.deepEqual(await policiesOf(service({ ingress: secret("INGRESS_TRAFFIC_INTERNAL_ONLY") })), []);
  });

  it("reads output values in their envelope, as known, unknown and secret", () => {
    const output = (value: object) => ({
      "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4",
      ...value,
    });
    const kinds = (member: unknown) =>
      judge({ type: MEMBER, urn: "urn", name: "it", props: { member } }, [noPublicPrincipals]).map(({ kind }) => kind);
    assert.deepEqual(kinds(output({ value: "allUsers" })), ["violation"]);
    assert.deepEqual(kinds(output({ value: secret("allUsers"), secret: true })), ["violation"]);
    assert.deepEqual(kinds(output({})), ["unknown"]);
    assert.deepEqual(kinds(output({ value: "group:a@acme.com" })), []);
  });

  it("turns a rule that throws into that rule's violation, without the error's text, and runs the others", async () => {
    const broken: Rule = {
      ...rules[0]!,
      name: "broken",
      types: [SERVICE, JOB],
      check() {
        throw new RangeError("hunter2");
      },
    };
    const bad = service({ template: {} });
    const diagnostics = await sdkAnalyzer(policyPack([broken, ...rules])).analyze(bad);
    assert.deepEqual(
      diagnostics.map(({ policy, level }) => [policy, level]),
      [
        ["broken", "mandatory"],
        ["no-default-service-account", "mandatory"],
      ],
    );
    assert.equal(
      diagnostics[0]!.message,
      'the rule itself failed (RangeError) and cannot vouch for this resource; this is a defect of the policy pack: report it, or set broken to "advisory" in the policy config meanwhile',
    );
  });

  it("turns a stack rule that throws into that rule's violation, and runs the others", async () => {
    const broken: StackRule = {
      ...stackRules[0]!,
      name: "broken",
      check() {
        throw new TypeError("hunter2");
      },
    };
    const shared = [service({}, "a"), service({}, "b")];
    const diagnostics = await sdkAnalyzer(policyPack([], [broken, ...stackRules])).analyzeStack(shared);
    assert.deepEqual(
      diagnostics.map(({ policy, level, message }) => [policy, level, message.slice(0, 35)]),
      [
        ["broken", "mandatory", "the rule itself failed (TypeError) "],
        ["no-shared-service-account", "mandatory", "runs as the same service account as"],
      ],
    );
  });

  it("says which key of the policy config is wrong, and refuses what it cannot judge by it", () => {
    const resource = { urn: "urn", name: "it", ...service({}) };
    const said = (rule: Rule, config: Record<string, unknown>) =>
      judgeBy(rule, resource, config).map(({ kind, message }) => `${kind}: ${message}`);
    const images = rules.find(({ name }) => name === "no-foreign-images")!;
    assert.deepEqual(said(images, { allowedRegistry: ["a"] }), [
      'violation: policy config: "no-foreign-images" has no key "allowedRegistry"; it knows allowedRegistries',
    ]);
    for (const wrong of ["acme.com", [7], [" "], { 0: "a" }, null]) {
      assert.deepEqual(said(images, { allowedRegistries: wrong }), [
        'violation: policy config: "no-foreign-images.allowedRegistries" is not a list of texts; write it as ["…"]',
      ]);
    }
    assert.deepEqual(said(noPublicPrincipals, { allow: [] }), [
      'violation: policy config: "no-public-principals" has no key "allow"; it has none but enforcementLevel',
    ]);
    assert.deepEqual(said(noPublicPrincipals, { enforcementLevel: "advisory" }), []);
  });

  it("names a wrong key of any rule, at the rule's own level", async () => {
    for (const rule of rules) {
      const type = rule.types[0] ?? "google-native:run/v2:Service";
      const config = { [rule.name]: { exempt: ["x"] } };
      const [found, ...others] = await sdkAnalyzer(policyPack([rule], []), config).analyze({ type, props: {} });
      assert.match(found?.message ?? "", new RegExp(`^policy config: "${rule.name}" has no key "exempt"; it `));
      assert.deepEqual([found?.level, others], [levelOf(rule), []]);
    }
    const resources = stackOf({ because: "", resources: shop() });
    for (const rule of stackRules) {
      const config = { [rule.name]: { exempt: ["x"] } };
      const allowed = rule.config ? `knows ${Object.keys(rule.config).join(", ")}` : "has none but enforcementLevel";
      const message = `policy config: "${rule.name}" has no key "exempt"; it ${allowed}`;
      const found = await sdkAnalyzer(policyPack([], [rule]), config).analyzeStack(resources);
      assert.deepEqual(found, [{ policy: rule.name, message, level: levelOf(rule) }]);
      const pure = judgeStack(resources, [rule], config);
      assert.deepEqual(
        pure.map((finding) => [finding.rule, finding.message, finding.level]),
        [[rule.name, message, levelOf(rule)]],
      );
    }
  });

  it("finds nothing in a stack as it should be", () => {
    const resources = stackOf({ because: "", resources: shop() });
    assert.deepEqual([...resources.flatMap((resource) => judge(resource)), ...judgeStack(resources)], []);
  });

  it("leaves resources of other types alone, whatever they hold", async () => {
    assert.deepEqual(
      await policiesOf({ type: "gcp:storage/bucketIAMMember:BucketIAMMember", props: { member: "allUsers" } }),
      [],
    );
    assert.deepEqual(await policiesOf({ type: "pulumi:pulumi:Stack", props: {} }), []);
  });

  it("gives each rule a policy of its own: name, mandatory level, severity, framework, remediation and page", () => {
    const policies = policyPack().policies;
    assert.deepEqual(
      policies.map(({ name, enforcementLevel }) => [name, enforcementLevel]),
      [...allRules.map((rule) => [rule.name, levelOf(rule)]), ["preview-blind-spots", "advisory"]],
    );
    assert.deepEqual(
      allRules.filter((rule) => levelOf(rule) === "advisory").map(({ name }) => name),
      ["no-unpinned-images", "no-unused-grants", "no-unknown-roles"],
    );
    const configured = [
      "no-foreign-images",
      "no-unprotected-production",
      "no-identity-platform",
      "no-unarmored-backends",
      "no-unproxied-backends",
    ];
    for (const policy of policies.slice(0, -1) as ResourceValidationPolicy[]) {
      assert.ok(policy.severity && policy.remediationSteps && policy.url?.startsWith("https://"), policy.name);
      if (policy.framework) assert.ok(policy.framework.specification && policy.framework.version, policy.name);
      assert.equal("configSchema" in policy, configured.includes(policy.name), policy.name);
    }
  });

  it("lets the SDK pass over a rule of one type by its token", () => {
    for (const [i, rule] of rules.entries()) {
      const { validateResource } = policyPack().policies[i] as ResourceValidationPolicy;
      const token = (validateResource as { __pulumiType?: string }).__pulumiType;
      assert.equal(token, rule.types.length === 1 ? rule.types[0] : undefined, rule.name);
    }
  });
});

describe("policy stack rules that need a type", () => {
  const judgedBy = async (rule: StackRule, resources: readonly Input[]) => {
    let asked = 0;
    const counting: StackRule = { ...rule, check: () => asked++ };
    await sdkAnalyzer(policyPack([], [counting])).analyzeStack(resources);
    return asked;
  };
  const balanced = stackOf({ because: "", resources: gateway() });

  it("are asked of a stack that has it, and passed over in others", async () => {
    const needing = stackRules.filter(({ needs }) => needs !== undefined);
    assert.deepEqual(
      needing.map(({ name }) => name),
      ["no-unproxied-backends", "no-ways-around-balancers"],
    );
    for (const rule of needing) {
      assert.equal(await judgedBy(rule, balanced), 1);
      assert.equal(await judgedBy(rule, stackOf({ because: "", resources: shop() })), 0);
    }
  });

  it("find nothing in a stack without it, so that passing over loses nothing", () => {
    for (const rule of stackRules.filter(({ needs }) => needs !== undefined)) {
      for (const { rule: other, examples } of stackExampled.filter((one) => one.rule.name === rule.name)) {
        for (const example of examples.violating) {
          const without = stackOf(example).filter(({ type }) => type !== other.needs);
          assert.deepEqual(judgeStack(without, [rule]), [], example.because);
        }
      }
    }
  });

  it("find nothing in a load balancer as it should be, together with all other rules", async () => {
    const found = [...balanced.flatMap((resource) => judge(resource)), ...judgeStack(balanced)];
    assert.deepEqual(found, []);
    const analyzer = sdkAnalyzer(policyPack());
    for (const resource of balanced) assert.deepEqual(await analyzer.analyze(resource), []);
    assert.deepEqual(await analyzer.analyzeStack(balanced), []);
  });
});

describe("policy blind spots", () => {
  const order = service({ template: { serviceAccount: UNKNOWN } });
  const grant: Input = {
    type: BINDING,
    name: "order-callers",
    props: { members: [UNKNOWN, "group:a@acme.com", UNKNOWN] },
  };

  it("says once for the stack, as an advisory, what preview could not judge", async () => {
    const analyzer = sdkAnalyzer(policyPack());
    const inputs = [order, grant, service({}, "seen"), service({ template: {} }, "refused")];
    for (const input of inputs) await analyzer.analyze(input);
    assert.deepEqual(await analyzer.analyzeStack(inputs), [
      {
        policy: "preview-blind-spots",
        level: "advisory",
        message:
          "this preview could not judge 3 values on 2 resources, which are known only once other resources exist: " +
          "order (template.serviceAccount), order-callers (members[0], members[2]); " +
          "the update judges them and refuses what is wrong before it reaches Google Cloud",
      },
    ]);
  });

  it("says nothing when all was seen", async () => {
    const analyzer = sdkAnalyzer(policyPack());
    await analyzer.analyze(service({}));
    assert.deepEqual(await analyzer.analyzeStack([service({})]), []);
  });

  it("forgets after the stack is analyzed, and leaves out resources that are not in the stack", async () => {
    const analyzer = sdkAnalyzer(policyPack());
    await analyzer.analyze(order);
    assert.deepEqual(await analyzer.analyzeStack([grant]), []);
    assert.deepEqual(await analyzer.analyzeStack([order]), []);
  });

  it("is not misled by outputs that are unknown where the input is left out", async () => {
    assert.deepEqual(await sdkAnalyzer(policyPack()).analyzeStack([order]), []);
  });

  it("stays one short line however many there are, and speaks of one as of one", () => {
    const spots = Array.from({ length: 5000 }, (_, i) => ({ name: `s${i}`, paths: ["template.serviceAccount"] }));
    const line = blindSpotLine(spots)!;
    assert.ok(line.length < 400 && line.includes("5000 values on 5000 resources") && line.includes("4995 more"), line);
    assert.match(blindSpotLine(spots.slice(0, 1))!, /1 value on 1 resource, which is .* judges it /);
    assert.equal(blindSpotLine([]), undefined);
  });
});

describe("policy update", () => {
  it("refuses, once known, what preview had to let pass", async () => {
    const analyzer = sdkAnalyzer(policyPack());
    assert.deepEqual(await analyzer.analyze(service({ template: { serviceAccount: UNKNOWN } })), []);
    const [refusal] = await analyzer.analyze(service({ template: { serviceAccount: COMPUTE } }));
    assert.deepEqual([refusal?.policy, refusal?.level], ["no-default-service-account", "mandatory"]);
  });
});

/** Wraps every value in a secret envelope, as a program with a secret everywhere would. */
function secretive(props: Record<string, unknown>): Record<string, unknown> {
  const wrap = (value: unknown): unknown =>
    typeof value === "object" && value !== null ? secret(secretive(value as Record<string, unknown>)) : secret(value);
  return Object.fromEntries(Object.entries(props).map(([key, value]) => [key, wrap(value)]));
}
