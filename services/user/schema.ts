import { z } from "zod";

export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** RFC 3339, UTC. */
  readonly created_at: string;
}

export const idParameter = z.object({
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "allowed: 1 to 64 letters, digits, - and _"),
});

/** The body of `POST /users`. */
export const newUser = z.strictObject({
  name: z.string().trim().min(1).max(100),
  email: z.email().max(254),
});
export type NewUser = z.infer<typeof newUser>;

/** What the order service answers on `/orders/user/{userId}`. */
export const userOrders = z.object({
  service: z.string(),
  count: z.int().min(0),
  orders: z.array(z.record(z.string(), z.unknown())),
});
