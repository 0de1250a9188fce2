import * as assert from "node:assert/strict";
import {
  type ControlPlane,
  type ControlPlaneOptions,
  type CreateResult,
  openControlPlane,
  type Properties,
} from "../../../sandbox/control-plane";

export const SERVICE = "gcp:cloudrunv2/service:Service";
export const SERVICE_GRANT = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";
export const JOB = "gcp:cloudrunv2/job:Job";
export const JOB_GRANT = "gcp:cloudrunv2/jobIamMember:JobIamMember";
export const ACCOUNT = "gcp:serviceaccount/account:Account";
export const SECRET = "gcp:secretmanager/secret:Secret";
export const SECRET_VERSION = "gcp:secretmanager/secretVersion:SecretVersion";
export const SECRET_GRANT = "gcp:secretmanager/secretIamMember:SecretIamMember";
export const PROJECT_GRANT = "gcp:projects/iAMMember:IAMMember";
export const NETWORK = "gcp:compute/network:Network";
export const SUBNETWORK = "gcp:compute/subnetwork:Subnetwork";

export const PROJECT = "acme-dev";
export const NUMBER = "123456789012";
export const REGION = "europe-west9";
export const NOW = new Date("2026-06-01T12:00:00Z");
export const SERVICES = `projects/${PROJECT}/locations/${REGION}/services`;

/** A control plane for one project, with a clock that stands still. */
export function cloud(options: ControlPlaneOptions = {}): ControlPlane {
  const controlPlane = openControlPlane({ projects: [{ id: PROJECT, number: NUMBER }], clock: () => NOW, ...options });
  controlPlane.configure({ project: PROJECT, region: REGION });
  return controlPlane;
}

/** Checks and creates, as the engine does. */
export function make(controlPlane: ControlPlane, type: string, name: string, news: Properties): CreateResult {
  const { inputs, failures } = controlPlane.check({ type, name, news });
  assert.deepEqual(failures, []);
  return controlPlane.create({ type, name, inputs });
}

export function account(controlPlane: ControlPlane, accountId: string): string {
  return String(make(controlPlane, ACCOUNT, accountId, { accountId }).state["email"]);
}

/** The inputs of a service: its container, its template and itself may each be changed. */
export function service(
  name: string,
  parts: { container?: Properties; template?: Properties; self?: Properties } = {},
) {
  const containers = [{ image: "example/app:1", ...parts.container }];
  const template: Properties = { containers, ...parts.template };
  return { name, location: REGION, deletionProtection: false, template, ...parts.self };
}

export function secretWithValue(controlPlane: ControlPlane, secretId: string): void {
  make(controlPlane, SECRET, secretId, { secretId, replication: { auto: {} } });
  make(controlPlane, SECRET_VERSION, secretId, {
    secret: `projects/${PROJECT}/secrets/${secretId}`,
    secretData: "hush",
  });
}

export function invoker(member: string, more: Properties = {}): Properties {
  return { name: "order", location: REGION, role: "roles/run.invoker", member, ...more };
}

/** The whole message of what is thrown. */
export function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return assert.fail("nothing was refused");
}
