import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { instanceCondition } from "../../mesh/cloud-sql";
import { parseUntil, untilCondition } from "../../mesh/until";
import { judgeBy } from "../../policy/src/judge";
import { noEndlessPersonalGrants } from "../../policy/src/rules/grants/no-endless-personal-grants";
import { conditionHolds, conditionProblem } from "../../sandbox/control-plane/rules/conditions";
import { agree } from "./agree";

const TYPE = "gcp:serviceaccount/iAMMember:IAMMember";
const NEVER = new Date("9999-12-31T23:59:59Z");

/** Whether the pack takes a condition for an end of one person's grant. */
function ends(expression: string): boolean {
  const props = { member: "user:ada@acme.com", role: "roles/viewer", condition: { title: "t", expression } };
  return judgeBy(noEndlessPersonalGrants, { type: TYPE, urn: "urn", name: "grant", props }).length === 0;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const day = fc
  .date({ min: new Date("2026-11-23T00:00:00Z"), max: new Date("9999-12-29T00:00:00Z"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

describe("whatever last day a config sets", () => {
  it("is an end to the pack, and IAM keeps it to the end of that day and no longer", () => {
    fc.assert(
      fc.property(day, (one) => {
        assert.deepEqual(parseUntil(one, "2026-11-23", "IAM"), { day: one, isOver: false });
        const { expression } = untilCondition(one);
        const start = Date.parse(`${one}T00:00:00Z`);
        assert.equal(conditionProblem(expression), undefined);
        assert.equal(conditionHolds(expression, new Date(start + DAY_MS - 1)), true);
        assert.equal(conditionHolds(expression, new Date(start + DAY_MS)), false);
        assert.ok(ends(expression), expression);
      }),
    );
  });
});

const instant = fc.constantFrom("2027-01-01T00:00:00Z", "2031-06-30T12:00:00+02:00");
const bound = fc
  .tuple(fc.constantFrom("<", "<=", ">", ">="), instant, fc.constantFrom("", " "))
  .map(([operator, time, space]) => `request.time${space}${operator}${space}timestamp("${time}")`);
const other = fc.constantFrom('resource.name == "x"', "true", "request.time.getHours() < 9");
const conjunction = fc.array(fc.oneof(bound, other), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(" && "));

describe("whatever condition stands on a grant", () => {
  it("is an end to the pack where it is over for IAM one day, as bounds joined by &&", () => {
    fc.assert(
      fc.property(conjunction, (expression) => {
        assert.equal(conditionProblem(expression), undefined, expression);
        assert.equal(ends(expression), conditionHolds(expression, NEVER) === false, expression);
      }),
    );
  });

  it("is what narrows a role to one instance, which IAM takes and which is no end", () => {
    const { expression } = instanceCondition("acme.com:db:europe-west9:main");
    assert.equal(conditionProblem(expression), undefined);
    assert.equal(ends(expression), false);
  });

  agree({
    asks: "over one day",
    sides: { policy: ends, sandbox: (expression) => conditionHolds(expression, NEVER) === false },
    cases: [
      'request.time < timestamp("2027-01-01T00:00:00Z")',
      'request.time < timestamp("2027-01-01T00:00:00Z") || true',
      '!(request.time < timestamp("2027-01-01T00:00:00Z"))',
      'timestamp("2027-01-01T00:00:00Z") > request.time',
      'request.time < timestamp("2027-01-01")',
    ],
    differences: [
      {
        of: ['timestamp("2027-01-01T00:00:00Z") > request.time'],
        verdicts: { policy: true, sandbox: false },
        because: "the sandbox decides what begins with request.time, and takes the rest of CEL to hold",
      },
      {
        of: ['request.time < timestamp("2027-01-01")'],
        verdicts: { policy: true, sandbox: false },
        because: "it is no timestamp, which Google refuses before anybody gets the role",
      },
    ],
  });
});
