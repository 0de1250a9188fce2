import * as gcp from "@pulumi/gcp";

const location = "europe-west9";

const account = new gcp.serviceaccount.Account("web", { accountId: "web-runtime" });

const web = new gcp.cloudrun.Service("web", {
  location,
  metadata: { annotations: { "run.googleapis.com/ingress": "internal" } },
  template: {
    spec: {
      serviceAccountName: account.email,
      containers: [
        {
          image: "gcr.io/acme-dev/web@sha256:95ade4b17adcd07623b0a0c68359e344fe54e65d0cb01b989e24c39f2fcd296a",
        },
      ],
    },
  },
});

new gcp.cloudrun.IamMember("front", {
  location,
  service: web.name,
  role: "roles/run.invoker",
  member: "serviceAccount:front-runtime@acme-dev.iam.gserviceaccount.com",
});
