import * as assert from "node:assert/strict";
import { evaluate, UnreadExpression } from "../../../../sandbox/data-plane/sign-in/workforce/cel";
import { NoValue, type Value } from "../../../../sandbox/data-plane/sign-in/workforce/cel-values";

const NAMES: Readonly<Record<string, Value>> = {
  assertion: {
    ...{ oid: "o1", tid: "t1", email: "Mia@Acme.example", groups: ["g1", "g2"], verified: true, age: 7 },
    realm: { role: "staff" },
  },
  google: { subject: "o1" },
};

describe("expressions of attribute mappings and conditions", () => {
  const VALUES: readonly (readonly [string, Value])[] = [
    ["assertion.oid", "o1"],
    ["assertion['oid']", "o1"],
    ["assertion.realm.role", "staff"],
    ["assertion.groups", ["g1", "g2"]],
    ["assertion.groups[1]", "g2"],
    [`'it\\'s'.size() == 4`, true],
    [`"a" + 'b' + assertion.oid`, "abo1"],
    ["assertion.email.lowerAscii()", "mia@acme.example"],
    ["assertion.email.upperAscii()", "MIA@ACME.EXAMPLE"],
    ["assertion.email.endsWith('@Acme.example') && assertion.email.startsWith('Mia')", true],
    ["assertion.email.contains('@')", true],
    ["assertion.tid == 't1'", true],
    ["assertion.tid != 't1'", false],
    ["assertion.tid in ['t0', 't1']", true],
    ["'g3' in assertion.groups", false],
    ["'g2' in assertion.groups && google.subject == 'o1'", true],
    ["'oid' in assertion", true],
    ["!(assertion.tid == 't2' || assertion.age == 8)", true],
    ["has(assertion.upn)", false],
    ["has(assertion.oid)", true],
    ["has(assertion.upn) ? assertion.upn : assertion.oid", "o1"],
    ["size(assertion.groups) == 2", true],
    ["true || assertion.upn == 'x'", true],
    ["assertion.upn == 'x' || true", true],
    ["assertion.upn == 'x' && false", false],
  ];

  it("have the values that CEL gives them", () => {
    for (const [expression, value] of VALUES) {
      assert.deepEqual(evaluate(expression, NAMES), value, expression);
    }
  });

  it("have none where a name is not there, or of another type", () => {
    for (const expression of [
      ...["assertion.upn", "attribute.x", "assertion.oid.x", "assertion.upn == 'x' || false", "assertion.age + 'x'"],
      ...["!assertion.oid", "'x' in assertion.age", "assertion.groups.startsWith('x')", "assertion.constructor"],
    ]) {
      assert.throws(() => evaluate(expression, NAMES), NoValue, expression);
    }
  });

  it("are not read where they are more than that", () => {
    for (const expression of [
      ...[
        "",
        "assertion.",
        "assertion.oid ==",
        "(assertion.oid",
        "assertion.groups.exists(g, g == 'x')",
        "f(assertion.oid)",
      ],
      ...["assertion.email.extract('{x}@')", "assertion.age < 8", "assertion.oid; true", "'open", "has()", "1 2"],
      ...["assertion.oid.constructor()", "assertion.email.matches('.*')"],
    ]) {
      const message = `the sandbox does not read the expression ${expression}`;
      assert.throws(() => evaluate(expression, NAMES), new UnreadExpression(message), expression);
    }
  });
});
