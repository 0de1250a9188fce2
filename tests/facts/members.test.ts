import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { accountEmail, computeDefaultAccount, iapAgent, isDefaultAccount, projectOfEmail } from "../../google/accounts";
import { isPublicMember, isSameMember } from "../../google/members";
import { isOnePerson, parseMember } from "../../mesh/members";
import { broadPrincipal, isPerson, isRuntimeAccount, publicPrincipal } from "../../policy/src/facts/principals";
import { accountAddress, bareAccount, defaultAccount } from "../../policy/src/facts/service-accounts";
import { ACCOUNT, SERVICE, WORKLOAD_GRANTS } from "../../policy/src/facts/tokens";
import { stackOf } from "../../policy/src/inputs/stack";
import { isEverybody, isMember } from "../../sandbox/control-plane/rules/members";
import { agree } from "./agree";

/** What the engine writes in the place of what is not known. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const WORKLOAD = "iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/ci";
const WORKFORCE = "iam.googleapis.com/locations/global/workforcePools/acme-staff";
const RESOURCES = "cloudresourcemanager.googleapis.com/projects/123/type/ServiceAccount";
const CLUSTER = `principalSet://${WORKLOAD}/kubernetes.cluster/https://container.googleapis.com/v1/projects/p`;

const PUBLIC = ["allUsers", "allAuthenticatedUsers"];
const PUBLIC_IN_OTHER_WORDS = ["ALLUSERS", " allUsers", "allauthenticatedusers", "principalSet://goog/public:all"];
const WIDE = [
  "domain:acme.com",
  "deleted:user:ada@acme.com?uid=1",
  "projectOwner:acme-dev",
  "projectEditor:acme-dev",
  "projectViewer:acme-dev",
  `principalSet://${WORKLOAD}/*`,
  `principalSet://${WORKFORCE}/*`,
  `principalSet://${RESOURCES}`,
  CLUSTER,
  `serviceAccount:${computeDefaultAccount("123")}`,
  "serviceAccount:acme-dev@appspot.gserviceaccount.com",
  "serviceAccount:dev@acme.com.appspot.gserviceaccount.com",
  "serviceAccount:123@cloudbuild.gserviceaccount.com",
];
const NAMED = [
  "user:ada@acme.com",
  "group:staff@acme.com",
  "serviceAccount:web@acme.iam.gserviceaccount.com",
  `principal://${WORKFORCE}/subject/1`,
  `principalSet://${WORKFORCE}/group/1`,
  `principalSet://${WORKFORCE}/attribute.costcenter/12`,
  `principal://${WORKLOAD}/subject/ns/shop/sa/cart`,
  `principalSet://${WORKLOAD}/attribute.repository/acme/app`,
  `principalSet://${WORKLOAD}/namespace/shop`,
];
const OF_KUBERNETES = "serviceAccount:acme.svc.id.goog[shop/cart]";

describe("what is known of members", () => {
  agree({
    asks: "anybody at all",
    sides: {
      google: isPublicMember,
      policy: (member) => publicPrincipal(member) !== undefined,
      sandbox: isEverybody,
    },
    cases: [...PUBLIC, ...PUBLIC_IN_OTHER_WORDS, ...WIDE, ...NAMED],
    differences: [
      {
        of: PUBLIC_IN_OTHER_WORDS,
        verdicts: { google: true, policy: true, sandbox: false },
        because: "IAM lets in whom the exact name means; what refuses a grant takes any spelling for what was meant",
      },
    ],
  });

  agree({
    asks: "no more than is named",
    sides: {
      mesh: (member) => "kind" in parseMember(member),
      policy: (member) => publicPrincipal(member) === undefined && broadPrincipal(member) === undefined,
    },
    cases: [...PUBLIC, ...PUBLIC_IN_OTHER_WORDS, ...WIDE, ...NAMED, OF_KUBERNETES, "ada@acme.com", "USER:a@acme.com"],
    differences: [
      {
        of: [OF_KUBERNETES],
        verdicts: { mesh: false, policy: true },
        because: "a config names such a workload by principal://, which tells its project",
      },
      {
        of: ["ada@acme.com", "USER:a@acme.com"],
        verdicts: { mesh: false, policy: true },
        because: "the pack leaves to Google what is no member, and a config is told before anything is made",
      },
    ],
  });

  agree({
    asks: "one person, whose way has to end",
    sides: { mesh: isOnePerson, policy: isPerson },
    cases: [...PUBLIC, ...WIDE, ...NAMED],
  });

  agree({
    asks: "a default account",
    sides: { google: isDefaultAccount, policy: (email) => defaultAccount(email) !== undefined },
    cases: [
      computeDefaultAccount("123"),
      "dev.acme.com@appspot.gserviceaccount.com",
      "dev@acme.com.appspot.gserviceaccount.com",
      "123@CLOUDBUILD.gserviceaccount.com",
      "web@acme.iam.gserviceaccount.com",
      iapAgent("123"),
      "service-123@gcp-sa-cloudbuild.iam.gserviceaccount.com",
      "default",
    ],
    differences: [
      {
        of: ["default"],
        verdicts: { google: false, policy: true },
        because: "a config takes addresses alone, and a resource may hold the word that gcloud has for the account",
      },
    ],
  });
});

const word = fc.stringMatching(/^[a-z][-a-z0-9]{3,8}[a-z0-9]$/);
const part = fc.oneof(word, fc.constantFrom("*", "", "subject", "group", "a b", "attribute.x", "namespace", "ns/x"));
const path = fc.array(part, { minLength: 0, maxLength: 3 }).map((parts) => parts.join("/"));
const pool = fc.constantFrom(WORKLOAD, WORKFORCE, RESOURCES, "goog/public:all", "iam.googleapis.com/projects/1");
const address = fc.tuple(word, word).map(([one, other]) => `${one}@${other}.com`);
const type = fc.constantFrom("user", "group", "serviceAccount", "domain", "deleted:user", "projectOwner", "User");
const cased = (text: fc.Arbitrary<string>) =>
  fc.tuple(text, fc.constantFrom("", "upper", "space")).map(([one, how]) => {
    return how === "upper" ? one.toUpperCase() : how === "space" ? ` ${one}` : one;
  });
const member = cased(
  fc.oneof(
    fc.constantFrom(...PUBLIC, ...PUBLIC_IN_OTHER_WORDS, ...WIDE, ...NAMED, OF_KUBERNETES),
    fc.tuple(type, fc.oneof(address, word, fc.constant(computeDefaultAccount("9")))).map((parts) => parts.join(":")),
    fc
      .tuple(fc.constantFrom("principal", "principalSet"), pool, path)
      .map(([one, of, rest]) => `${one}://${of}/${rest}`),
  ),
);

describe("whatever member is written", () => {
  it("is refused by a config where the pack refuses it, and known to Google where a config takes it", () => {
    fc.assert(
      fc.property(member, (one) => {
        const isTaken = "kind" in parseMember(one);
        const isRefused = publicPrincipal(one) !== undefined || broadPrincipal(one) !== undefined;
        assert.ok(!(isTaken && isRefused), `${one} is taken by a config and refused by the pack`);
        assert.ok(!isTaken || isMember(one, false), `${one} is taken by a config and unknown to Google`);
        if (isTaken) assert.equal(isOnePerson(one), isPerson(one), one);
      }),
      { numRuns: 2000 },
    );
  });

  it("is one account to the pack where it is one member to IAM", () => {
    fc.assert(
      fc.property(cased(address), cased(address), (one, other) => {
        const [a, b] = [one, other].map((email) => `serviceAccount:${email.trim()}`);
        assert.equal(isSameMember(a!, b!), bareAccount(a!) === bareAccount(b!));
        assert.ok(
          isSameMember(
            a!,
            a!.replace(/:.*/, (email) => email.toUpperCase()),
          ),
        );
      }),
    );
  });
});

