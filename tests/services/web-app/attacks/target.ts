import { schema as assetScanning } from "../../../../services/asset-scanning/database/schema";
import { schema as marketingImmersion } from "../../../../services/marketing-immersion/database/schema";
import { schema as serviceDesk } from "../../../../services/service-desk/database/schema";
import type { Schema } from "../../../../services/web-app/database/sql";

/** Where an app keeps its rows, for attacks that go for any of them. */
export interface Target {
  readonly app: string;
  readonly schema: Schema;
  /** The table whose rows belong to a person and to a group. */
  readonly table: string;
  readonly owner: string;
  readonly group: string;
  /** A column of text. */
  readonly text: string;
  /** What else a row needs, and a sound value of it as SQL. */
  readonly more: Readonly<Record<string, string>>;
  /** A change that the app's own forms make. */
  readonly change: string;
  /** The table whose rows are seen where their parent is. */
  readonly child: { readonly table: string; readonly parent: string; readonly author: string; readonly text: string };
  readonly childMore: Readonly<Record<string, string>>;
}

export const RED = "00000000-0000-4000-8000-00000000000a";
export const BLUE = "00000000-0000-4000-8000-00000000000b";

const person = (id: string) =>
  `principal://iam.googleapis.com/locations/global/workforcePools/acme-staff/subject/${id}`;
export const ALICE = person("alice");
export const BOB = person("bob");
export const MALLORY = person("mallory");

/** Row of Alice's in the red team, of which whoever attacks knows the id. */
export const SECRET_ID = "11111111-1111-4111-8111-111111111111";
export const SECRET_CHILD_ID = "11111111-1111-4111-8111-222222222222";
/** Row of whoever attacks. */
export const OWN_ID = "33333333-3333-4333-8333-333333333333";

/** Rows of three people in two teams. Texts of the attacker's own are numbers, so that casting them is no error. */
export function rowsOf({ table, owner, group, text, more, child, childMore }: Target): string {
  const row = (id: string, who: string, team: string, words: string) =>
    `insert into ${table} (id, ${owner}, ${owner}_name, ${group}, ${text}${Object.keys(more)
      .map((name) => `, ${name}`)
      .join("")})
     values ('${id}', '${who}', 'name of ${words}', '${team}', '${words}'${Object.values(more)
       .map((value) => `, ${value}`)
       .join("")});`;
  const below = (id: string, parent: string, who: string, words: string) =>
    `insert into ${child.table} (id, ${child.parent}, ${child.author}, ${child.author}_name, ${child.text}${Object.keys(
      childMore,
    )
      .map((name) => `, ${name}`)
      .join("")})
     values ('${id}', '${parent}', '${who}', 'name of ${words}', '${words}'${Object.values(childMore)
       .map((value) => `, ${value}`)
       .join("")});`;
  const id = (digit: string) => SECRET_ID.replaceAll("1", digit);
  return [
    row(SECRET_ID, ALICE, RED, "secret-red-1"),
    row(id("5"), ALICE, RED, "secret-red-2"),
    row(id("6"), BOB, RED, "secret-red-3"),
    row(id("7"), BOB, BLUE, "secret-blue-1"),
    row(OWN_ID, MALLORY, BLUE, "1"),
    below(SECRET_CHILD_ID, SECRET_ID, ALICE, "secret-red-4"),
    below(id("8"), id("7"), BOB, "secret-blue-2"),
    below(id("9"), OWN_ID, MALLORY, "2"),
    // The statistics of the planner hold what is common.
    `insert into ${table} (${owner}, ${owner}_name, ${group}, ${text}${Object.keys(more)
      .map((name) => `, ${name}`)
      .join("")})
     select '${ALICE}', 'a', '${RED}', 'secret-red-5'${Object.values(more)
       .map((value) => `, ${value}`)
       .join("")} from generate_series(1, 20);`,
    `analyze ${table}, ${child.table};`,
  ].join("\n");
}

export const TARGETS: readonly Target[] = [
  {
    app: "service-desk",
    schema: serviceDesk,
    table: "app.ticket",
    owner: "requester",
    group: "team",
    text: "title",
    more: { body: "'body'", priority: "'low'" },
    change: "status = 'solved'",
    child: { table: "app.comment", parent: "ticket", author: "author", text: "body" },
    childMore: { internal: "false" },
  },
  {
    app: "marketing-immersion",
    schema: marketingImmersion,
    table: "app.campaign",
    owner: "planner",
    group: "team",
    text: "title",
    more: { brief: "'brief'" },
    change: "stage = 'ended'",
    child: { table: "app.experience", parent: "campaign", author: "author", text: "title" },
    childMore: { kind: "'film'" },
  },
  {
    app: "asset-scanning",
    schema: assetScanning,
    table: "app.asset",
    owner: "holder",
    group: "team",
    text: "name",
    more: { code: "'LT-001'", kind: "'laptop'", place: "'here'" },
    change: "place = 'elsewhere'",
    child: { table: "app.finding", parent: "asset", author: "finder", text: "what" },
    childMore: { severity: "'low'" },
  },
];
