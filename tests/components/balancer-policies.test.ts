/** What the components make of a mesh behind a load balancer, before the policy pack, which shares nothing with them. */
import * as assert from "node:assert/strict";
import { judge, judgeStack } from "../../policy/src/judge";
import type { StackResource } from "../../policy/src/rule";
import { IMAGE } from "../mesh/support";
import { made } from "./every-config";

const POOL = "principalSet://iam.googleapis.com/locations/global/workforcePools/acme-staff/group/";
const CONFIG = {
  network: { network: "default", subnetwork: "default" },
  services: { portal: { image: IMAGE, calls: ["api"] }, desk: { image: IMAGE }, api: { image: IMAGE } },
  loadBalancer: {
    domains: ["ailab.example", "www.ailab.example"],
    routes: { "/": "portal", "/desk": "desk" },
    iap: { workforcePool: "acme-staff", access: [{ member: `${POOL}6f1c0d0a-6f0e-4f6e-9d3e-0c6a3a1c2b10` }] },
  },
};
/** What a policy config of a careful organization demands and forbids. */
const DEMANDED = { "no-unarmored-backends": { stacks: ["*"] }, "no-identity-platform": { stacks: ["*"] } };

const nameOf = (name: string, inputs: Record<string, unknown>) => String(inputs["name"] ?? `${name}-1a2b3c4`);

/** Links are as Google writes them: PLACE/COLLECTION/NAME. */
const linkOf = (type: string, name: string, inputs: Record<string, unknown>) => {
  const word = type.split(":")[2] ?? "";
  const collection = word[0]?.toLowerCase() + word.slice(1).replace(/y$/, "ie");
  return `projects/acme-dev/global/${collection}s/${nameOf(name, inputs)}`;
};

async function stack(): Promise<StackResource[]> {
  const registered = await made(CONFIG, {
    call: ({ inputs }) => inputs,
    newResource: ({ type, name, inputs }) => ({
      id: linkOf(type, name, inputs),
      state: {
        ...inputs,
        name: nameOf(name, inputs),
        generatedId: 4_000_000_000_000,
        address: "203.0.113.7",
        email: `${inputs.accountId}@acme-dev.iam.gserviceaccount.com`,
        member: inputs.member ?? `serviceAccount:${inputs.accountId ?? "agent"}@acme-dev.iam.gserviceaccount.com`,
        clientId: "1234-client",
        clientSecret: "a secret of the client",
        dnsResourceRecords: [{ name: "_acme-challenge.", type: "CNAME", data: "x.authorize.example." }],
      },
    }),
  });
  return registered
    .filter(({ type }) => type.startsWith("gcp:"))
    .map(({ type, name, inputs }) => ({
      type,
      name,
      urn: `urn:pulumi:prod::mesh::${type}::${name}`,
      props: { ...inputs, name: nameOf(name, inputs) },
    }));
}

const found = (resources: readonly StackResource[]) =>
  [
    ...resources.flatMap((resource) => judge(resource, undefined, DEMANDED)),
    ...judgeStack(resources, undefined, DEMANDED),
  ].flatMap(({ kind, rule, urn }) => (kind === "violation" ? [`${rule} ${urn.split("::").at(-1)}`] : []));

describe("a mesh behind a load balancer, before the policy pack", () => {
  let made: StackResource[];
  before(async () => {
    made = await stack();
  });
  /** The same stack with other properties of one resource. */
  const changed = (word: string, props: object) => {
    const at = made.findIndex(({ type }) => type.endsWith(`:${word}`));
    assert.ok(at >= 0, word);
    return made.map((resource, i) => (i === at ? { ...resource, props: { ...resource.props, ...props } } : resource));
  };
  const nameOfFirst = (word: string) => made.find(({ type }) => type.endsWith(`:${word}`))?.name;

  it("breaks no rule", () => {
    assert.deepEqual(found(made), []);
  });

  it("is what the rules about load balancers read: one guard less is found", () => {
    const backend = nameOfFirst("BackendService");
    assert.deepEqual(found(changed("BackendService", { iap: undefined })), [`no-unproxied-backends ${backend}`]);
    assert.deepEqual(found(changed("BackendService", { iap: { enabled: false } })), [
      `no-unproxied-backends ${backend}`,
    ]);
    assert.deepEqual(found(changed("BackendService", { securityPolicy: undefined })), [
      `no-unarmored-backends ${backend}`,
    ]);
    assert.deepEqual(found(changed("TargetHttpsProxy", { sslPolicy: undefined })), [
      `no-default-tls ${nameOfFirst("TargetHttpsProxy")}`,
    ]);
    assert.deepEqual(found(changed("SSLPolicy", { profile: "COMPATIBLE" })), [
      `no-weak-tls ${nameOfFirst("SSLPolicy")}`,
    ]);
    const map = made.find(({ type }) => type.endsWith(":TargetHttpsProxy"))?.props["urlMap"];
    assert.deepEqual(found(changed("TargetHttpProxy", { urlMap: map })), [
      `no-clear-text ${nameOfFirst("TargetHttpProxy")}`,
    ]);
    assert.deepEqual(found(changed("Settings", { accessSettings: { gcipSettings: {} } })), [
      `no-identity-platform ${nameOfFirst("Settings")}`,
    ]);
    const open = made.map((resource) =>
      resource.type === "gcp:cloudrunv2/service:Service" && resource.name === "desk"
        ? { ...resource, props: { ...resource.props, ingress: "INGRESS_TRAFFIC_ALL" } }
        : resource,
    );
    assert.deepEqual(found(open), ["no-unexplained-public-ingress desk", "no-ways-around-balancers desk"]);
  });
});
