import { z } from "zod";

export const STATUSES = ["pending", "confirmed", "shipped", "delivered", "cancelled"] as const;

/** What an order may become next. */
export const NEXT: Readonly<Record<Status, readonly Status[]>> = {
  pending: ["confirmed", "cancelled"],
  confirmed: ["shipped", "cancelled"],
  shipped: ["delivered"],
  delivered: [],
  cancelled: [],
};

export type Status = (typeof STATUSES)[number];

export interface Order {
  readonly id: string;
  readonly user_id: string;
  readonly product: string;
  readonly quantity: number;
  readonly unit_price_cents: number;
  readonly total_cents: number;
  readonly status: Status;
  /** RFC 3339, UTC. */
  readonly created_at: string;
}

const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "allowed: 1 to 64 letters, digits, - and _");

export const idParameter = z.object({ id });
export const userParameter = z.object({ userId: id });

/** The body of `POST /orders`. */
export const newOrder = z.strictObject({
  user_id: id,
  product: z.string().trim().min(1).max(200),
  quantity: z.int().min(1).max(1_000),
  unit_price_cents: z.int().min(0).max(100_000_000),
});
export type NewOrder = z.infer<typeof newOrder>;

/** The body of `PATCH /orders/{id}/status`. */
export const newStatus = z.strictObject({ status: z.enum(STATUSES) });

/** The query of `GET /orders`. */
export const filters = z.strictObject({
  status: z.enum(STATUSES).optional(),
  user_id: id.optional(),
  product: z.string().min(1).max(200).optional(),
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/, "allowed: a whole number from 1 to 100")
    .transform(Number)
    .optional(),
});
export type Filters = z.infer<typeof filters>;
