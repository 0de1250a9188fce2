import { ALICE, MALLORY, OWN_ID, RED, SECRET_CHILD_ID, SECRET_ID, type Target } from "./target";

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
const found = "'FOUND-' || 'FOREIGN'";

export function attacksOn(target: Target, ownerRole: string): readonly Attack[] {
  const { table, owner, group, text, more, change, child, childMore } = target;
  const read = `select * from ${table}`;
  // Written otherwise than the rows are, because explained statements show their conditions.
  const foreign = `${text} like 'secr_t-red%'`;
  const columns = (extra: Readonly<Record<string, string>>) => {
    const all = { [group]: `'${RED}'`, [text]: "'planted'", ...more, ...extra };
    return `(${Object.keys(all).join(", ")}) values (${Object.values(all).join(", ")})`;
  };
  const belowColumns = (parent: string, extra: Readonly<Record<string, string>> = {}) => {
    const all = { [child.parent]: `'${parent}'`, [child.text]: "'planted'", ...childMore, ...extra };
    return `(${Object.keys(all).join(", ")}) values (${Object.values(all).join(", ")})`;
  };
  const statement = `{"principal":"${ALICE}","name":"a","groups":["${RED}"],"expiresMs":99999999999999}`;
  const zeros = "0".repeat(64);
  return [
    // Reading
    ...reading("reads the table", read),
    ...reading("closes the condition", `${read} where ${text} = '' or true`),
    ...reading("names a row whose id is known", `${read} where id = '${SECRET_ID}'`),
    ...reading(
      "reads the rows below a row whose id is known",
      `select * from ${child.table} where ${child.parent} = '${SECRET_ID}'`,
    ),
    ...reading("joins from below", `select p.* from ${child.table} c join ${table} p on p.id = c.${child.parent}`),
    ...reading("reads by TABLE and TABLESAMPLE", `table ${table}`, `${read} tablesample system (100)`),
    ...reading("asks for system columns", `select ctid, xmin, ${text} from ${table}`),
    ...reading(
      "unites, nests and counts",
      `with x as materialized (${read}) select x.* from x union all ${read}`,
      `select string_agg(t::text, ',') from ${table} t`,
    ),
    ...reading(
      "runs queries by functions that take SQL",
      `select query_to_xml('${read}', true, false, '')`,
      `select table_to_xml('${table}', true, false, '')`,
      `select * from ts_stat('select to_tsvector(''simple'', replace(${text}, ''-'', ''_'')) from ${table}')`,
      `select schema_to_xml('app', true, false, '')`,
    ),
    ...reading(
      "reads by a block of code",
      `do $$ declare r record; begin for r in ${read} loop raise notice '%', r; end loop; end $$`,
    ),
    ...reading("reads by COPY", `copy ${table} to stdout`, `copy (${read}) to stdout`),
    ...reading(
      "reads by a cursor that outlives the transaction",
      `declare held cursor with hold for ${read}; commit; fetch all from held`,
    ),
    ...reading("reads by a prepared statement", `prepare theirs as ${read}; execute theirs; commit; execute theirs`),
    ...reading(
      "asks yes or no",
      `select case when count(*) > 0 then ${found} end from ${table} where ${foreign}`,
      `select ${found} where exists (select from ${table} where ${owner} = '${ALICE}')`,
    ),
    ...reading(
      "provokes an error that holds a value",
      `${read} where ${text}::int = 0`,
      `select xpath('/' || ${text}, '<a/>') from ${table} where ${text}::int > 0`,
    ),
    ...reading("filters by what tells what it sees", `${read} where ${text} ~ '^[0-9]+$' or ${text}::int = 0`),
    ...reading("orders by what tells what it sees", `${read} order by case when ${foreign} then ${text}::int end`),
    ...reading(
      "locks rows and reads them",
      `${read} for update`,
      `select * from ${table} where id = '${SECRET_ID}' for share nowait`,
    ),
    ...reading(
      "reads after a savepoint",
      `savepoint s; select set_config('web.identity', '', true); rollback to s; ${read}`,
    ),
    ...reading(
      "switches row-level security off for itself",
      `set local row_security = off; ${read}`,
      `set row_security = off; ${read}; copy ${table} to stdout`,
    ),
    ...reading("reads without anybody signed in", `commit; ${read}`, `${read}`),
    reading2(
      "reads what the planner knows of the values",
      "no row-level security",
      `select * from pg_stats where schemaname = 'app'`,
    ),
    reading2("reads the planner's own table", "superuser", `select stavalues1, stavalues2 from pg_statistic`),
    reading2(
      "explains",
      "no row-level security",
      `explain (analyze, verbose, costs off) ${read} where ${foreign}`,
      `do $$ declare plan json; begin
         execute 'explain (analyze, format json) ${read} where ${text} like ''secr_t-red%''' into plan;
         if (plan -> 0 -> 'Plan' ->> 'Actual Rows')::int > 0 then raise notice '%', ${found}; end if;
       end $$`,
    ),

    // Who is signed in
    {
      name: "states somebody else in the setting",
      succeedsWith: "identity is a plain setting",
      sql: [
        `select set_config('web.identity', '${zeros}${statement}', true); ${read}`,
        `commit; begin; set web.identity = '${zeros}${statement}'; ${read}; commit; ${read}`,
      ],
    },
    {
      name: "puts its own signature on another statement",
      succeedsWith: "identity is a plain setting",
      sql: [
        `select set_config('web.identity', left(current_setting('web.identity'), 64) || '${statement}', true); ${read}`,
      ],
    },
    {
      name: "adds to the statement that is signed",
      succeedsWith: "identity is a plain setting",
      sql: [
        `select set_config('web.identity', left(current_setting('web.identity'), -1) || ',"principal":"${ALICE}","groups":["${RED}"]}', true); ${read}`,
      ],
    },
    {
      name: "replaces the groups alone",
      succeedsWith: "identity is a plain setting",
      sql: [
        `select set_config('web.identity', left(current_setting('web.identity'), 64) || (jsonb_set(substr(current_setting('web.identity'), 65)::jsonb, '{groups}', '["${RED}"]'))::text, true); ${read}`,
      ],
    },
    {
      name: "signs with a key of its own",
      succeedsWith: "identity is a plain setting",
      sql: [
        `select set_config('web.identity', encode(sha256(repeat(chr(92), 64)::bytea || sha256(repeat('6', 64)::bytea || '${statement}'::bytea)), 'hex') || '${statement}', true); ${read}`,
      ],
    },
    {
      name: "reads the key",
      succeedsWith: "superuser",
      sql: [
        `select ${found} from web.identity_key`,
        `copy web.identity_key to stdout`,
        `update web.identity_key set inner_pad = ''; select ${found}`,
      ],
    },
    {
      name: "writes a key of its own",
      succeedsWith: "superuser",
      sql: [
        `insert into web.identity_key values (repeat('6', 64)::bytea, repeat(E'\\\\', 64)::bytea); select ${found}`,
      ],
    },
    {
      name: "listens to what the server says of its functions",
      succeedsWith: "superuser",
      sql: [
        `set client_min_messages = debug5; set debug_print_plan = on; select web.identity(); reset client_min_messages`,
        `set log_statement = 'all'; select ${found}`,
      ],
    },
    {
      name: "looks for signed statements in what other sessions run",
      succeedsWith: "identity is in the text of statements",
      sql: [`select ${found} from pg_stat_activity where query like '%"princi' || 'pal":%expiresMs%'`],
    },
    {
      name: "makes itself a member of the team",
      succeedsWith: "superuser",
      sql: [`insert into web.membership values ('${RED}', '${MALLORY}'); select ${found}`],
    },

    // Roles
    {
      name: "takes the owner's role",
      succeedsWith: "member of the owner",
      sql: [`set role ${ownerRole}; alter table ${table} no force row level security; ${read}`],
    },
    {
      name: "takes the superuser's role",
      succeedsWith: "superuser",
      sql: [`set role postgres; ${read}`, `set session authorization postgres; ${read}`],
    },
    {
      name: "resets the role",
      succeedsWith: "superuser",
      sql: [`reset role; ${read}`, `reset session authorization; ${read}`],
    },
    {
      name: "gives itself attributes and roles",
      succeedsWith: "superuser",
      sql: [
        `alter role current_user superuser; ${read}`,
        `alter role current_user bypassrls`,
        `grant ${ownerRole} to current_user`,
        read,
      ],
    },

    // What the database is made of
    {
      name: "switches row-level security off for the table",
      succeedsWith: "owner of the tables, not forced",
      sql: [
        `alter table ${table} disable row level security; ${read}`,
        `alter table ${table} no force row level security; ${read}`,
      ],
    },
    {
      name: "drops, alters and adds policies",
      succeedsWith: "owner of the tables, not forced",
      sql: [
        `create policy everybody on ${table} using (true); ${read}`,
        `do $$ declare p record; begin for p in select policyname as name from pg_policies where schemaname = 'app' loop execute format('alter policy %I on ${table} using (true)', p.name); end loop; end $$`,
        read,
      ],
    },
    {
      name: "puts a function in the place of the one that knows the person",
      succeedsWith: "superuser",
      sql: [
        `create or replace function web.principal() returns text language sql as $$ select '${ALICE}' $$; ${read}`,
        `alter function web.identity() rename to old; select ${found}`,
      ],
    },
    {
      name: "makes functions, views, tables, triggers and rules",
      succeedsWith: "superuser",
      sql: [
        `create function public.tell(text) returns bool language plpgsql cost 0.0001 as $$ begin raise notice '%', $1; return true; end $$; ${read} where public.tell(${text})`,
        `create view app.theirs as ${read}; table app.theirs`,
        `create table app.theirs as ${read}; select ${found}`,
        `create trigger spy before insert on ${table} for each row execute function web.touch(); select ${found}`,
        `create rule spy as on insert to ${table} do also notify spy; select ${found}`,
      ],
    },
    {
      name: "makes what is temporary, and puts its own names before others",
      succeedsWith: "superuser",
      sql: [
        `create function pg_temp.sha256(bytea) returns bytea language sql as $$ select ''::bytea $$; set search_path = pg_temp, pg_catalog; ${read}; select ${found}`,
        `create temporary table spy (x text); select ${found}`,
      ],
    },
    {
      name: "reads and writes files, and runs programs",
      succeedsWith: "superuser",
      sql: [
        `copy ${table} to program 'cat'; select ${found}`,
        `select pg_read_file('PG_VERSION'); select ${found}`,
        `select lo_import('/etc/passwd'); select ${found}`,
        `select pg_ls_dir('.'); select ${found}`,
      ],
    },
    {
      name: "loads extensions, languages and replication",
      succeedsWith: "superuser",
      sql: [
        `create extension if not exists plpgsql_call; select ${found}`,
        `create publication spy for all tables; select ${found}`,
        `load 'auto_explain'; select ${found}`,
      ],
    },

    // Changing
    ...changing(
      "changes the rows of others",
      `update ${table} set ${change}`,
      `update ${table} set ${change} where id = '${SECRET_ID}' returning *`,
    ),
    ...changing(
      "changes by a join",
      `update ${table} t set ${change} from ${child.table} c where c.${child.parent} = t.id returning t.*`,
    ),
    ...changing("deletes the rows of others", `delete from ${table}`),
    ...changing(
      "deletes rows below the rows of others",
      `delete from ${child.table}`,
      `delete from ${child.table} where id = '${SECRET_CHILD_ID}' returning *`,
    ),
    changing2("truncates", "superuser", `truncate ${table} cascade`),
    changing2(
      "writes in the name of others",
      "all columns, no check",
      `insert into ${table} ${columns({ [owner]: `'${ALICE}'` })}`,
      `insert into ${table} ${columns({ [`${owner}_name`]: "'Alice'" })}`,
    ),
    changing2(
      "writes below its own row in the name of others",
      "all columns, no check",
      `insert into ${child.table} ${belowColumns(OWN_ID, { [child.author]: `'${ALICE}'` })}`,
    ),
    changing2(
      "writes below the rows of others",
      "all columns, no check",
      `insert into ${child.table} ${belowColumns(SECRET_ID)}`,
    ),
    changing2(
      "gives a row of its own to others",
      "all columns, no check",
      `update ${table} set ${owner} = '${ALICE}'`,
      `update ${table} set ${owner} = '${ALICE}' where id = '${OWN_ID}'`,
    ),
    changing2(
      "moves a row below that of others",
      "all columns, no check",
      `update ${child.table} set ${child.parent} = '${SECRET_ID}'`,
    ),
    changing2(
      "writes over a row whose id is known",
      "a policy for everybody",
      `insert into ${table} ${columns({ id: `'${SECRET_ID}'` })} on conflict (id) do update set ${text} = 'mine', ${owner} = '${MALLORY}' returning *`,
    ),
    changing2(
      "merges into the rows of others",
      "no row-level security",
      `merge into ${table} t using (select 1) as s on t.${owner} <> '${MALLORY}' when matched then update set ${change}`,
    ),
    {
      name: "learns from a refusal which ids there are",
      succeedsWith: "all columns, no check",
      sql: [
        `do $$ declare one text; other text; begin
         begin insert into ${child.table} ${belowColumns(SECRET_ID)}; exception when others then one := sqlstate || sqlerrm; end;
         begin insert into ${child.table} ${belowColumns("99999999-9999-4999-8999-999999999999")}; exception when others then other := sqlstate || sqlerrm; end;
         if one is distinct from other then raise notice '%', ${found}; end if;
       end $$`,
      ],
    },

    // Whoever has the connection next
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
        `execute theirs; select case when count(*) > 0 then ${found} end from pg_locks where locktype = 'advisory' and pid = pg_backend_pid() and objid = 7`,
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

  function reading(name: string, ...sql: string[]): readonly Attack[] {
    return [{ name, sql, succeedsWith: "no row-level security" }];
  }
  function reading2(name: string, succeedsWith: Break, ...sql: string[]): Attack {
    return { name, sql, succeedsWith };
  }
  function changing(name: string, ...sql: string[]): readonly Attack[] {
    return [{ name, sql, succeedsWith: "no row-level security" }];
  }
  function changing2(name: string, succeedsWith: Break, ...sql: string[]): Attack {
    return { name, sql, succeedsWith };
  }
}
