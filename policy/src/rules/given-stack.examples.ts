/** A stack with which no rule finds fault: shop calls orders, each as its own account. */

import { ACCOUNT, SERVICE } from "../facts/tokens";
import type { StackExample } from "../rule";
import { IMAGE, INVOKER } from "./given.examples";

export type Given = StackExample["resources"][number];

export const GRANT = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";

export const emailOf = (name: string) => `${name}-sa@acme-dev.iam.gserviceaccount.com`;
export const memberOf = (name: string) => `serviceAccount:${emailOf(name)}`;
export const urlOf = (name: string) => `https://${name}-123456789012.europe-west9.run.app`;

export const account = (name: string, props: object = {}): Given => ({
  type: ACCOUNT,
  name: `${name}-account`,
  props: { accountId: `${name}-sa`, project: "acme-dev", email: emailOf(name), ...props },
});

export const service = (name: string, tells: readonly string[] = [], change: object = {}): Given => ({
  type: SERVICE,
  name,
  props: {
    name,
    location: "europe-west9",
    ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY",
    template: {
      serviceAccount: emailOf(name),
      vpcAccess: { egress: "ALL_TRAFFIC", networkInterfaces: [{ network: "default" }] },
      containers: [{ image: IMAGE, envs: tells.map((value, i) => ({ name: `URL_${i}`, value })) }],
    },
    ...change,
  },
});

export const grant = (callee: string, member: unknown, change: object = {}): Given => ({
  type: GRANT,
  name: `on-${callee}`,
  props: { name: callee, location: "europe-west9", role: INVOKER, member, ...change },
});

export const shop = (): Given[] => [
  account("shop"),
  account("orders"),
  service("shop", [urlOf("orders")]),
  service("orders"),
  grant("orders", memberOf("shop")),
];

/** The same without its last resource. */
export const shopWithoutGrant = () => shop().slice(0, -1);
