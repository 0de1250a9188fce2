import { type Attack, attack, type Forms, found, OPEN } from "./forms";
import { ALICE, SECRET_ID } from "./target";

/** Ways to see foreign rows. */
export function readingAttacks({ target, read, foreign }: Forms): readonly Attack[] {
  const { table, owner, text, child } = target;
  return [
    attack("reads the table", OPEN, read),
    attack("closes the condition", OPEN, `${read} where ${text} = '' or true`),
    attack("names a row whose id is known", OPEN, `${read} where id = '${SECRET_ID}'`),
    attack(
      "reads the rows below a row whose id is known",
      OPEN,
      `select * from ${child.table} where ${child.parent} = '${SECRET_ID}'`,
    ),
    attack("joins from below", OPEN, `select p.* from ${child.table} c join ${table} p on p.id = c.${child.parent}`),
    attack("reads by TABLE and TABLESAMPLE", OPEN, `table ${table}`, `${read} tablesample system (100)`),
    attack("asks for system columns", OPEN, `select ctid, xmin, ${text} from ${table}`),
    attack(
      "unites, nests and counts",
      OPEN,
      `with x as materialized (${read}) select x.* from x union all ${read}`,
      `select string_agg(t::text, ',') from ${table} t`,
    ),
    attack(
      "runs queries by functions that take SQL",
      OPEN,
      `select query_to_xml('${read}', true, false, '')`,
      `select table_to_xml('${table}', true, false, '')`,
      `select * from ts_stat('select to_tsvector(''simple'', replace(${text}, ''-'', ''_'')) from ${table}')`,
      `select schema_to_xml('app', true, false, '')`,
    ),
    attack(
      "reads by a block of code",
      OPEN,
      `do $$ declare r record; begin for r in ${read} loop raise notice '%', r; end loop; end $$`,
    ),
    attack("reads by COPY", OPEN, `copy ${table} to stdout`, `copy (${read}) to stdout`),
    attack(
      "reads by a cursor that outlives the transaction",
      OPEN,
      `declare held cursor with hold for ${read}; commit; fetch all from held`,
    ),
    attack("reads by a prepared statement", OPEN, `prepare theirs as ${read}; execute theirs; commit; execute theirs`),
    attack(
      "asks yes or no",
      OPEN,
      `select case when count(*) > 0 then ${found} end from ${table} where ${foreign}`,
      `select ${found} where exists (select from ${table} where ${owner} = '${ALICE}')`,
    ),
    attack(
      "provokes an error that holds a value",
      OPEN,
      `${read} where ${text}::int = 0`,
      `select xpath('/' || ${text}, '<a/>') from ${table} where ${text}::int > 0`,
    ),
    attack("filters by what tells what it sees", OPEN, `${read} where ${text} ~ '^[0-9]+$' or ${text}::int = 0`),
    attack("orders by what tells what it sees", OPEN, `${read} order by case when ${foreign} then ${text}::int end`),
    attack(
      "locks rows and reads them",
      OPEN,
      `${read} for update`,
      `select * from ${table} where id = '${SECRET_ID}' for share nowait`,
    ),
    attack(
      "reads after a savepoint",
      OPEN,
      `savepoint s; select set_config('web.identity', '', true); rollback to s; ${read}`,
    ),
    attack(
      "switches row-level security off for itself",
      OPEN,
      `set local row_security = off; ${read}`,
      `set row_security = off; ${read}; copy ${table} to stdout`,
    ),
    attack("reads without anybody signed in", OPEN, `commit; ${read}`, `${read}`),
    attack(
      "reads what the planner knows of the values",
      "no row-level security",
      `select * from pg_stats where schemaname = 'app'`,
    ),
    attack("reads the planner's own table", "superuser", `select stavalues1, stavalues2 from pg_statistic`),
    attack(
      "explains",
      "no row-level security",
      `explain (analyze, verbose, costs off) ${read} where ${foreign}`,
      `do $$ declare plan json; begin
         execute 'explain (analyze, format json) ${read} where ${text} like ''secr_t-red%''' into plan;
         if (plan -> 0 -> 'Plan' ->> 'Actual Rows')::int > 0 then raise notice '%', ${found}; end if;
       end $$`,
    ),
  ];
}
