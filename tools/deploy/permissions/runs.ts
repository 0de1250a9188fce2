import type { MeshSpec } from "../../../mesh";
import { hasStorageTriggers, hasTriggers } from "../../../mesh/project-services";
import { always, type Row, when } from "./row";

const hasFunctions = when(({ functions }) => functions !== undefined);

/** A bucket that a function names belongs to somebody, in whatever project, and is not asked. */
const makesBucket = when(({ functions = {} }: MeshSpec) =>
  Object.values(functions).some(({ bucket }) => bucket === undefined),
);

/** What it takes to deploy services, jobs, worker pools and functions. */
export const RUNS: readonly Row[] = [
  { permissions: ["run.services.get"], what: "read the services", where: "every mesh", preview: true, on: always },
  {
    permissions: ["run.services.getIamPolicy"],
    what: "read who may call them",
    where: "every mesh",
    preview: true,
    on: always,
  },
  { permissions: ["run.services.create"], what: "create the services", where: "every mesh", on: always },
  { permissions: ["run.services.update"], what: "change the services", where: "every mesh", on: always },
  {
    permissions: ["run.services.setIamPolicy"],
    what: "grant run.invoker on each service",
    where: "every mesh",
    on: always,
  },
  { permissions: ["run.operations.get"], what: "wait until Cloud Run is done", where: "every mesh", on: always },
  {
    permissions: ["run.jobs.get"],
    what: "read the jobs",
    where: "`jobs`",
    preview: true,
    on: when(({ jobs }) => jobs !== undefined),
  },
  {
    permissions: ["run.jobs.create", "run.jobs.update"],
    what: "create and change the jobs",
    where: "`jobs`",
    on: when(({ jobs }) => jobs !== undefined),
  },
  {
    permissions: ["run.workerpools.get"],
    what: "read the worker pools",
    where: "`workerPools`",
    preview: true,
    on: when(({ workerPools }) => workerPools !== undefined),
  },
  {
    permissions: ["run.workerpools.create", "run.workerpools.update"],
    what: "create and change the worker pools",
    where: "`workerPools`",
    on: when(({ workerPools }) => workerPools !== undefined),
  },
  {
    permissions: ["cloudfunctions.functions.get"],
    what: "read the functions",
    where: "`functions`",
    preview: true,
    on: hasFunctions,
  },
  {
    permissions: ["cloudfunctions.functions.create", "cloudfunctions.functions.update"],
    what: "build, create and change the functions",
    where: "`functions`",
    on: hasFunctions,
  },
  {
    permissions: ["cloudfunctions.operations.get"],
    what: "wait until Cloud Functions is done",
    where: "`functions`",
    on: hasFunctions,
  },
  {
    // Source: https://cloud.google.com/eventarc/standard/docs/functions/roles-permissions
    permissions: ["eventarc.triggers.create", "eventarc.triggers.get", "eventarc.triggers.update"],
    what: "have events brought to functions",
    where: "functions with `trigger`",
    on: when(hasTriggers),
  },
  {
    // Source: https://cloud.google.com/storage/docs/access-control/iam-json
    permissions: ["resourcemanager.projects.get"],
    what: "ask for Cloud Storage's own account, which tells of objects",
    where: "functions whose `trigger` is an event of Cloud Storage",
    preview: true,
    on: when(hasStorageTriggers),
  },
  {
    permissions: ["storage.buckets.create", "storage.buckets.get"],
    what: "make the bucket for the functions' code",
    where: "functions without `bucket`",
    on: makesBucket,
  },
  {
    permissions: ["storage.objects.create", "storage.objects.get", "storage.objects.delete"],
    what: "put their code there, new in place of old",
    where: "functions without `bucket`",
    on: makesBucket,
  },
];
