import * as assert from "node:assert/strict";
import { isPublicMember, isSameMember, normalizedMember, serviceAccountEmail } from "../../google/members";

const POOL = "principal://iam.googleapis.com/locations/global/workforcePools/acme/subject/Ada";

describe("a member as IAM compares it", () => {
  for (const [member, normal] of [
    ["user:Ada@Acme.com", "user:ada@acme.com"],
    ["serviceAccount:Web-SA@acme.iam.gserviceaccount.com", "serviceAccount:web-sa@acme.iam.gserviceaccount.com"],
    ["domain:Acme.com", "domain:acme.com"],
    // The provider lowers what comes after the type, whatever stands before.
    ["deleted:serviceAccount:Web@acme.com?uid=1", "deleted:serviceAccount:web@acme.com?uid=1"],
    [`deleted:${POOL}`, `deleted:${POOL}`],
    [POOL, POOL],
    ["principalSet://goog/public:ALL", "principalSet://goog/public:ALL"],
    ["allUsers", "allUsers"],
  ] as const) {
    it(`is "${normal}" for "${member}"`, () => assert.equal(normalizedMember(member), normal));
  }

  it("is one in two cases of letters, and two where the type or a pool's subject differs", () => {
    assert.ok(isSameMember("user:ADA@acme.com", "user:ada@ACME.com"));
    assert.equal(isSameMember("user:ada@acme.com", "group:ada@acme.com"), false);
    assert.equal(isSameMember(POOL, POOL.replace("Ada", "ada")), false);
  });
});

describe("a public member", () => {
  for (const member of ["allUsers", "ALLUSERS", " allAuthenticatedUsers", "principalSet://goog/public:all"]) {
    it(`is "${member}"`, () => assert.ok(isPublicMember(member)));
  }
  for (const member of ["user:allUsers@acme.com", "group:all@acme.com", "principalSet://goog/group/all@acme.com"]) {
    it(`is not "${member}"`, () => assert.equal(isPublicMember(member), false));
  }
});

describe("the address of a service account", () => {
  it("follows its type, and a workload in Kubernetes has none", () => {
    assert.equal(serviceAccountEmail("serviceAccount:a@b.iam.gserviceaccount.com"), "a@b.iam.gserviceaccount.com");
    assert.equal(serviceAccountEmail("serviceAccount:acme.svc.id.goog[shop/cart]"), undefined);
    assert.equal(serviceAccountEmail("user:a@b.com"), undefined);
  });
});
