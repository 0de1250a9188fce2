import type { Examples } from "../rule";
import { JOB, SERVICE, WORKER_POOL } from "../tokens";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const OWN = "order@acme-dev.iam.gserviceaccount.com";
const COMPUTE = "123456789012-compute@developer.gserviceaccount.com";

const service = (serviceAccount: unknown) => ({
  ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY",
  template: serviceAccount === undefined ? {} : { serviceAccount },
});
const job = (serviceAccount: unknown) => ({ template: { template: { serviceAccount } } });
const pool = (serviceAccount: unknown) => ({ template: { serviceAccount } });

const SERVICE_PATH = "template.serviceAccount";
const JOB_PATH = "template.template.serviceAccount";

export const examples: Examples = {
  compliant: [
    { because: "a service runs as its own account", type: SERVICE, props: service(OWN) },
    { because: "so does a job", type: JOB, props: job(OWN) },
    { because: "so does a worker pool", type: WORKER_POOL, props: pool(OWN) },
    {
      because: "an account may have the word in its name",
      type: SERVICE,
      props: service("default@acme-dev.iam.gserviceaccount.com"),
    },
    {
      because: "the name only looks like the compute default",
      type: SERVICE,
      props: service("order-compute@acme-dev.iam.gserviceaccount.com"),
    },
    {
      because: "the account's resource name is a spelling of its address",
      type: SERVICE,
      props: service(`projects/acme-dev/serviceAccounts/${OWN}`),
    },
  ],
  violating: [
    { because: "left out, Cloud Run takes the default", type: SERVICE, props: service(undefined), path: SERVICE_PATH },
    {
      because: "without a template there is no account either",
      type: SERVICE,
      props: { ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY" },
      path: SERVICE_PATH,
    },
    { because: "empty counts as left out", type: SERVICE, props: service(""), path: SERVICE_PATH },
    { because: "so does null", type: JOB, props: job(null), path: JOB_PATH },
    {
      because: "a job's account stands in the inner template, not in the outer",
      type: JOB,
      props: { template: { serviceAccount: OWN, template: {} } },
      path: JOB_PATH,
    },
    { because: "a worker pool has the same default", type: WORKER_POOL, props: { template: {} }, path: SERVICE_PATH },
    { because: "the Compute Engine default", type: SERVICE, props: service(COMPUTE), path: SERVICE_PATH },
    { because: "the same in upper case", type: JOB, props: job(COMPUTE.toUpperCase()), path: JOB_PATH },
    {
      because: "the same as an IAM member",
      type: WORKER_POOL,
      props: pool(`serviceAccount:${COMPUTE}`),
      path: SERVICE_PATH,
    },
    {
      because: "the same by its resource name, any project",
      type: SERVICE,
      props: service(`projects/-/serviceAccounts/${COMPUTE}`),
      path: SERVICE_PATH,
    },
    {
      because: "the App Engine default",
      type: SERVICE,
      props: service("acme-dev@appspot.gserviceaccount.com"),
      path: SERVICE_PATH,
    },
    {
      because: "the App Engine default of a domain-scoped project",
      type: JOB,
      props: job("app@acme.com.appspot.gserviceaccount.com"),
      path: JOB_PATH,
    },
    { because: "gcloud's name for it", type: SERVICE, props: service("default"), path: SERVICE_PATH },
    { because: "an object names no account", type: SERVICE, props: service({ email: OWN }), path: SERVICE_PATH },
  ],
  unknown: [
    { because: "the account is made in the same stack", type: SERVICE, props: service(UNKNOWN), path: SERVICE_PATH },
    { because: "so is the job's", type: JOB, props: job(UNKNOWN), path: JOB_PATH },
    { because: "so is the worker pool's", type: WORKER_POOL, props: pool(UNKNOWN), path: SERVICE_PATH },
    {
      because: "the inner template is computed",
      type: JOB,
      props: { template: { template: UNKNOWN } },
      path: "template.template",
    },
    { because: "the whole template is computed", type: WORKER_POOL, props: { template: UNKNOWN }, path: "template" },
  ],
};
