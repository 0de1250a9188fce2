/** What examples start from: resources with which no rule finds fault, and values as Pulumi sends them. */
import { FUNCTION_V1, FUNCTION_V2, JOB, SERVICE, SERVICE_V1, WORKER_POOL } from "../facts/tokens";

/** A text that is not known at preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

export const OWN = "order@acme-dev.iam.gserviceaccount.com";
export const CALLER = "serviceAccount:gateway@acme-dev.iam.gserviceaccount.com";
export const COMPUTE = "123456789012-compute@developer.gserviceaccount.com";
export const INVOKER = "roles/run.invoker";
export const IMAGE =
  "europe-docker.pkg.dev/acme/images/app@sha256:95ade4b17adcd07623b0a0c68359e344fe54e65d0cb01b989e24c39f2fcd296a";

export const service = (change: object = {}, container: object = {}) => ({
  name: "order",
  location: "europe-west9",
  ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY",
  template: { serviceAccount: OWN, containers: [{ image: IMAGE, ...container }] },
  ...change,
});
export const job = (container: object = {}, change: object = {}) => ({
  template: { template: { serviceAccount: OWN, containers: [{ image: IMAGE, ...container }] } },
  ...change,
});
export const pool = (container: object = {}, change: object = {}) => ({
  template: { serviceAccount: OWN, containers: [{ image: IMAGE, ...container }] },
  ...change,
});
export const serviceV1 = (annotations: unknown = {}, spec: object = {}) => ({
  metadata: {
    annotations:
      typeof annotations === "object" && annotations !== null
        ? { "run.googleapis.com/ingress": "internal", ...annotations }
        : annotations,
  },
  template: { spec: { serviceAccountName: OWN, containers: [{ image: IMAGE }], ...spec } },
});
export const functionV2 = (serviceConfig: object = {}, change: object = {}) => ({
  buildConfig: { serviceAccount: `projects/acme-dev/serviceAccounts/${OWN}` },
  serviceConfig: { serviceAccountEmail: OWN, ingressSettings: "ALLOW_INTERNAL_ONLY", ...serviceConfig },
  ...change,
});
export const functionV1 = (change: object = {}) => ({
  triggerHttp: true,
  serviceAccountEmail: OWN,
  buildServiceAccount: `projects/acme-dev/serviceAccounts/${OWN}`,
  ingressSettings: "ALLOW_INTERNAL_ONLY",
  ...change,
});

/** One of each kind with this container, or these variables where there is no container. */
export const withContainer: readonly (readonly [string, (container: object) => Record<string, unknown>, string])[] = [
  [SERVICE, (container) => service({}, container), "template.containers[0]"],
  [JOB, (container) => job(container), "template.template.containers[0]"],
  [WORKER_POOL, (container) => pool(container), "template.containers[0]"],
  [
    SERVICE_V1,
    (container) => serviceV1({}, { containers: [{ image: IMAGE, ...container }] }),
    "template.spec.containers[0]",
  ],
];
export const withVariables: readonly (readonly [string, (variables: unknown) => Record<string, unknown>, string])[] = [
  [
    SERVICE,
    (environmentVariables) => service({ buildConfig: { serviceAccount: OWN, environmentVariables } }),
    "buildConfig.environmentVariables",
  ],
  [FUNCTION_V1, (environmentVariables) => functionV1({ environmentVariables }), "environmentVariables"],
  [FUNCTION_V1, (buildEnvironmentVariables) => functionV1({ buildEnvironmentVariables }), "buildEnvironmentVariables"],
  [FUNCTION_V2, (environmentVariables) => functionV2({ environmentVariables }), "serviceConfig.environmentVariables"],
  [
    FUNCTION_V2,
    (environmentVariables) => functionV2({}, { buildConfig: { serviceAccount: OWN, environmentVariables } }),
    "buildConfig.environmentVariables",
  ],
];

/** A grant in the form that its type has, on something that no rule asks for. */
export function grant(type: string, role: unknown, member: unknown, condition?: object): Record<string, unknown> {
  const more = condition === undefined ? {} : { condition };
  if (type.endsWith("Member")) return { role, member, ...more };
  if (type.endsWith("Binding")) return { role, members: [member], ...more };
  return { policyData: JSON.stringify({ bindings: [{ role, members: [member], ...more }] }) };
}
/** Where {@link grant} puts its member. */
export const memberPath = (type: string) =>
  type.endsWith("Member") ? "member" : type.endsWith("Binding") ? "members[0]" : "policyData.bindings[0].members[0]";

/** What the form itself yields on a workload. */
export const formFault = (type: string) =>
  /^gcp:(?:cloudrun|cloudfunctions)(?:v2)?\/.*(?:Binding|Policy)$/.test(type) ? ["no-authoritative-grants"] : [];

export const UNTIL = { title: "until 2031", expression: 'request.time < timestamp("2032-01-01T00:00:00Z")' };
