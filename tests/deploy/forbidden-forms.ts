/** Ways to let anyone in, or to run as somebody's default account, as raw resources of any program; with compliant twins. */
import * as pulumi from "@pulumi/pulumi";

/** Gives a value as it is, or so that a preview cannot know it. */
export type Hide = <T>(value: T) => pulumi.Input<T>;

export interface Form {
  readonly fact: string;
  readonly rule: string;
  readonly type: string;
  readonly inputs: (hide: Hide) => Record<string, unknown>;
  /** False where nothing is there to be hidden. @default true */
  readonly hideable?: false;
  /** The same, allowed. */
  readonly twin: (hide: Hide) => Record<string, unknown>;
}

const image = "europe-docker.pkg.dev/acme/images/app@sha256:0";
const existing = "existing@acme-dev.iam.gserviceaccount.com";
let accounts = 0;
/** Another account each time: sharing one is a fault of its own. */
const own = () => `form-${accounts++}@acme-dev.iam.gserviceaccount.com`;
const place = { location: "europe-west9", project: "acme-dev" };
const caller = `serviceAccount:${existing}`;
const internal = "INGRESS_TRAFFIC_INTERNAL_ONLY";

const service = (change: object) => ({
  ...place,
  name: "form",
  ingress: internal,
  deletionProtection: false,
  template: { serviceAccount: own(), containers: [{ image }] },
  ...change,
});
const job = (serviceAccount: unknown) => ({
  ...place,
  name: "form",
  deletionProtection: false,
  template: { template: { serviceAccount, containers: [{ image }] } },
});
const pool = (serviceAccount: unknown) => ({
  ...place,
  name: "form",
  deletionProtection: false,
  template: { serviceAccount, containers: [{ image }] },
});
const policy = (member: string) =>
  JSON.stringify({
    bindings: [
      { role: "roles/logging.viewer", members: ["group:a@acme.com"] },
      { role: "roles/run.viewer", members: [member] },
    ],
  });

const SERVICE = "gcp:cloudrunv2/service:Service";

function grants(
  scope: string,
  module: string,
  target: object,
  kinds: { member: string; binding: string; policy: string },
): Form[] {
  // The role opens nothing by itself, so that each form breaks one rule.
  const role = "roles/run.viewer";
  const rule = "no-public-principals";
  const member: Form = {
    fact: `allUsers as a member on a ${scope}`,
    rule,
    type: `gcp:${module}/${kinds.member}`,
    inputs: (hide) => ({ ...target, role, member: hide("allUsers") }),
    twin: (hide) => ({ ...target, role, member: hide(caller) }),
  };
  // On a workload itself the pack refuses the authoritative forms, whomever they name.
  if (module === "cloudrunv2") return [member];
  return [
    member,
    {
      fact: `allAuthenticatedUsers in a binding on a ${scope}`,
      rule,
      type: `gcp:${module}/${kinds.binding}`,
      inputs: (hide) => ({ ...target, role, members: [caller, hide("allAuthenticatedUsers")] }),
      twin: (hide) => ({ ...target, role, members: [hide(caller)] }),
    },
    {
      fact: `allUsers in the policy JSON of a ${scope}`,
      rule,
      type: `gcp:${module}/${kinds.policy}`,
      inputs: (hide) => ({ ...target, policyData: hide(policy("allUsers")) }),
      twin: (hide) => ({ ...target, policyData: hide(policy(caller)) }),
    },
  ];
}

const run = (kind: string) => ({
  member: `${kind}IamMember:${capital(kind)}IamMember`,
  binding: `${kind}IamBinding:${capital(kind)}IamBinding`,
  policy: `${kind}IamPolicy:${capital(kind)}IamPolicy`,
});
const capital = (text: string) => text[0]!.toUpperCase() + text.slice(1);
const upper = { member: "iAMMember:IAMMember", binding: "iAMBinding:IAMBinding", policy: "iAMPolicy:IAMPolicy" };

