import { z } from "zod";
import { type Environment, EnvironmentReader, type Options } from "../runtime/index";
import type { Team } from "./database/migrate";
import type { GraphOptions } from "./directory/graph";

/** What a web app is told by its environment beyond what every service is, checked. */
export interface WebAppOptions {
  /** What every service is told. */
  readonly service: Options<never>;
  /** `BASE_PATH`: the route that leads here, which the path of a request keeps. @default the app's own */
  readonly base: string;
  /** `DIRECTORY`: who knows the groups of people. @default "table" for an app with a database, else "none" */
  readonly directory: "none" | "table" | "graph";
  /** With `DIRECTORY=graph`. */
  readonly graph?: GraphOptions;
  /** `DATABASE_URL`. @default "embedded", except on Cloud Run, where it has to be said */
  readonly database: string;
  /** `IDENTITY_KEY`, needed with PostgreSQL: one key or two, the first of which signs. */
  readonly keys: readonly Buffer[];
  /** `TEAMS`: groups that the app has a name for. `migrate` and the embedded database write them. @default none */
  readonly teams: readonly Team[];
  /** `EXAMPLE_PEOPLE`: principal and name of people for whom the embedded database begins with examples. @default none */
  readonly examplePeople: readonly (readonly [principal: string, name: string])[];
}

/** Value of `DATABASE_URL` for a database within the process. */
export const EMBEDDED = "embedded";

const teams = z.record(
  z.string().min(1).max(200),
  z.union([
    z
      .string()
      .min(1)
      .max(100)
      .transform((name) => ({ name, members: undefined })),
    z.strictObject({ name: z.string().min(1).max(100), members: z.array(z.string().min(1).max(500)).optional() }),
  ]),
);
const people = z.record(z.string().min(1).max(500), z.string().min(1).max(200));

/**
 * @param read what an app has read of its own already. @default nothing
 * @throws ServiceError `options-invalid` with every problem found
 */
export function readWebAppOptions(
  env: Environment,
  app: { base: string; hasDatabase: boolean },
  read = new EnvironmentReader(env),
): WebAppOptions {
  const directory = directoryOf(read, app.hasDatabase);
  const graph = directory === "graph" ? graphOf(read) : undefined;
  const database = app.hasDatabase ? databaseOf(read) : "";
  const isPostgres = app.hasDatabase && database !== EMBEDDED;
  const options: WebAppOptions = {
    service: read.options([]),
    base: baseOf(read, app.base),
    directory,
    ...(graph && { graph }),
    database,
    keys: isPostgres ? keysOf(read) : [],
    teams: teamsOf(read),
    examplePeople: Object.entries(jsonIn(read, "EXAMPLE_PEOPLE", people, '{"PRINCIPAL": "name"}') ?? {}),
  };
  if (isPostgres && options.examplePeople.length > 0) {
    read.report("EXAMPLE_PEOPLE", "goes with the embedded database alone; unset it, or unset DATABASE_URL");
  }
  read.finish();
  return options;
}

/** What `migrate` is told. */
export interface MigrationOptions {
  readonly service: Options<never>;
  /** `MIGRATION_DATABASE_URL`: as the role that owns the database. */
  readonly database: string;
  /** `DATABASE_APP_ROLE`: the app's login role. @default the user of `DATABASE_URL` */
  readonly appRole: string;
  readonly keys: readonly Buffer[];
  readonly teams: readonly Team[];
}

/** @throws ServiceError `options-invalid` with every problem found */
export function readMigrationOptions(env: Environment): MigrationOptions {
  const read = new EnvironmentReader(env);
  const database = read.text("MIGRATION_DATABASE_URL") ?? "";
  if (!POSTGRES.test(database)) {
    read.report(
      "MIGRATION_DATABASE_URL",
      `${got(database)}; allowed: postgresql://…, as the role that owns the database`,
    );
  }
  const user = /^postgres(?:ql)?:\/\/([^:@/?]+)[:@]/.exec(read.text("DATABASE_URL") ?? "")?.[1];
  const appRole = read.text("DATABASE_APP_ROLE") ?? (user && decodeURIComponent(user));
  if (!appRole)
    read.report("DATABASE_APP_ROLE", "not set; allowed: the app's login role, or DATABASE_URL, which names it");
  const options = {
    service: read.options([]),
    database,
    appRole: appRole ?? "",
    keys: keysOf(read),
    teams: teamsOf(read),
  };
  read.finish();
  return options;
}

