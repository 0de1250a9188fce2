import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { ACCOUNT_ID_PATTERN, accountEmail } from "../../google/accounts";
import { serviceUrl } from "../../google/run";
import { named } from "../../mesh/former-keys";
import { accountId, functionBucket, labelKeyProblem, labelValue, reservedPrefix } from "../../mesh/names";
import { didYouMean } from "../../mesh/problems";
import { untilCondition } from "../../mesh/until";
import { urlVariable } from "../../services/runtime/contract";

describe("derived names", () => {
  it("give each service an account of its own name", () => {
    assert.equal(accountId("gateway"), "gateway-sa");
  });

  it("lengthen an account id that is too short and shorten one that is too long, with a hash", () => {
    assert.match(accountId("ab"), /^ab-[0-9a-f]{6}-sa$/);
    const long = "a".repeat(40);
    assert.equal(accountId(`${long}1`).length, 30);
    assert.notEqual(accountId(`${long}1`), accountId(`${long}2`));
  });

  it("are valid account ids for every valid service name", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]([-a-z0-9]{0,47}[a-z0-9])?$/), (name) => {
        assert.match(accountId(name), ACCOUNT_ID_PATTERN);
      }),
    );
  });

  it("follow Google's form of e-mail addresses, also in a domain-scoped project", () => {
    assert.equal(accountEmail("web-sa", "acme-dev"), "web-sa@acme-dev.iam.gserviceaccount.com");
    assert.equal(accountEmail("web-sa", "acme.com:dev"), "web-sa@dev.acme.com.iam.gserviceaccount.com");
  });

  it("build the deterministic URL and its variable", () => {
    assert.equal(serviceUrl("web", "123", "europe-west9"), "https://web-123.europe-west9.run.app");
    assert.equal(urlVariable("backend-api"), "BACKEND_API_URL");
  });

  it("know the reserved namespaces by whole segments", () => {
    assert.equal(reservedPrefix("run.googleapis.com/x"), "run.googleapis.com");
    assert.equal(reservedPrefix("run.googleapis.community/x"), undefined);
    assert.equal(reservedPrefix("autoscaling.knative.dev"), "autoscaling.knative.dev");
    assert.equal(reservedPrefix("my.run.googleapis.com/x"), undefined);
  });

  it("keep an account's id as it is up to Google's limits, and shorten it by whole words beyond", () => {
    assert.equal(accountId("abc"), "abc-sa");
    assert.equal(accountId("a".repeat(27)), `${"a".repeat(27)}-sa`);
    // The cut falls on a hyphen, which goes with it: the same name has the same id for ever.
    assert.equal(accountId(`${"a".repeat(18)}--${"b".repeat(10)}`), `${"a".repeat(18)}-d6ce10-sa`);
    assert.equal(accountId("a".repeat(28)), `${"a".repeat(20)}-9c547c-sa`);
  });

  it("make a bucket's name of a project's id, domain and all", () => {
    assert.equal(functionBucket("acme.com:dev", "europe-west9"), "acme-com-dev-europe-west9-source");
  });

  it("make a label's value of a sentence, up to 63 characters of it", () => {
    assert.equal(labelValue("Partners call it, directly_now!"), "partners-call-it-directly_now-");
    assert.equal(labelValue("a".repeat(64)), "a".repeat(63));
  });

  it("say what a label's key may be", () => {
    const form =
      "is not a label key; use at most 63 lower-case letters, digits, hyphens and underscores, starting with a letter";
    assert.equal(labelKeyProblem("team_a-1"), undefined);
    assert.equal(labelKeyProblem("a".repeat(63)), undefined);
    for (const key of ["a".repeat(64), "Team", "1a", "a.b", ""]) assert.equal(labelKeyProblem(key), `"${key}" ${form}`);
    assert.equal(
      labelKeyProblem("run.googleapis.com/x"),
      'the prefix "run.googleapis.com" is reserved by Cloud Run; choose another key',
    );
  });

  it("of a grant are those of its ends' keys, former ones of either end and of both besides", () => {
    const former = new Map([
      ["web", "site"],
      ["api", "rest"],
    ]);
    const name = (caller: string, callee: string) => named(former, (a, b) => `${a}>${b}`, caller, callee);
    assert.deepEqual(name("x", "y"), { name: "x>y" });
    assert.deepEqual(name("web", "y"), { name: "web>y", formerly: ["site>y"] });
    assert.deepEqual(name("x", "api"), { name: "x>api", formerly: ["x>rest"] });
    assert.deepEqual(name("web", "api"), { name: "web>api", formerly: ["web>rest", "site>api", "site>rest"] });
  });
});

describe("an end date", () => {
  it("includes its day, across months and leap years", () => {
    assert.deepEqual(untilCondition("2028-02-29"), {
      title: "until 2028-02-29",
      expression: 'request.time < timestamp("2028-03-01T00:00:00Z")',
    });
    assert.equal(untilCondition("2027-12-31").expression, 'request.time < timestamp("2028-01-01T00:00:00Z")');
  });
});

describe("a misspelt name", () => {
  const known = ["checkout", "cart"];
  it("is answered with the nearest one, swapped letters counting once", () => {
    assert.equal(didYouMean("chekcout", known), '; did you mean "checkout"?');
  });
  it("is answered with nothing where none is near", () => assert.equal(didYouMean("payments", known), ""));
});
