import type { MeshSpec } from "../../mesh";
import { ACCOUNTS } from "./permissions/accounts";
import { AROUND } from "./permissions/around";
import { LOAD_BALANCER } from "./permissions/load-balancer";
import type { Row } from "./permissions/row";
import { RUNS } from "./permissions/runs";

/** A permission that the person who deploys needs on a project, and what for. */
export interface Permission {
  readonly name: string;
  readonly what: string;
  readonly project: string;
}

/**
 * What deploying takes: to make everything, to wait for it and read it back, and to change what changes with the config.
 * Deleting is not asked for: a first `up` deletes nothing, what runs is protected by default, and whoever may not take
 * things away can still deploy. One thing goes in every day's work, the code of a function that has new code.
 * Source: the permissions reference of each API, https://cloud.google.com/iam/docs/permissions-reference
 */
export const PERMISSIONS: readonly Row[] = [...RUNS, ...ACCOUNTS, ...AROUND, ...LOAD_BALANCER];

/** What deploying this mesh takes, in the order of the table. */
export function neededPermissions(spec: MeshSpec, operation: "preview" | "up"): Permission[] {
  return PERMISSIONS.filter(({ preview }) => preview || operation === "up").flatMap(({ permissions, what, on }) =>
    on(spec).flatMap((project) => permissions.map((name) => ({ name, what, project }))),
  );
}
