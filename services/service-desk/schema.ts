import { z } from "zod";
import { oneOf, words } from "../web-app/forms";

export const STATUSES = ["open", "in progress", "waiting", "solved"] as const;
export const PRIORITIES = ["low", "normal", "high"] as const;

/** What the form of a new ticket sends. */
export const newTicket = z.strictObject({
  title: words(200),
  team: words(200),
  priority: oneOf(PRIORITIES),
  body: words(10_000),
});

export const change = z.strictObject({ status: oneOf(STATUSES), priority: oneOf(PRIORITIES) });

export const newComment = z.strictObject({ body: words(10_000), internal: z.literal("yes").optional() });

export interface Ticket {
  readonly id: string;
  readonly requester: string;
  readonly requester_name: string;
  readonly team: string;
  readonly team_name: string;
  readonly title: string;
  readonly body: string;
  readonly priority: (typeof PRIORITIES)[number];
  readonly status: (typeof STATUSES)[number];
  readonly created_at: Date;
  readonly changed_at: Date;
}

export interface Comment {
  readonly id: string;
  readonly author: string;
  readonly author_name: string;
  readonly body: string;
  readonly internal: boolean;
  readonly created_at: Date;
}
