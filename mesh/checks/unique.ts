import { accountEmail } from "../names";
import type { Problem } from "../problems";
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

/** Two of them must not become one resource on Google Cloud, nor one node of the mesh, nor run under one identity. */
export function checkUnique(callers: Callers, project: string): Problem[] {
  const problems: Problem[] = [];
  const owners = new Map<string, string>();
  const claim = (path: string, field: string, value: string, what: string, claimed: string): boolean => {
    const owner = owners.get(claimed);
    if (owner === undefined) {
      owners.set(claimed, path);
      return true;
    }
    problems.push({
      path: field === "" ? path : `${path}.${field}`,
      message: `"${value}" is also that of ${owner}; ${what}`,
    });
    return false;
  };
  for (const [path, spec] of Object.entries(callers)) {
    const { key, name, accountId, serviceAccount, buildAccountId, triggerAccountId, accessAccountId } = spec;
    const own = serviceAccount === undefined ? accountId : undefined;
    const [kind] = path.split(".");
    const each = kind === "services" ? "each service" : "each";
    if (!claim(path, "", key, "give each a key of its own", `key ${key}`)) continue;
    // A function is a service of the same name underneath.
    const named = `${kind === "functions" ? "services" : kind} ${name}`;
    if (!claim(path, "name", name, `give ${each} its own`, named)) continue;
    if (serviceAccount !== undefined)
      claim(
        path,
        "serviceAccount",
        serviceAccount,
        `${each} needs an account of its own`,
        serviceAccount.toLowerCase(),
      );
    for (const id of [own, buildAccountId, triggerAccountId, accessAccountId]) {
      if (id !== undefined) claim(path, "accountId", id, `give ${each} its own`, accountEmail(id, project));
    }
  }
  return problems;
}
