import * as gcp from "@pulumi/gcp";

const location = "europe-west9";

const runtime = new gcp.serviceaccount.Account("runtime", { accountId: "hook-runtime" });
const build = new gcp.serviceaccount.Account("build", { accountId: "hook-build" });

const hook = new gcp.cloudfunctionsv2.Function("hook", {
  location,
  buildConfig: {
    runtime: "nodejs20",
    entryPoint: "hook",
    serviceAccount: build.name,
    source: { storageSource: { bucket: "acme-sources", object: "hook.zip" } },
  },
  serviceConfig: {
    ingressSettings: "ALLOW_INTERNAL_ONLY",
    serviceAccountEmail: runtime.email,
    secretEnvironmentVariables: [
      { key: "STRIPE_API_KEY", projectId: "acme-dev", secret: "stripe-api-key", version: "2" },
    ],
  },
});

new gcp.cloudrunv2.ServiceIamMember("cron", {
  location,
  name: hook.name,
  role: "roles/run.invoker",
  member: "serviceAccount:cron@acme-dev.iam.gserviceaccount.com",
});
