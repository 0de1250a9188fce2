import { FUNCTION_V1, FUNCTION_V2, JOB, SERVICE, SERVICE_V1, WORKER_POOL } from "../../facts/tokens";
import type { Examples } from "../../rule";
import { COMPUTE, functionV1, functionV2, OWN, secret, serviceV1, UNKNOWN } from "../given.examples";

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
    { because: "a secret is read", type: SERVICE, props: service(secret(OWN)) },
    { because: "a v1 service runs as its own account", type: SERVICE_V1, props: serviceV1() },
    { because: "a function runs and is built as its own", type: FUNCTION_V2, props: functionV2() },
    {
      because: "its trigger calls it as its own",
      type: FUNCTION_V2,
      props: functionV2({}, { eventTrigger: { serviceAccountEmail: OWN } }),
    },
    { because: "a first generation function does likewise", type: FUNCTION_V1, props: functionV1() },
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
    {
      because: "left out of a v1 service",
      type: SERVICE_V1,
      props: serviceV1({}, { serviceAccountName: undefined }),
      path: "template.spec.serviceAccountName",
    },
    {
      because: "the default of a v1 service",
      type: SERVICE_V1,
      props: serviceV1({}, { serviceAccountName: "default" }),
      path: "template.spec.serviceAccountName",
    },
    {
      because: "v2's key means nothing to v1",
      type: SERVICE_V1,
      props: serviceV1({}, { serviceAccountName: undefined, serviceAccount: OWN }),
      path: "template.spec.serviceAccountName",
    },
    {
      because: "left out of a function",
      type: FUNCTION_V2,
      props: functionV2({ serviceAccountEmail: undefined }),
      path: "serviceConfig.serviceAccountEmail",
    },
    {
      because: "a function is built by the default account, which writes to the registry",
      type: FUNCTION_V2,
      props: functionV2({}, { buildConfig: {} }),
      path: "buildConfig.serviceAccount",
    },
    {
      because: "a service that is built of a function's code is built by the default account",
      type: SERVICE,
      props: { ...service(OWN), buildConfig: { functionTarget: "score" } },
      path: "buildConfig.serviceAccount",
    },
    {
      because: "the account that Cloud Build gave every project until 2024 builds it",
      type: FUNCTION_V2,
      props: functionV2({}, { buildConfig: { serviceAccount: "123456789012@cloudbuild.gserviceaccount.com" } }),
      path: "buildConfig.serviceAccount",
    },
    {
      because: "the default account by its resource name builds it",
      type: FUNCTION_V2,
      props: functionV2({}, { buildConfig: { serviceAccount: `projects/acme-dev/serviceAccounts/${COMPUTE}` } }),
      path: "buildConfig.serviceAccount",
    },
    {
      because: "a trigger calls it as the default account, which then may call everything",
      type: FUNCTION_V2,
      props: functionV2({}, { eventTrigger: { eventType: "google.cloud.pubsub.topic.v1.messagePublished" } }),
      path: "eventTrigger.serviceAccountEmail",
    },
    {
      because: "first generation functions take App Engine's",
      type: FUNCTION_V1,
      props: functionV1({ serviceAccountEmail: undefined }),
      path: "serviceAccountEmail",
    },
    {
      because: "their builds take a default, too",
      type: FUNCTION_V1,
      props: functionV1({ buildServiceAccount: "" }),
      path: "buildServiceAccount",
    },
    { because: "a secret is no disguise", type: JOB, props: job(secret(COMPUTE)), path: JOB_PATH },
  ],
  unknown: [
    {
      because: "a v1 service's account is made in the same stack",
      type: SERVICE_V1,
      props: serviceV1({}, { serviceAccountName: UNKNOWN }),
      path: "template.spec.serviceAccountName",
    },
    {
      because: "a function's build account is made in the same stack",
      type: FUNCTION_V2,
      props: functionV2({}, { buildConfig: { serviceAccount: UNKNOWN } }),
      path: "buildConfig.serviceAccount",
    },
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
