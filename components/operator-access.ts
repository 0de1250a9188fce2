/** Roles of people on named resources, each until its day where one is given: IAM keeps the end of every kind. */
import * as projects from "@pulumi/gcp/projects";
import * as secretmanager from "@pulumi/gcp/secretmanager";
import * as storage from "@pulumi/gcp/storage";
import * as pulumi from "@pulumi/pulumi";
import { secretParts } from "../google/secrets";
import { type OperatorGrant, untilCondition } from "../mesh";
import { refusePublic } from "./invoker-grant";

export interface OperatorAccessArgs {
  /** Project of secrets that are named without one. */
  readonly project: string;
  /** The grants. Anyone (`allUsers`, `allAuthenticatedUsers`) is refused. */
  readonly grants: readonly OperatorGrant[];
}

export class OperatorAccess extends pulumi.ComponentResource {
  constructor(name: string, { project, grants }: OperatorAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-mesh:index:OperatorAccess", name, {}, opts);
    for (const grant of grants) createGrant(grant, project, { parent: this });
    this.registerOutputs({});
  }
}

function createGrant({ name, on, role, ...grant }: OperatorGrant, project: string, opts: pulumi.CustomResourceOptions) {
  const member = refusePublic("OperatorAccess", grant.member);
  const who = { role, member, ...(grant.until && { condition: untilCondition(grant.until) }) };
  if (on.kind === "bucket") return new storage.BucketIAMMember(name, { bucket: on.name, ...who }, opts);
  if (on.kind === "project") return new projects.IAMMember(name, { project: on.name, ...who }, opts);
  const { project: home = project, secret: secretId } = secretParts(on.name);
  return new secretmanager.SecretIamMember(name, { project: home, secretId, ...who }, opts);
}
