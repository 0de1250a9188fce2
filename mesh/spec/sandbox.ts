import { z } from "zod";
import { key } from "./shared";

/** What only the sandbox reads; nothing of it is deployed. */
export const sandbox = z
  .strictObject({
    people: z
      .record(
        key,
        z.strictObject({
          name: z.string().min(1).optional().describe("As the page shows it on which one signs in; default: the key"),
          email: z
            .string()
            .regex(/^[^\s@:]+@[^\s@:]+\.[^\s@:]+$/, 'must be an e-mail address, e.g. "ada@acme.example"')
            .describe("Address"),
          id: z.guid().optional().describe("Object id in Entra, for a workforce pool; default: made of the key"),
          groups: z
            .array(z.string().min(1))
            .optional()
            .describe("Groups: object ids for a workforce pool, else addresses; default: none"),
        }),
      )
      .optional()
      .describe("Who may sign in; default: whoever the config names as a person, and one of each group"),
  })
  .describe("What only the sandbox reads; nothing of it is deployed");
