import type { Schema } from "../../web-app/database/sql";
import TABLES from "./001-assets.sql";
import EXAMPLES from "./examples.sql";
import GRANTS from "./grants.sql";

export const schema: Schema = {
  migrations: [{ name: "001-assets", sql: TABLES }],
  grants: GRANTS,
  examples: EXAMPLES,
};
