import * as gcp from "@pulumi/gcp";

const location = "europe-west9";

const hook = new gcp.cloudfunctionsv2.Function("hook", {
  location,
  buildConfig: {
    runtime: "nodejs20",
    entryPoint: "hook",
    source: { storageSource: { bucket: "acme-sources", object: "hook.zip" } },
  },
  serviceConfig: { environmentVariables: { STRIPE_API_KEY: "correct-horse" } },
});

new gcp.cloudrunv2.ServiceIamMember("everybody", {
  location,
  name: hook.name,
  role: "roles/run.invoker",
  member: "allUsers",
});
new gcp.projects.IAMMember("cron", {
  project: "acme-dev",
  role: "roles/run.invoker",
  member: "serviceAccount:cron@acme-dev.iam.gserviceaccount.com",
});
