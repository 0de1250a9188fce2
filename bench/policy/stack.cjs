/**
 * One stack in two forms: resources as Pulumi's wire format has them, and the plan that Terraform would make of the same.
 * Of five resources for each service, one in a hundred grants is to everybody, so that there is something to find.
 * Plain JavaScript, so that a process which is measured loads no compiler.
 */
const IMAGE = `europe-docker.pkg.dev/acme/images/app@sha256:${"0".repeat(64)}`;
const LOCATION = "europe-west9";
const FAULTY_EVERY = 100;

const emailOf = (i) => `service-${i}@acme-dev.iam.gserviceaccount.com`;
const urlOf = (i) => `https://service-${i}-123456789012.${LOCATION}.run.app`;
const memberOf = (i, count) => (i % FAULTY_EVERY === 0 ? "allUsers" : `serviceAccount:${emailOf((i + 1) % count)}`);

/** Each service is told the URL of the one before, which lets it in. */
function variablesOf(i, count) {
  const plain = Array.from({ length: 9 }, (_, n) => ({ name: `SETTING_${n}`, value: `value ${n} of ${i}` }));
  return [{ name: "NEXT_URL", value: urlOf((i + count - 1) % count) }, ...plain];
}

function pulumiStack(count) {
  const resources = [];
  const add = (type, name, props) =>
    resources.push({ type, name, urn: `urn:pulumi:dev::bench::${type}::${name}`, props });
  for (let i = 0; i < count; i++) {
    add("gcp:serviceaccount/account:Account", `account-${i}`, { accountId: `service-${i}`, project: "acme-dev" });
    add("gcp:cloudrunv2/service:Service", `service-${i}`, {
      name: `service-${i}`,
      location: LOCATION,
      ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY",
      template: {
        serviceAccount: emailOf(i),
        vpcAccess: { egress: "ALL_TRAFFIC", networkInterfaces: [{ network: "default" }] },
        containers: [{ image: IMAGE, envs: variablesOf(i, count) }],
      },
    });
    add("gcp:cloudrunv2/serviceIamMember:ServiceIamMember", `grant-${i}`, {
      name: `service-${i}`,
      location: LOCATION,
      role: "roles/run.invoker",
      member: memberOf(i, count),
    });
    add("gcp:projects/iAMMember:IAMMember", `logs-${i}`, {
      project: "acme-dev",
      role: "roles/logging.logWriter",
      member: `serviceAccount:${emailOf(i)}`,
    });
    add("gcp:secretmanager/secret:Secret", `secret-${i}`, { secretId: `secret-${i}`, replication: { auto: {} } });
  }
  return resources;
}

/** https://developer.hashicorp.com/terraform/internals/json-format */
function terraformPlan(count) {
  const resources = [];
  const add = (type, name, values) =>
    resources.push({
      address: `${type}.${name}`,
      mode: "managed",
      type,
      name,
      provider_name: "registry.terraform.io/hashicorp/google",
      schema_version: 0,
      values,
    });
  for (let i = 0; i < count; i++) {
    add("google_service_account", `account-${i}`, { account_id: `service-${i}`, project: "acme-dev" });
    add("google_cloud_run_v2_service", `service-${i}`, {
      name: `service-${i}`,
      location: LOCATION,
      ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY",
      template: [
        {
          service_account: emailOf(i),
          vpc_access: [{ egress: "ALL_TRAFFIC", network_interfaces: [{ network: "default" }] }],
          containers: [{ image: IMAGE, env: variablesOf(i, count) }],
        },
      ],
    });
    add("google_cloud_run_v2_service_iam_member", `grant-${i}`, {
      name: `service-${i}`,
      location: LOCATION,
      role: "roles/run.invoker",
      member: memberOf(i, count),
    });
    add("google_project_iam_member", `logs-${i}`, {
      project: "acme-dev",
      role: "roles/logging.logWriter",
      member: `serviceAccount:${emailOf(i)}`,
    });
    add("google_secret_manager_secret", `secret-${i}`, { secret_id: `secret-${i}`, replication: [{ auto: [{}] }] });
  }
  const changeOf = ({ values, ...resource }) => ({
    ...resource,
    change: { actions: ["create"], before: null, after: values, after_unknown: {} },
  });
  return {
    format_version: "1.2",
    terraform_version: "1.9.0",
    planned_values: { root_module: { resources } },
    resource_changes: resources.map(changeOf),
    configuration: { root_module: { resources: [] } },
  };
}

module.exports = { pulumiStack, terraformPlan, FAULTY_EVERY };
