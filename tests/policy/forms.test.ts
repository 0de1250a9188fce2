/** The ways to write one mistake, and for each axis twins that look alike and are right. */
import * as assert from "node:assert/strict";
import { IAM_GRANTS, JOB, SERVICE, WORKER_POOL } from "../../policy/src/facts/tokens";
import { judge } from "../../policy/src/judge";
import { policyPack } from "../../policy/src/pack";
import { formFault } from "../../policy/src/rules/given.examples";
import { type Input, sdkAnalyzer, secret, UNKNOWN } from "./sdk-analyzer";

const OWN = "order@acme-dev.iam.gserviceaccount.com";
const REASON = { "cloud-run-mesh/ingress-all-reason": "partners call it with ID tokens" };

interface Form extends Input {
  readonly rule: string;
  readonly label: string;
}

/** A form's label is its input, so that two equal forms are seen to be one. */
const form = (rule: string, type: string, props: Record<string, unknown>): Form => ({
  rule,
  type,
  props,
  label: `${type} ${JSON.stringify(props)}`,
});

const service = (props: object) => ({
  ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY",
  template: { serviceAccount: OWN },
  ...props,
});

const shape = (type: string) => (/(Member|Binding|Policy)$/.exec(type) as RegExpExecArray)[1];
const grant = (rule: string, type: string, member: unknown): Form => {
  if (shape(type) === "Member") return form(rule, type, { role: "roles/run.viewer", member });
  if (shape(type) === "Binding") return form(rule, type, { role: "roles/run.viewer", members: [member] });
  const bindings = [{ role: "roles/run.viewer", members: [member] }];
  return form(rule, type, { policyData: JSON.stringify({ bindings }) });
};

const PUBLIC = "no-public-principals";
const INVOKER = "no-disabled-invoker-check";
const INGRESS = "no-unexplained-public-ingress";
const ACCOUNT = "no-default-service-account";

const MEMBER = IAM_GRANTS.find((type) => type.endsWith(":ServiceIamMember"))!;
const BINDING = IAM_GRANTS.find((type) => type.endsWith("projects/iAMBinding:IAMBinding"))!;
const POLICY = IAM_GRANTS.find((type) => type.endsWith("projects/iAMPolicy:IAMPolicy"))!;
const policy = (policyData: unknown) => form(PUBLIC, POLICY, { policyData });

const workload = (type: string, serviceAccount: unknown): Form => {
  if (type === JOB) return form(ACCOUNT, type, { template: { template: { serviceAccount } } });
  return form(
    ACCOUNT,
    type,
    type === SERVICE ? service({ template: { serviceAccount } }) : { template: { serviceAccount } },
  );
};
const WORKLOADS = [SERVICE, JOB, WORKER_POOL];

const DEFAULT_ACCOUNTS = [
  "1-compute@developer.gserviceaccount.com",
  "1-COMPUTE@Developer.GServiceAccount.com",
  " 1-compute@developer.gserviceaccount.com ",
  "serviceAccount:1-compute@developer.gserviceaccount.com",
  "SERVICEACCOUNT:1-compute@developer.gserviceaccount.com",
  "projects/acme/serviceAccounts/1-compute@developer.gserviceaccount.com",
  "projects/-/serviceAccounts/1-compute@developer.gserviceaccount.com",
  "//iam.googleapis.com/projects/acme/serviceAccounts/1-compute@developer.gserviceaccount.com",
  "deleted:serviceAccount:1-compute@developer.gserviceaccount.com?uid=42",
  "acme@appspot.gserviceaccount.com",
  "ACME@APPSPOT.gserviceaccount.com",
  "serviceAccount:acme@appspot.gserviceaccount.com",
  "projects/acme/serviceAccounts/acme@appspot.gserviceaccount.com",
  "app.acme.com@appspot.gserviceaccount.com",
  "app@acme.com.appspot.gserviceaccount.com",
  "default",
  "Default",
  "projects/-/serviceAccounts/default",
  "",
  "   ",
];

