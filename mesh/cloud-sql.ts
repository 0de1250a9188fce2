/** How a service reaches its database in Cloud SQL. */
import { databaseUser } from "../google/accounts";
import type { CloudSqlConfig, CloudSqlSpec } from "./spec/cloud-sql";

/** The variable in which a service finds its database. */
export const DATABASE_VARIABLE = "DATABASE_URL";

/**
 * Where Cloud Run puts the sockets. Source: https://cloud.google.com/sql/docs/postgres/connect-run
 */
export const SOCKETS = "/cloudsql";

/** Name of the volume that holds the sockets. */
export const SOCKET_VOLUME = "cloudsql";

export function fillCloudSql(written: CloudSqlConfig, serviceName: string): CloudSqlSpec {
  const { instance, database } = typeof written === "string" ? { instance: written, database: undefined } : written;
  return { instance, database: database ?? serviceName.replaceAll("-", "_") };
}

/** Project and name of an instance; a project of a domain has a colon itself. */
export function instanceParts(connectionName: string): { readonly project: string; readonly instance: string } {
  const [, project = "", instance = ""] = /^(.+):[^:]+:([^:]+)$/.exec(connectionName) ?? [];
  return { project, instance };
}

/**
 * The connection URI of libpq, without a password: IAM takes an access token of the account in its place.
 * Source: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export function databaseUrl({ instance, database }: CloudSqlSpec, email: string): string {
  const host = encodeURIComponent(`${SOCKETS}/${instance}`);
  return `postgresql://${encodeURIComponent(databaseUser(email))}@/${database}?host=${host}`;
}

/** Roles without which an account neither connects nor logs in. Source: https://cloud.google.com/sql/docs/postgres/iam-roles */
export const DATABASE_ROLES = ["roles/cloudsql.client", "roles/cloudsql.instanceUser"] as const;

/**
 * Narrows a role on the project to one instance.
 * Source: https://cloud.google.com/sql/docs/postgres/iam-conditions
 */
export function instanceCondition(connectionName: string): { title: string; expression: string } {
  const { project, instance } = instanceParts(connectionName);
  const name = `projects/${project}/instances/${instance}`;
  return {
    title: `only ${instance}`,
    expression: `resource.name == "${name}" && resource.service == "sqladmin.googleapis.com"`,
  };
}
