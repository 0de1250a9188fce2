import type { WrongConfig } from "./wrong-config";

/** Wrong people with roles on named resources. */

const GROUP = "group:analysts@acme.com";
const viewer = { role: "roles/storage.objectViewer", bucket: "acme-reports" };

function people(fact: string, change: Record<string, unknown>, problem: string): WrongConfig {
  const config = { operators: { analysts: { member: GROUP, roles: [viewer], ...change } } };
  return { fact: `people with roles ${fact}`, config, problems: [`operators.analysts${problem}`] };
}

export const wrongOperators: readonly WrongConfig[] = [
  {
    fact: "a key of people with capitals",
    config: { operators: { Analysts: { member: GROUP, roles: [viewer] } } },
    problems: [
      'operators.Analysts: key "Analysts" must be lower-case letters, digits and hyphens, starting with a letter',
    ],
  },
  people(
    "who are anyone",
    { member: "allAuthenticatedUsers" },
    '.member: "allAuthenticatedUsers" would let anyone in; no config value does; name who may call: write "user:", "group:" or "serviceAccount:" with an e-mail address, or a "principal://" or "principalSet://" identifier',
  ),
  people(
    "who are a machine",
    { member: "serviceAccount:ci@acme-dev.iam.gserviceaccount.com" },
    '.member: "serviceAccount:ci@acme-dev.iam.gserviceaccount.com" is no person; give the account of a service its "roles", or grant it where it is made',
  ),
  people(
    "who are one, without an end",
    { member: "user:ada@acme.com" },
    '.until: is missing; "user:ada@acme.com" is one person, whose roles have to end; set the last day, or name a group',
  ),
  people(
    "who are one of a pool, without an end",
    { member: "principal://iam.googleapis.com/locations/global/workforcePools/acme-staff/subject/1" },
    '.until: is missing; "principal://iam.googleapis.com/locations/global/workforcePools/acme-staff/subject/1" is one person, whose roles have to end; set the last day, or name a group',
  ),
  people(
    "whose time is over",
    { until: "2026-11-22" },
    '.until: "2026-11-22" is in the past (today is 2026-11-23, UTC); set a later day or remove the grant',
  ),
  people("without one", { roles: [] }, ".roles: is empty; list at least one entry"),
  people(
    "on nothing",
    { roles: [{ role: "roles/logging.viewer" }] },
    ".roles[0]: got nothing that it is on, expected exactly one of bucket, secret, project",
  ),
  people(
    "on two things",
    { roles: [{ ...viewer, project: "acme-dev" }] },
    ".roles[0]: got bucket and project, expected exactly one of bucket, secret, project",
  ),
  people(
    "listed twice",
    { roles: [viewer, viewer] },
    '.roles[1]: "roles/storage.objectViewer" is listed twice on it; remove one entry',
  ),
  people(
    "that undo the mesh",
    { roles: [{ role: "roles/run.admin", project: "acme-dev" }] },
    '.roles[0].role: "roles/run.admin" reaches whatever the mesh declares, or everything; grant a narrower role',
  ),
  people(
    "that are none",
    { roles: [{ ...viewer, role: "objectViewer" }] },
    '.roles[0].role: got "objectViewer", must be a role, e.g. "roles/cloudsql.client"',
  ),
  {
    fact: "people with roles on names that are too short",
    config: {
      operators: {
        analysts: {
          member: GROUP,
          roles: [
            { ...viewer, bucket: "b" },
            { role: "roles/secretmanager.viewer", secret: "" },
            { role: "roles/logging.viewer", project: "acme" },
          ],
        },
      },
    },
    problems: [
      'operators.analysts.roles[0].bucket: got "b", expected at least 3 characters',
      "operators.analysts.roles[1].secret: is empty; write at least one character, or remove it",
      'operators.analysts.roles[2].project: got "acme", expected at least 6 characters',
    ],
  },
];