const OWN_ACCOUNTS = [
  OWN,
  OWN.toUpperCase(),
  `serviceAccount:${OWN}`,
  `projects/acme/serviceAccounts/${OWN}`,
  "compute@acme-dev.iam.gserviceaccount.com",
  "1-compute@developer.iam.gserviceaccount.com",
  "appspot@acme-dev.iam.gserviceaccount.com",
  "acme@myappspot.gserviceaccount.com",
  "default@acme-dev.iam.gserviceaccount.com",
  "order@app.acme.com.iam.gserviceaccount.com",
];

const BAD: Form[] = [
  ...IAM_GRANTS.flatMap((type) => [
    grant(PUBLIC, type, "allUsers"),
    grant(PUBLIC, type, "allAuthenticatedUsers"),
    grant(PUBLIC, type, " AllAuthenticatedUSERS\t"),
  ]),
  grant(PUBLIC, MEMBER, "principalSet://goog/public:all"),
  grant(PUBLIC, MEMBER, secret("allUsers")),
  form(PUBLIC, BINDING, { members: "allUsers" }),
  form(PUBLIC, BINDING, { members: ["group:a@acme.com", UNKNOWN, "allusers"] }),
  form(PUBLIC, BINDING, { members: secret([secret("allUsers")]) }),
  form(PUBLIC, "gcp:projects/iAMMember:IAMMember", {
    member: "allUsers",
    condition: { title: "night", expression: "false" },
  }),
  policy(""),
  policy("null"),
  policy("[]"),
  policy('"allUsers"'),
  policy("{"),
  policy("{'bindings':[]}"),
  policy('{"bindings":{}}'),
  policy('{"bindings":[null]}'),
  policy('{"bindings":[{"members":"allUsers"}]}'),
  policy({ bindings: [] }),
  policy(7),
  policy('{"bindings":[{"role":"r","members":["\\u0061llUsers"]}]}'),
  policy('{"BINDINGS":[{"Members":["allUsers"]}]}'),
  policy('{"bindings":[],"Bindings":[{"members":["allUsers"]}]}'),
  policy('{"bindings":[{"members":["allUsers"],"members":[]}]}'),
  policy('{"bindings":[{"members":["a"]},{"members":["b","allUsers"]}]}'),
  policy(' \n{"bindings":[{"members":["allUsers"],"condition":{"title":"x"}}]}'),
  ...[true, "true", "TRUE", "t", "1", 1, "yes", {}, [], secret(true)].map((invokerIamDisabled) =>
    form(INVOKER, SERVICE, service({ invokerIamDisabled })),
  ),
  ...[
    "INGRESS_TRAFFIC_ALL",
    "",
    null,
    "all",
    "ingress_traffic_all",
    "INGRESS_TRAFFIC_UNSPECIFIED",
    "internal",
    1,
    true,
    {},
  ].map((ingress) => form(INGRESS, SERVICE, service({ ingress }))),
  form(INGRESS, SERVICE, { template: { serviceAccount: OWN } }),
  ...[
    "",
    "          ",
    "short",
    " 9 chars. ",
    null,
    12345678901,
    ["partners call it"],
    { why: "partners call it" },
  ].map((reason) =>
    form(
      INGRESS,
      SERVICE,
      service({ ingress: "INGRESS_TRAFFIC_ALL", annotations: { [Object.keys(REASON)[0]!]: reason } }),
    ),
  ),
  form(INGRESS, SERVICE, service({ ingress: "INGRESS_TRAFFIC_ALL", annotations: "partners call it" })),
  form(INGRESS, SERVICE, service({ ingress: "INGRESS_TRAFFIC_ALL", annotations: [REASON] })),
  form(INGRESS, SERVICE, service({ ingress: "INGRESS_TRAFFIC_ALL", labels: REASON })),
  form(INGRESS, SERVICE, service({ ingress: "INGRESS_TRAFFIC_EVERY", annotations: REASON })),
  form(INGRESS, SERVICE, service({ ingress: "INGRESS_TRAFFIC_ALL ", annotations: REASON })),
  ...WORKLOADS.flatMap((type) =>
    [...DEFAULT_ACCOUNTS, null, 7, [OWN], { email: OWN }].map((account) => workload(type, account)),
  ),
  form(ACCOUNT, SERVICE, service({ template: null })),
  form(ACCOUNT, SERVICE, service({ template: "x" })),
  form(ACCOUNT, SERVICE, service({ serviceAccount: OWN, template: {} })),
  form(ACCOUNT, JOB, {}),
  form(ACCOUNT, JOB, { template: {} }),
  form(ACCOUNT, JOB, { template: { template: [] } }),
  form(ACCOUNT, JOB, { template: { serviceAccount: OWN, template: {} } }),
  form(ACCOUNT, WORKER_POOL, {}),
  form(ACCOUNT, WORKER_POOL, { template: { template: { serviceAccount: OWN } } }),
];

