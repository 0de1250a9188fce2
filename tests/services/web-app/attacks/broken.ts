import type { Break } from "./forms";
import type { Target } from "./target";
import type { Prepared } from "./world";

/** What the superuser does to a database so that some attacks get through. */
export function breaking(how: Break, { table, child, owner }: Target, { appRole, ownerRole }: Prepared): string {
  const both = [table, child.table];
  const each = (sql: (name: string) => string) => both.map(sql).join(";\n");
  switch (how) {
    case "no row-level security":
      return each((name) => `alter table ${name} disable row level security`);
    case "a policy for everybody":
      return each((name) => `create policy everybody on ${name} using (true); grant all on ${name} to ${appRole}`);
    case "identity is a plain setting":
      return `create or replace function web.identity() returns jsonb language sql stable security definer
        as $$ select substr(nullif(current_setting('web.identity', true), ''), 65)::jsonb $$`;
    case "member of the owner":
      return `grant ${ownerRole} to ${appRole}`;
    case "superuser":
      return `alter role ${appRole} superuser`;
    case "owner of the tables, not forced":
      return `grant create on schema app to ${appRole}; ${each((name) => `alter table ${name} owner to ${appRole}; alter table ${name} no force row level security`)}`;
    case "all columns, no check":
      return `${each((name) => `grant all on ${name} to ${appRole}`)};
        create policy free_insert on ${table} for insert with check (true);
        create policy free_update on ${table} for update using (${owner} = web.principal()) with check (true);
        create policy free_insert on ${child.table} for insert with check (true);
        create policy free_update on ${child.table} for update using (${child.author} = web.principal()) with check (true)`;
    case "connections stay as they are left":
    case "identity is in the text of statements":
      return "select";
  }
}