const POSTGRES = /^postgres(ql)?:\/\/./;

/** A value that may hold a password is not quoted. */
function got(text: string | undefined): string {
  return text ? "got something else" : "not set";
}

function teamsOf(read: EnvironmentReader): readonly Team[] {
  const found = jsonIn(read, "TEAMS", teams, '{"GROUP_ID": "name"}') ?? {};
  return Object.entries(found).map(([groupId, team]) => ({ groupId, ...team }));
}

function databaseOf(read: EnvironmentReader): string {
  const text = read.text("DATABASE_URL");
  if (text === undefined && read.text("K_SERVICE") === undefined) return EMBEDDED;
  if (text === EMBEDDED || POSTGRES.test(text ?? "")) return text!;
  read.report(
    "DATABASE_URL",
    `${got(text)}; allowed: postgresql://…, or "${EMBEDDED}" for a database in each instance's memory, which is gone with it`,
  );
  return EMBEDDED;
}

function keysOf(read: EnvironmentReader): readonly Buffer[] {
  const texts = (read.text("IDENTITY_KEY") ?? "").split(",").map((text) => text.trim());
  const isKey = (text: string) => /^([0-9a-f]{2}){32,64}$/i.test(text);
  if (texts.length <= 2 && texts.every(isKey)) return texts.map((text) => Buffer.from(text, "hex"));
  read.report(
    "IDENTITY_KEY",
    `${got(texts[0])}; allowed: 32 to 64 bytes in hexadecimal, or two such keys separated by a comma; make one with \`openssl rand -hex 32\``,
  );
  return [];
}

function directoryOf(read: EnvironmentReader, hasDatabase: boolean): WebAppOptions["directory"] {
  const standard = hasDatabase ? "table" : "none";
  const text = read.text("DIRECTORY") ?? standard;
  if (text === "none" || text === "graph" || (text === "table" && hasDatabase)) return text;
  read.report("DIRECTORY", `got "${text}"; allowed: none, graph${hasDatabase ? ", table" : ""}`);
  return standard;
}

function graphOf(read: EnvironmentReader): GraphOptions {
  const value = (name: string, form: RegExp, allowed: string) => {
    const text = read.text(name) ?? "";
    if (!form.test(text)) read.report(name, `${text === "" ? "not set" : `got "${text}"`}; allowed: ${allowed}`);
    return text;
  };
  const secret = read.text("GRAPH_CLIENT_SECRET") ?? "";
  if (secret === "") read.report("GRAPH_CLIENT_SECRET", "not set; it comes from Secret Manager");
  return {
    tenant: value("GRAPH_TENANT", /^[a-z0-9][a-z0-9.-]*$/i, "the tenant's id or domain"),
    clientId: value("GRAPH_CLIENT_ID", /^[0-9a-f-]{36}$/i, "the application's id in Entra"),
    clientSecret: secret,
    workforcePool: value("WORKFORCE_POOL", /^[a-z][a-z0-9-]+$/, "the id of the workforce pool, as IAP has it"),
  };
}

function baseOf(read: EnvironmentReader, standard: string): string {
  const text = read.text("BASE_PATH") ?? standard;
  if (text === "/") return "";
  if (text === "" || /^(\/[A-Za-z0-9._~-]+)+$/.test(text)) return text;
  read.report("BASE_PATH", `got "${text}"; allowed: a path such as /service-desk, without a slash at its end`);
  return standard;
}

/** A variable that holds JSON; the value is not quoted where it is wrong. */
export function jsonIn<T>(read: EnvironmentReader, name: string, schema: z.ZodType<T>, allowed: string): T | undefined {
  const text = read.text(name);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    read.report(name, `not what is taken; allowed: ${allowed}`);
    return undefined;
  }
}
