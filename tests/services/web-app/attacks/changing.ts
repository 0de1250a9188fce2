import { type Attack, attack, type Forms, found, OPEN } from "./forms";
import { ALICE, MALLORY, OWN_ID, SECRET_CHILD_ID, SECRET_ID } from "./target";

/** Ways to change foreign rows, and to make rows in the name of others. */
export function changingAttacks({ target, columns, belowColumns }: Forms): readonly Attack[] {
  const { table, owner, text, change, child } = target;
  return [
    attack(
      "changes the rows of others",
      OPEN,
      `update ${table} set ${change}`,
      `update ${table} set ${change} where id = '${SECRET_ID}' returning *`,
    ),
    attack(
      "changes by a join",
      OPEN,
      `update ${table} t set ${change} from ${child.table} c where c.${child.parent} = t.id returning t.*`,
    ),
    attack("deletes the rows of others", OPEN, `delete from ${table}`),
    attack(
      "deletes rows below the rows of others",
      OPEN,
      `delete from ${child.table}`,
      `delete from ${child.table} where id = '${SECRET_CHILD_ID}' returning *`,
    ),
    attack("truncates", "superuser", `truncate ${table} cascade`),
    attack(
      "writes in the name of others",
      "all columns, no check",
      `insert into ${table} ${columns({ [owner]: `'${ALICE}'` })}`,
      `insert into ${table} ${columns({ [`${owner}_name`]: "'Alice'" })}`,
    ),
    attack(
      "writes below its own row in the name of others",
      "all columns, no check",
      `insert into ${child.table} ${belowColumns(OWN_ID, { [child.author]: `'${ALICE}'` })}`,
    ),
    attack(
      "writes below the rows of others",
      "all columns, no check",
      `insert into ${child.table} ${belowColumns(SECRET_ID)}`,
    ),
    attack(
      "gives a row of its own to others",
      "all columns, no check",
      `update ${table} set ${owner} = '${ALICE}'`,
      `update ${table} set ${owner} = '${ALICE}' where id = '${OWN_ID}'`,
    ),
    attack(
      "moves a row below that of others",
      "all columns, no check",
      `update ${child.table} set ${child.parent} = '${SECRET_ID}'`,
    ),
    attack(
      "writes over a row whose id is known",
      "a policy for everybody",
      `insert into ${table} ${columns({ id: `'${SECRET_ID}'` })} on conflict (id) do update set ${text} = 'mine', ${owner} = '${MALLORY}' returning *`,
    ),
    attack(
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
  ];
}
