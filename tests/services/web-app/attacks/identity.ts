import { type Attack, type Forms, found } from "./forms";
import { ALICE, MALLORY, RED } from "./target";

const STATEMENT = `{"principal":"${ALICE}","name":"a","groups":["${RED}"],"expiresMs":99999999999999}`;
const ZEROS = "0".repeat(64);

/** Ways to be somebody else: another person, or another role. */
export function identityAttacks({ target, read, ownerRole }: Forms): readonly Attack[] {
  const { table } = target;
  return [
    {
      name: "states somebody else in the setting",
      succeedsWith: "identity is a plain setting",
      sql: [
        `select set_config('web.identity', '${ZEROS}${STATEMENT}', true); ${read}`,
        `commit; begin; set web.identity = '${ZEROS}${STATEMENT}'; ${read}; commit; ${read}`,
      ],
    },
    {
      name: "puts its own signature on another statement",
      succeedsWith: "identity is a plain setting",
      sql: [
        `select set_config('web.identity', left(current_setting('web.identity'), 64) || '${STATEMENT}', true); ${read}`,
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
        `select set_config('web.identity', encode(sha256(repeat(chr(92), 64)::bytea || sha256(repeat('6', 64)::bytea || '${STATEMENT}'::bytea)), 'hex') || '${STATEMENT}', true); ${read}`,
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
  ];
}
