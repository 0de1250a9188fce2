import type { Sql } from "./database/sql";

export interface NamedTeam {
  readonly group_id: string;
  readonly name: string;
}

/** Groups that the app has a name for. */
export function teams(sql: Sql): Promise<readonly NamedTeam[]> {
  return sql.query("select group_id, name from web.team order by name");
}

/** Those of them that the person is in. */
export function ownTeams(sql: Sql): Promise<readonly NamedTeam[]> {
  return sql.query("select group_id, name from web.team where group_id = any (web.groups()) order by name");
}
