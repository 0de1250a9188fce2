import * as gcp from "@pulumi/gcp";

const location = "europe-west9";

const account = new gcp.serviceaccount.Account("api", { accountId: "api-runtime" });

const api = new gcp.cloudrunv2.Service("api", {
  location,
  ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY",
  template: {
    serviceAccount: account.email,
    containers: [
      {
        image:
          "europe-docker.pkg.dev/acme/images/api@sha256:95ade4b17adcd07623b0a0c68359e344fe54e65d0cb01b989e24c39f2fcd296a",
        envs: [{ name: "DB_PASSWORD", valueSource: { secretKeyRef: { secret: "db-password", version: "3" } } }],
      },
    ],
  },
});

new gcp.cloudrunv2.ServiceIamMember("shop", {
  location,
  name: api.name,
  role: "roles/run.invoker",
  member: "serviceAccount:shop-runtime@acme-dev.iam.gserviceaccount.com",
});
