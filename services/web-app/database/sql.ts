/** Who a transaction is run for, as the database is told. */
export interface Viewer {
  /** What rows are keyed on: the principal of the verified assertion. */
  readonly principal: string;
  /** What others read beside what this person wrote. */
  readonly name: string;
  /** Ids of the groups that the directory has the person in. */
  readonly groups: readonly string[];
}

export type Row = Readonly<Record<string, unknown>>;

/** Statements within one transaction. */
export interface Sql {
  /** @param text one statement; values only as `$1`, `$2` and so on */
  query<T extends object = Row>(text: string, values?: readonly unknown[]): Promise<readonly T[]>;
}

export interface Database {
  /**
   * Runs work in a transaction in which row-level security knows this person; it commits when the work is done, and
   * leaves nothing where the work fails.
   *
   * @throws ServiceError `database-unavailable`
   */
  as<T>(viewer: Viewer, work: (sql: Sql) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

export interface TransactionOptions {
  /** Whether PostgreSQL is to refuse every change. @default false */
  readonly readOnly?: boolean;
}

/** A step of a database's history; once applied somewhere, its text stays as it is. */
export interface Migration {
  /** E.g. `001-tickets`; unique, and in the order of the list. */
  readonly name: string;
  readonly sql: string;
}

/** What an app keeps in its database. */
export interface Schema {
  /** After those of this package. */
  readonly migrations: readonly Migration[];
  /** What the app's login role may do, run after the migrations each time; `:"app"` stands for the role. */
  readonly grants: string;
  /** A statement that makes a person's first rows in an embedded database; `$1` is the id of a team. @default none */
  readonly examples?: string;
}
