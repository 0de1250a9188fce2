import * as gcp from "@pulumi/gcp";

const location = "europe-west9";

const api = new gcp.cloudrunv2.Service("api", {
  location,
  template: {
    containers: [
      {
        image: "europe-docker.pkg.dev/acme/images/api:latest",
        envs: [{ name: "DB_PASSWORD", value: "correct-horse" }],
      },
    ],
  },
});

new gcp.cloudrunv2.ServiceIamMember("everybody", {
  location,
  name: api.name,
  role: "roles/run.invoker",
  member: "allUsers",
});
