import { z } from "zod";
import { formerly, until } from "./shared";

/** People who call services and functions from their own machines, as written in stack config. */

export const developer = z.strictObject({
  formerly,
  member: z.string().describe("Who it is, e.g. `user:dev@acme.com` or `group:developers@acme.com`"),
  calls: z
    .array(z.string())
    .min(1)
    .describe("Keys of the services and functions that they call, in the name of an account made for that alone"),
  until: until
    .optional()
    .describe("Last day, UTC, `YYYY-MM-DD`, the day included; needed for one person; default: no end"),
  accessTokens: z
    .boolean()
    .optional()
    .describe(
      "Whether they get access tokens of that account too, as `gcloud --impersonate-service-account` needs; default: false, ID tokens alone",
    ),
});

export type DeveloperConfig = z.output<typeof developer>;
