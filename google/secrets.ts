/** How secrets of Secret Manager are named. Source: https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets */

/** Project, by its id or its number, and id of a secret; one that is named by its id alone says no project. */
export function secretParts(name: string): { readonly project?: string; readonly secret: string } {
  const [, project, secret] = /^projects\/([^/]+)\/secrets\/(.+)$/.exec(name) ?? [];
  return project === undefined || secret === undefined ? { secret: name } : { project, secret };
}
