import { GoogleError } from "../errors";
import type { Handler } from "../handler";
import { textAt } from "../properties";

export const DATABASE_USER = "gcp:sql/user:User";

/** A user in an instance of Cloud SQL for PostgreSQL; the instance is taken to exist. */
export const databaseUser: Handler = {
  kind: "User",
  defaults: () => ({ type: "BUILT_IN" }),
  // Source: sql/resource_sql_user.go of the provider; PostgreSQL has no host between the two.
  identify: (inputs) => `${String(inputs["name"])}//${String(inputs["instance"])}`,
  duplicate: ({ inputs }) => `The user "${String(inputs["name"])}" already exists., alreadyExists`,
  admit({ inputs }) {
    if (textAt(inputs, "type") !== "CLOUD_IAM_SERVICE_ACCOUNT") return;
    const name = String(inputs["name"]);
    if (name.endsWith(".gserviceaccount.com")) {
      // Source: https://cloud.google.com/sql/docs/postgres/add-manage-iam-users
      const message = `Invalid request: Database username for Cloud IAM service account should be created without ".gserviceaccount.com" suffix., invalid`;
      throw new GoogleError(400, message);
    }
  },
};
