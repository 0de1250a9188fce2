import { z } from "zod";
import { role, until } from "./shared";

/** People with roles on named resources, as written in stack config. */

const grant = z.strictObject({
  role: role.describe("What they hold, e.g. `roles/storage.objectViewer`"),
  bucket: z.string().min(3).optional().describe("On this Cloud Storage bucket"),
  secret: z.string().min(1).optional().describe("On this secret, or `projects/PROJECT/secrets/NAME`"),
  project: z.string().min(6).optional().describe("On this whole project, by its id"),
});

export const operator = z.strictObject({
  member: z
    .string()
    .describe(
      "Who it is: a group, or of a workforce pool `principalSet://iam.googleapis.com/locations/global/workforcePools/POOL/group/OBJECT_ID`",
    ),
  roles: z.array(grant).min(1).describe("What they hold, each on one bucket, secret or project"),
  until: until
    .optional()
    .describe("Last day, UTC, `YYYY-MM-DD`, the day included; needed for one person; default: no end"),
});

export type OperatorConfig = z.output<typeof operator>;

/** People with roles on named resources, as filled in. */
export interface OperatorSpec extends OperatorConfig {
  readonly key: string;
}

/** The resources that a role may be on. */
export const TARGETS = ["bucket", "secret", "project"] as const;
