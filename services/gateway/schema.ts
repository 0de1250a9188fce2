import { z } from "zod";

export const idParameter = z.object({
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "allowed: 1 to 64 letters, digits, - and _"),
});

const service = z.string();
const thing = z.looseObject({ id: z.string() });
const orderList = z.looseObject({ service, count: z.int().min(0), orders: z.array(thing) });

/** What the gateway relies on in its callees' answers; whatever else they say is handed on. */
export const answers = {
  users: z.looseObject({ service, count: z.int().min(0), users: z.array(thing) }),
  user: z.looseObject({ service, user: thing }),
  orders: orderList,
  order: z.looseObject({ service, order: thing }),
  userOrders: z.looseObject({ service, user: thing, orders: orderList, flow: z.string() }),
};
