import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  ACCOUNT_ID_PATTERN,
  accountEmail,
  computeDefaultAccount,
  isDefaultAccount,
  projectOfEmail,
} from "../../google/accounts";

const projectId = fc.stringMatching(/^[a-z][-a-z0-9]{4,28}[a-z0-9]$/);
const domainScoped = fc.tuple(fc.constantFrom("acme.com", "eu.acme.com"), projectId).map((parts) => parts.join(":"));

describe("the address of an account", () => {
  it("leads back to its project, also to a domain-scoped one", () => {
    assert.equal(accountEmail("web-sa", "acme.com:dev"), "web-sa@dev.acme.com.iam.gserviceaccount.com");
    fc.assert(
      fc.property(fc.stringMatching(ACCOUNT_ID_PATTERN), fc.oneof(projectId, domainScoped), (id, project) => {
        assert.equal(projectOfEmail(accountEmail(id, project)), project);
        assert.equal(isDefaultAccount(accountEmail(id, project)), false);
      }),
    );
  });
});

describe("a default account", () => {
  for (const email of [
    computeDefaultAccount("123"),
    "123-COMPUTE@developer.gserviceaccount.com",
    "acme-dev@appspot.gserviceaccount.com",
    "dev.acme.com@appspot.gserviceaccount.com",
    "dev@acme.com.appspot.gserviceaccount.com",
    "123@cloudbuild.gserviceaccount.com",
  ]) {
    it(`is "${email}"`, () => assert.ok(isDefaultAccount(email)));
  }
  for (const email of [
    "web@acme.iam.gserviceaccount.com",
    "service-123@gcp-sa-cloudbuild.iam.gserviceaccount.com",
    "cloudbuild@acme.iam.gserviceaccount.com",
    "compute@developer.acme.com",
  ]) {
    it(`is not "${email}"`, () => assert.equal(isDefaultAccount(email), false));
  }
});
