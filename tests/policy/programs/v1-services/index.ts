import * as gcp from "@pulumi/gcp";

const location = "europe-west9";

const web = new gcp.cloudrun.Service("web", {
  location,
  metadata: { annotations: { "run.googleapis.com/ingress": "all" } },
  template: { spec: { containers: [{ image: "gcr.io/acme-dev/web:1.4" }] } },
});

new gcp.cloudrun.IamPolicy("everybody", {
  location,
  service: web.name,
  policyData: JSON.stringify({ bindings: [{ role: "roles/run.invoker", members: ["allUsers"] }] }),
});
