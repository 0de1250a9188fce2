// What a pack sees of it and a reader of the preview does not: secrets, values not known yet, and what hangs together.
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

const location = "europe-west9";
const image =
  "europe-docker.pkg.dev/acme/images/app@sha256:95ade4b17adcd07623b0a0c68359e344fe54e65d0cb01b989e24c39f2fcd296a";

const shopAccount = new gcp.serviceaccount.Account("shop", { accountId: "shop-runtime" });
const ordersAccount = new gcp.serviceaccount.Account("orders", { accountId: "orders-runtime" });

const orders = new gcp.cloudrunv2.Service("orders", {
  name: "orders",
  location,
  ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY",
  template: { serviceAccount: ordersAccount.email, containers: [{ image }] },
});

const shop = new gcp.cloudrunv2.Service("shop", {
  name: "shop",
  location,
  ingress: pulumi.secret("INGRESS_TRAFFIC_ALL"),
  template: {
    serviceAccount: shopAccount.email,
    containers: [
      {
        image,
        envs: [{ name: "ORDERS_URL", value: pulumi.secret("https://orders-123456789012.europe-west9.run.app") }],
      },
    ],
  },
});

const grant = { location, role: "roles/run.invoker" };
new gcp.cloudrunv2.ServiceIamMember("hidden", {
  ...grant,
  name: shop.name,
  member: pulumi.secret("allAuthenticatedUsers"),
});
new gcp.cloudrunv2.ServiceIamMember("computed", {
  ...grant,
  name: orders.name,
  member: ordersAccount.uniqueId.apply((id) => `serviceAccount:${id}@acme-dev.iam.gserviceaccount.com`),
});
new gcp.cloudscheduler.Job("nightly", {
  region: location,
  schedule: "0 3 * * *",
  httpTarget: {
    uri: orders.uri,
    oidcToken: { serviceAccountEmail: shopAccount.email, audience: pulumi.secret("https://orders.acme.com") },
  },
});
