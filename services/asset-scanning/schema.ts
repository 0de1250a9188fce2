import { z } from "zod";
import { oneOf, optional, words } from "../web-app/forms";

export const KINDS = ["laptop", "phone", "server", "network", "other"] as const;
export const SEVERITIES = ["low", "medium", "high", "critical"] as const;
export const STATES = ["open", "accepted", "fixed"] as const;

/** What a label says; scanners differ in case, and send spaces around. */
export const code = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9][A-Z0-9-]{2,39}$/, "allowed: 3 to 40 letters, digits and hyphens, e.g. LT-20417");

/** What the form of a new asset sends. */
export const newAsset = z.strictObject({
  code,
  name: words(200),
  kind: oneOf(KINDS),
  place: words(200),
  team: optional(words(200)),
});

export const newFinding = z.strictObject({ what: words(2_000), severity: oneOf(SEVERITIES) });

export const settled = z.strictObject({ state: oneOf(STATES) });

export const moved = z.strictObject({ place: words(200) });

export interface Asset {
  readonly id: string;
  readonly holder: string;
  readonly holder_name: string;
  readonly team: string | null;
  readonly team_name: string | null;
  readonly code: string;
  readonly name: string;
  readonly kind: (typeof KINDS)[number];
  readonly place: string;
  /** How many findings are open. */
  readonly open: number;
  readonly changed_at: Date;
}

export interface Finding {
  readonly id: string;
  readonly finder: string;
  readonly finder_name: string;
  readonly what: string;
  readonly severity: (typeof SEVERITIES)[number];
  readonly state: (typeof STATES)[number];
  readonly created_at: Date;
}
