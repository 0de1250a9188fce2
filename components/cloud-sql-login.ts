/** A service account's way into a database of Cloud SQL for PostgreSQL: it connects and logs in as itself, without a password. */

import * as projects from "@pulumi/gcp/projects";
import * as sql from "@pulumi/gcp/sql";
import type * as pulumi from "@pulumi/pulumi";
import { databaseUser } from "../google/accounts";
import { DATABASE_ROLES, instanceCondition, instanceParts } from "../mesh";

export interface CloudSqlLoginArgs {
  /** Connection name of an instance with IAM database authentication: `PROJECT:REGION:INSTANCE`. */
  readonly instance: string;
  /** E-mail address of the account. */
  readonly email: pulumi.Output<string>;
  /** The account as an IAM member. */
  readonly member: pulumi.Input<string>;
}

/**
 * What has to be there before anything logs in: the roles, on this instance alone, and the user in the instance, which
 * owns nothing and is granted nothing.
 */
export function cloudSqlLogin(
  name: string,
  { instance, email, member }: CloudSqlLoginArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const place = instanceParts(instance);
  const condition = instanceCondition(instance);
  const grants = DATABASE_ROLES.map((role) => {
    const grant = `${name}-logs-in-${role.replace(/^roles\//, "")}`;
    return new projects.IAMMember(grant, { project: place.project, role, member, condition }, opts);
  });
  const type = "CLOUD_IAM_SERVICE_ACCOUNT";
  return [...grants, new sql.User(name, { ...place, name: email.apply(databaseUser), type }, opts)];
}
