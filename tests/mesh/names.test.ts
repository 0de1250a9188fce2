import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { ACCOUNT_ID_PATTERN, accountEmail } from "../../google/accounts";
import { serviceUrl } from "../../google/run";
import { accountId, reservedPrefix } from "../../mesh/names";
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
