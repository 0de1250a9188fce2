import { accountEmail } from "../../google/accounts";
import type { Finding } from "../problems";
import type { CallerSpec } from "../spec/spec";

/** Everything that runs, by path: `services.web`, `jobs.nightly`. */
export type Callers = Readonly<Record<string, CallerSpec & Accounts>>;

interface Accounts {
  readonly serviceAccount?: string | undefined;
  /** Those of a function that only build it and bring its events. */
  readonly buildAccountId?: string;
  readonly triggerAccountId?: string;
  /** The one that people with an end call it as. */
  readonly accessAccountId?: string;
}

/** What an account's id may come of. */
export const ID_FROM = ["accountId", "formerly", "name", "serviceAccount"];

/** Two of them must not become one resource on Google Cloud, nor one node of the mesh, nor run under one identity. */
export function checkUnique(callers: Callers, project: string): Finding[] {
  const problems: Finding[] = [];
  const owners = new Map<string, { path: string; from: readonly string[] }>();
  /** @param from settings that it comes of where it is not written itself */
  const claim = (
    path: string,
    field: string,
    from: readonly string[],
    value: string,
    what: string,
    claimed: string,
  ) => {
    const owner = owners.get(claimed);
    if (owner === undefined) {
      owners.set(claimed, { path, from });
      return true;
    }
    problems.push({
      path: field === "" ? path : `${path}.${field}`,
      message: `"${value}" is also that of ${owner.path}; ${what}`,
      restsOn: [...from.map((setting) => `${path}.${setting}`), ...owner.from.map((one) => `${owner.path}.${one}`)],
    });
    return false;
  };
  for (const [path, spec] of Object.entries(callers)) {
    const { key, name, accountId, serviceAccount, buildAccountId, triggerAccountId, accessAccountId } = spec;
    const own = serviceAccount === undefined ? accountId : undefined;
    const [kind] = path.split(".");
    const each = kind === "services" ? "each service" : "each";
    if (!claim(path, "", [], key, "give each a key of its own", `key ${key}`)) continue;
    // A function is a service of the same name underneath.
    const named = `${kind === "functions" ? "services" : kind} ${name}`;
    const isNamedApart = claim(path, "name", ["formerly", "name"], name, `give ${each} its own`, named);
    if (serviceAccount !== undefined)
      claim(
        path,
        "serviceAccount",
        [],
        serviceAccount,
        `${each} needs an account of its own`,
        serviceAccount.toLowerCase(),
      );
    // The id of an account may come of the name, whose problem is told.
    if (!isNamedApart) continue;
    for (const id of [own, buildAccountId, triggerAccountId, accessAccountId]) {
      if (id !== undefined) claim(path, "accountId", ID_FROM, id, `give ${each} its own`, accountEmail(id, project));
    }
  }
  return problems;
}
