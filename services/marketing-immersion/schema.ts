import { z } from "zod";
import { oneOf, optional, words } from "../web-app/forms";

export const STAGES = ["draft", "live", "ended"] as const;
export const KINDS = ["360° tour", "augmented reality", "virtual reality", "installation", "film"] as const;

const DAY = "allowed: a date such as 2027-03-31";

/** PostgreSQL has no year 0. */
const day = optional(z.iso.date(DAY).refine((text) => !text.startsWith("0000"), DAY));

/** What the form of a new campaign sends. */
export const newCampaign = z.strictObject({
  title: words(200),
  brief: words(10_000),
  team: optional(words(200)),
  starts_on: day,
});

export const change = z.strictObject({
  title: words(200),
  brief: words(10_000),
  stage: oneOf(STAGES),
  starts_on: day,
});

export const newExperience = z.strictObject({ title: words(200), kind: oneOf(KINDS) });

export interface Campaign {
  readonly id: string;
  readonly planner: string;
  readonly planner_name: string;
  readonly team: string | null;
  readonly team_name: string | null;
  readonly title: string;
  readonly brief: string;
  readonly stage: (typeof STAGES)[number];
  /** `2027-03-31` */
  readonly starts_on: string | null;
  /** How many experiences belong to it. */
  readonly experiences: number;
}

export interface Experience {
  readonly id: string;
  readonly author: string;
  readonly author_name: string;
  readonly title: string;
  readonly kind: (typeof KINDS)[number];
}
