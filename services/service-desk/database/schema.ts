import type { Schema } from "../../web-app/database/sql";
import TICKETS from "./001-tickets.sql";
import EXAMPLES from "./examples.sql";
import GRANTS from "./grants.sql";

export const schema: Schema = {
  migrations: [{ name: "001-tickets", sql: TICKETS }],
  grants: GRANTS,
  examples: EXAMPLES,
};
