import { instanceParts, type MeshSpec } from "../../../mesh";
import { hasImpersonations, makesAccounts, secretsOf } from "../../../mesh/project-services";
import { always, homesOf, type Row, when, whenSome } from "./row";

const rolesOn = (mesh: MeshSpec) =>
  mesh.functions === undefined ? whenSome(({ roles = [] }) => roles.length > 0)(mesh) : [mesh.project];

const databaseHomes = ({ services }: MeshSpec) => [
  ...new Set(
    Object.values(services).flatMap(({ cloudSql }) => (cloudSql ? [instanceParts(cloudSql.instance).project] : [])),
  ),
];

/** Resources of one kind on which people hold roles. */
const operated = ({ operators = {} }: MeshSpec, kind: "bucket" | "project" | "secret") =>
  Object.values(operators).flatMap(({ roles }) => roles.flatMap((grant) => grant[kind] ?? []));

const operatorHomes = (mesh: MeshSpec) =>
  operated(mesh, "secret").map((secret) => /^projects\/([^/]+)\//.exec(secret)?.[1] ?? mesh.project);

/** What it takes to make the accounts, and to grant them and others what they need. */
export const ACCOUNTS: readonly Row[] = [
  {
    permissions: ["iam.serviceAccounts.actAs"],
    what: "have everything run, and functions be built and called, as accounts of their own",
    where: "every mesh",
    on: always,
  },
  {
    permissions: ["iam.serviceAccounts.create", "iam.serviceAccounts.get"],
    what: "create the accounts",
    where:
      "wherever an account is created: without `serviceAccount`, with `functions`, `developers` or people with an end in `access`",
    on: when(makesAccounts),
  },
  {
    permissions: ["iam.serviceAccounts.getIamPolicy", "iam.serviceAccounts.setIamPolicy"],
    what: "let people mint tokens of the accounts that they call as",
    where: "`developers`, and people with an end in `access`",
    on: when(hasImpersonations),
  },
  {
    permissions: ["iam.serviceAccounts.update"],
    what: "rename the account when its developer changes",
    where: "`developers`",
    on: when(({ developers }) => developers !== undefined),
  },
  {
    permissions: ["iap.webServices.getIamPolicy", "iap.webServices.setIamPolicy"],
    what: "say who comes through Identity-Aware Proxy",
    where: "services with `iap`, and `loadBalancer`",
    on: (mesh) => (mesh.loadBalancer ? [mesh.project] : whenSome(({ iap }) => iap !== undefined)(mesh)),
  },
  {
    permissions: ["secretmanager.secrets.getIamPolicy", "secretmanager.secrets.setIamPolicy"],
    what: "let accounts read their secrets",
    where: "whatever reads secrets, and `operators`, on the project that the secret is in",
    on: (mesh) => [...new Set([...homesOf(secretsOf)(mesh), ...operatorHomes(mesh)])],
  },
  {
    permissions: ["resourcemanager.projects.getIamPolicy", "resourcemanager.projects.setIamPolicy"],
    what: "grant the accounts their roles on the project",
    where:
      "`roles`, `functions`, which are built and called by accounts with roles, `cloudSql`, on its project, and `operators` on a project",
    on: (mesh) => [...new Set([...rolesOn(mesh), ...databaseHomes(mesh), ...operated(mesh, "project")])],
  },
  {
    permissions: ["storage.buckets.getIamPolicy", "storage.buckets.setIamPolicy"],
    what: "grant people roles on buckets",
    where: "`operators` with a bucket, taken to be in the mesh's project",
    on: (mesh) => (operated(mesh, "bucket").length > 0 ? [mesh.project] : []),
  },
  {
    permissions: ["cloudsql.instances.get", "cloudsql.users.create", "cloudsql.users.list"],
    what: "make the users that the services log in as",
    where: "`cloudSql`, on the project that the instance is in",
    on: databaseHomes,
  },
];
