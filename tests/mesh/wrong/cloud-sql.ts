import { type WrongConfig, wrongWebs } from "./wrong-config";

/** Wrong in the database that a service logs in to. */

const cloudSql = "acme-dev:europe-west9:main";

export const wrongDatabases: readonly WrongConfig[] = wrongWebs([
  [{ cloudSql: "main" }, 'cloudSql: got "main", must be a connection name, e.g. "acme-dev:europe-west9:main"'],
  [
    { cloudSql: { instance: "projects/acme-dev/instances/main" } },
    'cloudSql.instance: got "projects/acme-dev/instances/main", must be a connection name, e.g. "acme-dev:europe-west9:main"',
  ],
  [
    { cloudSql: { instance: cloudSql, database: "my-shop" } },
    'cloudSql.database: got "my-shop", must be letters, digits and underscores, not starting with a digit',
  ],
  [
    { cloudSql, env: { DATABASE_URL: "postgresql://10.0.0.2/web" } },
    'env.DATABASE_URL: "DATABASE_URL" is set by "cloudSql"; remove one of the two',
  ],
  [
    { cloudSql, volumes: { sql: { mountPath: "/cloudsql", cloudSql: { instances: [cloudSql] } } } },
    'volumes.sql: stands where "cloudSql" puts the database\'s socket; remove one of the two',
  ],
  [
    { cloudSql, volumes: { cloudsql: { mountPath: "/sockets", cloudSql: { instances: [cloudSql] } } } },
    'volumes.cloudsql: stands where "cloudSql" puts the database\'s socket; remove one of the two',
  ],
]);