const GOOD: Form[] = [
  ...IAM_GRANTS.map((type) => grant("", type, `serviceAccount:${OWN}`)),
  ...[
    "group:allUsers@acme.com",
    "group:allAuthenticatedUsers@acme.com",
    "allUsersButNamed",
    "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/subject/allUsers",
    "principalSet://iam.googleapis.com/locations/global/workforcePools/acme/group/allUsers",
    "serviceAccount:allusers@acme-dev.iam.gserviceaccount.com",
  ].map((member) => grant("", MEMBER, member)),
  form("", BINDING, { members: [] }),
  form("", BINDING, { members: [null, 7, {}] }),
  policy("{}"),
  policy('{"bindings":[]}'),
  policy('{"bindings":null}'),
  policy('{"bindings":[{"role":"allUsers","members":["group:a@acme.com"]}]}'),
  policy('{"bindings":[{"members":[]}],"auditConfigs":[{"auditLogConfigs":[{"exemptedMembers":["allUsers"]}]}]}'),
  ...[false, "false", "False", "0", "f", "", null, secret(false)].map((invokerIamDisabled) =>
    form("", SERVICE, service({ invokerIamDisabled })),
  ),
  form("", SERVICE, service({ ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" })),
  form("", SERVICE, service({ ingress: "INGRESS_TRAFFIC_ALL", annotations: REASON })),
  form("", SERVICE, service({ ingress: secret("INGRESS_TRAFFIC_ALL"), annotations: secret(REASON) })),
  form("", SERVICE, service({ ingress: null, annotations: REASON })),
  form("", SERVICE, service({ ingress: "INGRESS_TRAFFIC_ALL", annotations: { ...REASON, a: UNKNOWN } })),
  form(
    "",
    SERVICE,
    service({ ingress: "INGRESS_TRAFFIC_ALL", annotations: { [Object.keys(REASON)[0]!]: "\u{1f511}".repeat(10) } }),
  ),
  ...WORKLOADS.flatMap((type) => OWN_ACCOUNTS.map((account) => ({ ...workload(type, account), rule: "" }))),
];

describe("policy forms", () => {
  it("are many and distinct: at least 80 bad ones and 40 good twins", () => {
    for (const [forms, least] of [
      [BAD, 80],
      [GOOD, 40],
    ] as const) {
      assert.equal(new Set(forms.map(({ label }) => label)).size, forms.length);
      assert.ok(forms.length >= least, `${forms.length}`);
    }
  });

  it("covers every rule and every type that a rule reads", () => {
    const seen = new Set(BAD.map(({ type }) => type));
    for (const type of [...IAM_GRANTS, ...WORKLOADS]) assert.ok(seen.has(type), type);
  });

  for (const { rule, label, type, props } of BAD) {
    it(`refuses ${label}`, async () => {
      const found = judge({ type, urn: "urn", name: "it", props }).filter(({ kind }) => kind === "violation");
      assert.deepEqual(
        found.map((finding) => finding.rule),
        [rule, ...formFault(type)],
      );
      const reported = await sdkAnalyzer(policyPack()).analyze({ type, props });
      assert.deepEqual(
        reported.map(({ policy, level }) => [policy, level]),
        [rule, ...formFault(type)].map((policy) => [policy, "mandatory"]),
      );
    });
  }

  for (const { label, type, props } of GOOD) {
    it(`accepts ${label}`, async () => {
      const found = judge({ type, urn: "urn", name: "it", props });
      assert.deepEqual(
        found.map(({ kind, rule }) => `${kind} of ${rule}`),
        formFault(type).map((rule) => `violation of ${rule}`),
      );
      const reported = await sdkAnalyzer(policyPack()).analyze({ type, props });
      assert.deepEqual(
        reported.map(({ policy }) => policy),
        formFault(type),
      );
    });
  }
});