const account = (fact: string, email: string | undefined): Form => ({
  fact: `a service that runs as ${fact}`,
  rule: "no-default-service-account",
  type: SERVICE,
  inputs: (hide) =>
    service({ template: hide({ ...(email !== undefined && { serviceAccount: email }), containers: [{ image }] }) }),
  twin: (hide) => service({ template: hide({ serviceAccount: own(), containers: [{ image }] }) }),
});

export const forms: readonly Form[] = [
  ...grants("service", "cloudrunv2", { ...place, name: "existing" }, run("service")),
  ...grants("job", "cloudrunv2", { ...place, name: "existing" }, run("job")),
  ...grants("worker pool", "cloudrunv2", { ...place, name: "existing" }, run("workerPool")),
  ...grants("project", "projects", { project: "acme-dev" }, upper),
  ...grants("folder", "folder", { folder: "folders/123" }, upper),
  ...grants(
    "organization",
    "organizations",
    { orgId: "123" },
    { member: "iAMMember:IAMMember", binding: "iAMBinding:IAMBinding", policy: "iAMPolicy:IAMPolicy" },
  ),
  {
    fact: "a service whose invoker check is off",
    rule: "no-disabled-invoker-check",
    type: SERVICE,
    inputs: (hide) => service({ invokerIamDisabled: hide(true) }),
    twin: (hide) => service({ invokerIamDisabled: hide(false) }),
  },
  {
    fact: "a service that says nothing of its ingress",
    rule: "no-unexplained-public-ingress",
    type: SERVICE,
    hideable: false,
    inputs: () => service({ ingress: undefined }),
    twin: () => service({ ingress: internal }),
  },
  {
    fact: "a service that the internet reaches for no reason",
    rule: "no-unexplained-public-ingress",
    type: SERVICE,
    inputs: (hide) => service({ ingress: hide("INGRESS_TRAFFIC_ALL") }),
    twin: (hide) =>
      service({
        ingress: hide("INGRESS_TRAFFIC_ALL"),
        annotations: { "cloud-run-mesh/ingress-all-reason": "partners call it directly" },
      }),
  },
  account("nobody in particular", undefined),
  account("an empty account", ""),
  account("the compute default account", "123456789012-compute@developer.gserviceaccount.com"),
  account("the compute default account, in capitals", "123456789012-COMPUTE@developer.gserviceaccount.com"),
  account("the App Engine default account", "acme-dev@appspot.gserviceaccount.com"),
  account(
    "the compute default account, by its resource name",
    "projects/-/serviceAccounts/123456789012-compute@developer.gserviceaccount.com",
  ),
  {
    fact: "a job that runs as the compute default account",
    rule: "no-default-service-account",
    type: "gcp:cloudrunv2/job:Job",
    inputs: (hide) => job(hide("123456789012-compute@developer.gserviceaccount.com")),
    twin: (hide) => job(hide(own())),
  },
  {
    fact: "a worker pool that runs as nobody in particular",
    rule: "no-default-service-account",
    type: "gcp:cloudrunv2/workerPool:WorkerPool",
    hideable: false,
    inputs: () => pool(undefined),
    twin: () => pool(own()),
  },
];

/** A program with some forms in it; a hidden value comes from an account that the same program makes. */
export function programWith(
  chosen: readonly { name: string; type: string; inputs: (hide: Hide) => Record<string, unknown> }[],
  hidden: boolean,
) {
  return async () => {
    const source = hidden ? new Topic() : undefined;
    const hide: Hide = (value) => (source ? source.id.apply(() => value) : value);
    for (const { name, type, inputs } of chosen) new Raw(type, name, inputs(hide));
    return {};
  };
}

class Raw extends pulumi.CustomResource {}

/** Its `id` is known only once Google has made it. */
class Topic extends pulumi.CustomResource {
  constructor() {
    super("gcp:pubsub/topic:Topic", "source", { name: "source", project: "acme-dev" });
  }
}
