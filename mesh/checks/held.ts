import { accountEmail } from "../../google/accounts";
import type { Problem } from "../problems";
import { runners } from "../project-services";
import type { MeshSpec } from "../spec/spec";

/** Something that the stack holds from its last update. */
export interface Held {
  /** The namespace of its name, in which Google takes each name once: `services`, `jobs`, `workerPools`, `accounts`. */
  readonly of: string;
  /** Logical name in the stack, which is the key of the config. */
  readonly key: string;
  /** Whole name: `projects/P/locations/R/services/NAME`, or the e-mail address of an account. */
  readonly name: string;
}

/**
 * A new key that takes the name of what the stack holds under another one: the engine would make it before it deletes the
 * other, and Google refuses the second of a name. And a key that is said to be another one, while the stack holds both.
 */
export function checkHeld(spec: MeshSpec, held: readonly Held[]): Problem[] {
  const owners = new Map(held.map((one) => [`${one.of} ${one.name}`, one.key]));
  const keys = new Set(runners(spec).map(({ key }) => key));
  const isHeld = (of: string, key: string) => held.some((one) => one.of === of && one.key === key);
  return KINDS_OF.flatMap(([kind, of]) =>
    Object.values(spec[kind] ?? {}).flatMap((node): Problem[] => {
      const { key, formerly, name, accountId, serviceAccount } = node;
      if (formerly !== undefined && isHeld(of, formerly) && isHeld(of, key)) {
        const message = `the stack holds "${formerly}" and "${key}" both, and two cannot become one; first deploy "${formerly}" as it was, without "${key}"`;
        return [{ path: `${kind}.${key}.formerly`, message }];
      }
      const place = placeOf(spec, of, name);
      const email = serviceAccount === undefined ? accountEmail(accountId, spec.project) : "";
      for (const [field, value, owner] of [
        ["name", name, owners.get(`${of} ${place}`)],
        ["accountId", accountId, owners.get(`accounts ${email}`)],
      ] as const) {
        if (owner === undefined || owner === key || owner === formerly) continue;
        const way = keys.has(owner)
          ? `, which still is in the config; take the name from "${owner}" first, in an update of its own`
          : `; to rename that key, set "formerly: ${owner}" here; for another one, choose another ${field}`;
        return [{ path: `${kind}.${key}.${field}`, message: `"${value}" is held by the stack under "${owner}"${way}` }];
      }
      return [];
    }),
  );
}

/**
 * Traffic to a revision of a service that the stack does not hold: it is made by this update, and has none but its first,
 * whose name Cloud Run chooses. Google makes the service all the same, and the update fails.
 */
export function checkRevisions(spec: MeshSpec, held: readonly Held[]): Problem[] {
  const names = new Set(held.map(({ of, name }) => `${of} ${name}`));
  return Object.values(spec.services)
    .filter(({ name }) => !names.has(`services ${placeOf(spec, "services", name)}`))
    .flatMap(({ key, name, traffic = [] }) =>
      traffic.flatMap(({ revision }, i): Problem[] => {
        if (revision === undefined) return [];
        const message = `"${revision}" does not exist: the stack holds no service "${name}" yet; deploy it first, without "traffic"`;
        return [{ path: `services.${key}.traffic[${i}].revision`, message }];
      }),
    );
}

function placeOf({ project, region }: MeshSpec, of: string, name: string): string {
  return `projects/${project}/locations/${region}/${of}/${name}`;
}

/** The maps of the config, and the namespace of the names in each: a function is a service of the same name underneath. */
const KINDS_OF = [
  ["services", "services"],
  ["functions", "services"],
  ["jobs", "jobs"],
  ["workerPools", "workerPools"],
] as const;
