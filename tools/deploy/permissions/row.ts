import type { MeshSpec } from "../../../mesh";
import { type Runner, runners } from "../../../mesh/project-services";

/** Permissions that a mesh may take, told together. */
export interface Row {
  readonly permissions: readonly string[];
  readonly what: string;
  /** For people: which meshes need it. */
  readonly where: string;
  /** That a preview needs it too: it reads what runs. */
  readonly preview?: true;
  /** The projects on which it is needed; none where the mesh does not need it. */
  readonly on: (mesh: MeshSpec) => readonly string[];
}

export const always = ({ project }: MeshSpec) => [project];
export const when = (test: (mesh: MeshSpec) => boolean) => (mesh: MeshSpec) => (test(mesh) ? [mesh.project] : []);
export const whenSome = (test: (runner: Runner) => boolean) => when((mesh) => runners(mesh).some(test));

/**
 * The projects that what is named is in, the mesh's own where the name has none: a network or a secret of another project
 * has its own owners.
 */
export const homesOf = (named: (runner: Runner) => readonly (string | undefined)[]) => (mesh: MeshSpec) => {
  const names = runners(mesh).flatMap(named);
  const homes = names.flatMap((name) =>
    name === undefined ? [] : [/^projects\/([^/]+)\//.exec(name)?.[1] ?? mesh.project],
  );
  return [...new Set(homes)];
};
