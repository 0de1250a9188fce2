import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config("gcp");
const project = config.require("project");
const location = config.require("region");
const number = gcp.organizations.getProjectOutput({ projectId: project }).number;

const image =
  "us-docker.pkg.dev/cloudrun/container/hello@sha256:95ade4b17adcd07623b0a0c68359e344fe54e65d0cb01b989e24c39f2fcd296a";
const url = (name: string) => pulumi.interpolate`https://${name}-${number}.${location}.run.app`;

interface Service {
  ingress: string;
  calls: string[];
  annotations?: Record<string, string>;
}

const services: Record<string, Service> = {
  gateway: {
    ingress: "INGRESS_TRAFFIC_ALL",
    calls: ["user", "order"],
    annotations: { reason: "developers call it from their laptops" },
  },
  user: { ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY", calls: ["order"] },
  order: { ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY", calls: [] },
};

const accounts: Record<string, gcp.serviceaccount.Account> = {};
const deployed: Record<string, gcp.cloudrunv2.Service> = {};

for (const [name, { ingress, calls, annotations }] of Object.entries(services)) {
  accounts[name] = new gcp.serviceaccount.Account(name, { accountId: `${name}-sa`, displayName: name, project });
  deployed[name] = new gcp.cloudrunv2.Service(name, {
    name,
    project,
    location,
    ingress,
    annotations,
    deletionProtection: false,
    labels: { system: "orders" },
    template: {
      serviceAccount: accounts[name].email,
      vpcAccess: calls.length
        ? { egress: "ALL_TRAFFIC", networkInterfaces: [{ network: "default", subnetwork: "default" }] }
        : undefined,
      containers: [
        {
          image,
          ports: { containerPort: 8080 },
          resources: { cpuIdle: true, startupCpuBoost: true, limits: { cpu: "1", memory: "512Mi" } },
          envs: calls.map((callee) => ({ name: `${callee.toUpperCase()}_URL`, value: url(callee) })),
        },
      ],
    },
  });
}

for (const [caller, { calls }] of Object.entries(services)) {
  for (const callee of calls) {
    new gcp.cloudrunv2.ServiceIamMember(`${caller}-calls-${callee}`, {
      name: deployed[callee].name,
      project,
      location,
      role: "roles/run.invoker",
      member: pulumi.interpolate`serviceAccount:${accounts[caller].email}`,
    });
  }
}

new gcp.cloudrunv2.ServiceIamMember("developers-call-gateway", {
  name: deployed.gateway.name,
  project,
  location,
  role: "roles/run.invoker",
  member: "group:developers@acme.example",
});

export const urls = Object.fromEntries(Object.keys(services).map((name) => [name, url(name)]));
