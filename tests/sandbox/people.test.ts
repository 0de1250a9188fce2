import * as assert from "node:assert/strict";
import { memberIdentity } from "../../sandbox/running/identities";
import { declaredPeople, strangerAmong } from "../../sandbox/running/people";

const POOL = "locations/global/workforcePools/acme-staff";
const ID = "3b0f8a52-6a1e-4a53-9a44-7a51f1c5a001";
const STAFF = "6f1c0d0a-6f0e-4f6e-9d3e-0c6a3a1c2b10";

function config(loadBalancer: object, people: object) {
  return {
    "cloud-run-mesh:services": "{}",
    "cloud-run-mesh:loadBalancer": JSON.stringify(loadBalancer),
    "cloud-run-mesh:sandbox": JSON.stringify({ people }),
  };
}

describe("who may sign in in the sandbox", () => {
  const ada = { name: "Ada", email: "ada@acme.example", id: ID, groups: [STAFF] };

  for (const workforcePool of ["acme-staff", POOL]) {
    it(`is known to the pool ${workforcePool} by object id and by groups`, () => {
      assert.deepEqual(declaredPeople(config({ iap: { workforcePool } }, { ada })), [
        {
          ...ada,
          principals: [
            `principal://iam.googleapis.com/${POOL}/subject/${ID}`,
            `principalSet://iam.googleapis.com/${POOL}/group/${STAFF}`,
          ],
        },
      ]);
    });
  }

  it("is named by the key, and has an id of its own where a pool needs one", () => {
    const people = { bob: { email: "bob@acme.example", groups: ["staff@acme.example"] } };
    assert.deepEqual(declaredPeople(config({ iap: {} }, people)), [
      { name: "bob", email: "bob@acme.example", groups: ["staff@acme.example"] },
    ]);
    const [bob] = declaredPeople(config({ iap: { workforcePool: "acme-staff" } }, people));
    assert.match(bob?.id ?? "", /^[0-9a-f-]{36}$/);
    assert.deepEqual(bob?.principals, [`principal://iam.googleapis.com/${POOL}/subject/${bob?.id}`]);
  });

  it("may be nobody whom a grant means: one of the declared, or somebody whom each pool knows", () => {
    const eve = { email: "eve@acme.example" };
    const group = `principalSet://iam.googleapis.com/${POOL}/group/${STAFF}`;
    const stranger = (people: object) => {
      const written = config({ iap: { workforcePool: "acme-staff" } }, people);
      return strangerAmong(declaredPeople(written), [group], written);
    };
    assert.equal(stranger({ ada, eve }).email, "eve@acme.example");
    assert.deepEqual(stranger({ ada, bob: { ...ada, email: "bob@acme.example" } }), {
      email: "stranger@elsewhere.example",
      name: "A stranger",
      principals: [`principal://iam.googleapis.com/${POOL}/subject/stranger`],
    });
  });

  it("is whom a grant to a person or to a group means, where somebody declared is one", () => {
    const people = declaredPeople(config({ iap: { workforcePool: "acme-staff" } }, { ada }));
    const emailOf = (member: string) => memberIdentity(member, people).email;
    assert.equal(emailOf(`principalSet://iam.googleapis.com/${POOL}/group/${STAFF}`), "ada@acme.example");
    assert.equal(emailOf(`principal://iam.googleapis.com/${POOL}/subject/${ID}`), "ada@acme.example");
    assert.match(
      emailOf(`principalSet://iam.googleapis.com/${POOL}/group/other`),
      /^workforce-\w+@workforce\.example$/,
    );
  });
});
