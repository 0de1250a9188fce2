import { type Attack, type Forms, found } from "./forms";
import { ALICE } from "./target";

/** Ways to change what the database is made of. */
export function structureAttacks({ target, read }: Forms): readonly Attack[] {
  const { table, text } = target;
  return [
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
  ];
}
