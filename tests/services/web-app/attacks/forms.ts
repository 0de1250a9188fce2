import { RED, type Target } from "./target";

/** What has to be broken for an attack to get through; what `broken.ts` breaks. */
export type Break =
  | "no row-level security"
  | "a policy for everybody"
  | "identity is a plain setting"
  | "identity is in the text of statements"
  | "member of the owner"
  | "superuser"
  | "owner of the tables, not forced"
  | "all columns, no check"
  | "connections stay as they are left";

/** SQL that somebody got into a statement of the app, after the app has said who is signed in. */
export interface Attack {
  readonly name: string;
  /** Each runs in a transaction of the app's of its own, on one connection, and may hold several statements. */
  readonly sql: readonly string[];
  /** Runs in a later transaction of the attacker, after somebody else had the connection. */
  readonly later?: readonly string[];
  /** With any of these the attack succeeds, which the tests show. */
  readonly succeedsWith: Break;
}

/** What an attack prints where it found foreign rows without printing them; never as it stands in the statement. */
export const FOUND = "FOUND-FOREIGN";
/** The same, as SQL. */
export const found = "'FOUND-' || 'FOREIGN'";
/** What most attacks need: tables and columns that are open. */
export const OPEN: Break = "no row-level security";

export function attack(name: string, succeedsWith: Break, ...sql: string[]): Attack {
  return { name, sql, succeedsWith };
}

/** Pieces of SQL about one app's tables. */
export interface Forms {
  readonly target: Target;
  readonly ownerRole: string;
  readonly read: string;
  /** A condition for rows of the red team. */
  readonly foreign: string;
  /** Columns and values of a new row, for INSERT. */
  columns(extra: Readonly<Record<string, string>>): string;
  belowColumns(parent: string, extra?: Readonly<Record<string, string>>): string;
}

export function formsOf(target: Target, ownerRole: string): Forms {
  const { table, group, text, more, child, childMore } = target;
  const inserted = (all: Readonly<Record<string, string>>) =>
    `(${Object.keys(all).join(", ")}) values (${Object.values(all).join(", ")})`;
  return {
    target,
    ownerRole,
    read: `select * from ${table}`,
    // Written otherwise than the rows are, because explained statements show their conditions.
    foreign: `${text} like 'secr_t-red%'`,
    columns: (extra) => inserted({ [group]: `'${RED}'`, [text]: "'planted'", ...more, ...extra }),
    belowColumns: (parent, extra = {}) =>
      inserted({ [child.parent]: `'${parent}'`, [child.text]: "'planted'", ...childMore, ...extra }),
  };
}
