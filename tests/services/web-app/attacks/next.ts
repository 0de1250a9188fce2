import { type Attack, type Forms, found } from "./forms";

/** Ways to leave something for whoever has the connection next. */
export function nextAttacks({ read }: Forms): readonly Attack[] {
  return [
    {
      name: "leaves a statement of its own for the session",
      succeedsWith: "connections stay as they are left",
      sql: [`commit; select set_config('web.identity', 'x', false); set default_transaction_read_only = on`],
    },
    {
      name: "leaves prepared statements, cursors and locks",
      succeedsWith: "connections stay as they are left",
      sql: [`prepare theirs as ${read}; select pg_advisory_lock(7); listen spy; commit`],
      later: [
        "execute theirs",
        `select case when count(*) > 0 then ${found} end from pg_locks where locktype = 'advisory' and pid = pg_backend_pid() and objid = 7`,
      ],
    },
    {
      name: "leaves a table that stands before the app's",
      succeedsWith: "connections stay as they are left",
      sql: [`create temporary table spy (x text); commit`, `set search_path = pg_temp; commit`],
      later: [
        `select case when current_setting('search_path') = 'pg_temp' then ${found} end`,
        `select ${found} from pg_class where relname = 'spy'`,
      ],
    },
  ];
}
