import { z } from "zod";

/** What may be known of an account, as `account-scoring` names it, and how the page calls it. */
export const FACTS = {
  openDeals: "Deals are open",
  recentContact: "We were in touch lately",
  renewal: "A renewal is due",
} as const;

export type Fact = keyof typeof FACTS;

export const FACT_NAMES = Object.keys(FACTS) as readonly Fact[];

/** What the form sends: the account's name, and each fact that is ticked. */
export interface Account {
  readonly name: string;
  readonly facts: ReadonlySet<Fact>;
}

const accountName = z.string().trim().min(1).max(100);

/** Undefined where the query names no account. */
export function accountIn(query: URLSearchParams): Account | undefined {
  const { success, data } = accountName.safeParse(query.get("account"));
  return success ? { name: data, facts: new Set(FACT_NAMES.filter((fact) => query.has(fact))) } : undefined;
}

/** What `account-scoring` answers. */
export const scored = z.object({ score: z.number(), because: z.array(z.string()) });

/** What `account-summary` answers. */
export const summarized = z.object({ summary: z.string() });