describe("whatever account is made", () => {
  const project = fc.oneof(
    word,
    fc.tuple(fc.constantFrom("acme.com", "eu.acme.com"), word).map((parts) => parts.join(":")),
  );

  it("has one address, also in a domain-scoped project, and is no default account", () => {
    fc.assert(
      fc.property(word, project, (id, home) => {
        const email = accountEmail(id, home);
        assert.equal(accountAddress(id, home), email);
        assert.equal(projectOfEmail(email), home);
        assert.equal(defaultAccount(email), undefined);
        assert.ok(isRuntimeAccount(`serviceAccount:${email}`));
      }),
    );
  });

  it("is told by the pack from its id and its project, while nothing else is known", () => {
    const stack = stackOf([
      { type: ACCOUNT, urn: "account", name: "web", props: { accountId: "web-sa", project: "acme.com:dev" } },
      { type: SERVICE, urn: "service", name: "api", props: { name: "api" } },
      {
        ...{ type: WORKLOAD_GRANTS[0]!, urn: "grant", name: "web-calls-api", sources: { member: ["account"] } },
        props: { name: "api", role: "roles/run.invoker", member: UNKNOWN },
      },
    ]);
    const [access] = stack.accessTo(stack.workloads[0]!);
    assert.equal(access?.account, accountEmail("web-sa", "acme.com:dev"));
  });

  it("is none of Google's agents, which nothing runs as", () => {
    assert.equal(isRuntimeAccount(`serviceAccount:${iapAgent("123")}`), false);
  });
});
