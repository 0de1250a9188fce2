import * as assert from "node:assert/strict";
import { formatProblems, type MeshSpec, parseMesh } from "../../mesh";
import { neededPermissions, PERMISSIONS } from "../../tools/deploy/permissions";
import { IMAGE, meshInput, TODAY } from "../mesh/support";

type Change = Parameters<typeof meshInput>[0];

function parsed(change: Change = {}): MeshSpec {
  const { spec, problems } = parseMesh(meshInput(change), TODAY);
  assert.ok(spec, formatProblems(problems));
  return spec;
}

const SECRET = { secret: "key", version: "1" };
const OWN = { serviceAccount: "run@acme-dev.iam.gserviceaccount.com" };
const OPEN = { ingress: { all: "developers come from the internet" } };
const FUNCTION = { source: "functions/account-scoring", runtime: "nodejs22", entryPoint: "score" };
const DEVELOPERS = { ann: { member: "group:developers@acme.com", calls: ["api"] } };
const TASK = { nightly: { image: IMAGE } };

describe("the permissions of a deployment", () => {
  const needed = (change: Change, operation: "preview" | "up" = "up") =>
    neededPermissions(parsed(change), operation).map(({ name }) => name);
  const PLAIN = [
    "run.services.get",
    "run.services.getIamPolicy",
    "run.services.create",
    "run.services.update",
    "run.services.setIamPolicy",
    "run.operations.get",
    "iam.serviceAccounts.actAs",
  ];
  const ACCOUNTS = ["iam.serviceAccounts.create", "iam.serviceAccounts.get"];
  const SECRETS = ["secretmanager.secrets.getIamPolicy", "secretmanager.secrets.setIamPolicy"];
  const ROLES = ["resourcemanager.projects.getIamPolicy", "resourcemanager.projects.setIamPolicy"];

  /** Beyond those of services that run as accounts which exist, and call nobody. */
  const besides = (config: object, api: object = {}) => {
    const alone = { config: { network: undefined, ...config }, web: { calls: [], ...OWN } };
    const all = needed({ ...alone, api: { serviceAccount: "api@acme-dev.iam.gserviceaccount.com", ...api } });
    assert.deepEqual(all.filter((name) => PLAIN.includes(name)).sort(), [...PLAIN].sort());
    return all.filter((name) => !PLAIN.includes(name));
  };

  it("are those of Cloud Run, and to run as accounts that exist, for the smallest mesh", () =>
    assert.deepEqual(besides({}), []));

  it("are two for a preview, and one for each further kind of what runs", () => {
    const two = ["run.services.get", "run.services.getIamPolicy"];
    assert.deepEqual(needed({}, "preview"), two);
    const all = { jobs: TASK, workerPools: { take: { image: IMAGE } }, functions: { score: FUNCTION } };
    assert.deepEqual(needed({ config: all }, "preview"), [
      ...two,
      "run.jobs.get",
      "run.workerpools.get",
      "cloudfunctions.functions.get",
    ]);
  });

  it("are those of jobs and of worker pools, which have accounts, secrets and roles as services do", () => {
    const uses = { env: { KEY: SECRET }, roles: ["roles/cloudsql.client"], network: { connector: "link" } };
    for (const [kind, name] of [
      ["jobs", "jobs"],
      ["workerPools", "workerpools"],
    ] as const) {
      const plain = ["get", "create", "update"].map((verb) => `run.${name}.${verb}`);
      assert.deepEqual(besides({ [kind]: { nightly: { image: IMAGE, ...OWN, serviceAccount: "n@a.b.c" } } }), plain);
      assert.deepEqual(besides({ [kind]: TASK }), [...plain, ...ACCOUNTS]);
      assert.deepEqual(besides({ [kind]: { nightly: { image: IMAGE, ...uses } } }), [
        ...plain,
        ...ACCOUNTS,
        ...SECRETS,
        ...ROLES,
        "vpcaccess.connectors.use",
      ]);
    }
  });

  const OF_FUNCTIONS = [
    ...["get", "create", "update"].map((verb) => `cloudfunctions.functions.${verb}`),
    "cloudfunctions.operations.get",
  ];
  const OF_CODE = [
    "storage.buckets.create",
    "storage.buckets.get",
    "storage.objects.create",
    "storage.objects.get",
    "storage.objects.delete",
  ];

  it("are those of functions, whose builds have accounts with roles even where they run as one that exists", () => {
    const score = { ...FUNCTION, serviceAccount: "score@acme-dev.iam.gserviceaccount.com" };
    assert.deepEqual(besides({ functions: { score } }), [...OF_FUNCTIONS, ...OF_CODE, ...ACCOUNTS, ...ROLES]);
  });

  it("leave out the bucket where functions name theirs, but not where one of two does", () => {
    const named = { ...FUNCTION, bucket: "acme-code" };
    assert.deepEqual(besides({ functions: { named } }), [...OF_FUNCTIONS, ...ACCOUNTS, ...ROLES]);
    assert.ok(besides({ functions: { named, score: FUNCTION } }).includes("storage.buckets.create"));
  });

  it("are three more where events start a function, and a fourth where they are of Cloud Storage", () => {
    const plain = besides({ functions: { score: FUNCTION } });
    const triggered = besides({ functions: { score: { ...FUNCTION, trigger: { topic: "orders" } } } });
    assert.deepEqual(
      triggered.filter((name) => !plain.includes(name)),
      ["eventarc.triggers.create", "eventarc.triggers.get", "eventarc.triggers.update"],
    );
    const eventType = "google.cloud.storage.object.v1.finalized";
    const told = besides({ functions: { score: { ...FUNCTION, trigger: { eventType } } } });
    assert.deepEqual(
      told.filter((name) => !triggered.includes(name)),
      ["resourcemanager.projects.get"],
    );
  });

  it("are those of the accounts of developers", () =>
    assert.deepEqual(besides({ developers: DEVELOPERS }, OPEN), [
      ...ACCOUNTS,
      "iam.serviceAccounts.getIamPolicy",
      "iam.serviceAccounts.setIamPolicy",
      "iam.serviceAccounts.update",
    ]));

  it("are those of the account of people whose access ends, and none for a workload's end", () => {
    const of = (member: string) => besides({}, { ...OPEN, access: [{ member, until: "2099-12-31" }] });
    assert.deepEqual(of("group:team@acme.com"), [
      ...ACCOUNTS,
      "iam.serviceAccounts.getIamPolicy",
      "iam.serviceAccounts.setIamPolicy",
    ]);
    assert.deepEqual(of("serviceAccount:robot@partner.iam.gserviceaccount.com"), []);
  });

  it("grow with what services use, each asked of the project that it is in", () => {
    const plain = needed({});
    const web = { roles: ["roles/cloudsql.client"], env: { KEY: SECRET } };
    assert.deepEqual(
      needed({ web }).filter((name) => !plain.includes(name)),
      [...SECRETS, ...ROLES],
    );
    const shared = { KEY: { secret: "projects/acme-vault/secrets/key", version: "1" }, OTHER: SECRET };
    const asked = neededPermissions(parsed({ web: { env: shared } }), "up");
    assert.deepEqual(
      asked.flatMap(({ name, project }) => (SECRETS.includes(name) ? [project] : [])),
      ["acme-vault", "acme-vault", "acme-dev", "acme-dev"],
    );
  });

  it("are those of each part of a network that is made, and no others", () => {
    const plain = needed({});
    const made = (create: object, others: object = {}) =>
      needed({ config: { network: { create, ...others } } }).filter((name) => !plain.includes(name));
    const network = [
      "compute.networks.create",
      "compute.networks.get",
      "compute.subnetworks.create",
      "compute.subnetworks.get",
      "compute.networks.updatePolicy",
      "compute.subnetworks.expandIpCidrRange",
      "compute.globalOperations.get",
      "compute.regionOperations.get",
    ];
    const nat = ["compute.routers.create", "compute.routers.get", "compute.routers.update"];
    assert.deepEqual(made({}), network);
    assert.deepEqual(made({ nat: true }), [...network, ...nat]);
    assert.deepEqual(made({ connector: true }), [
      "vpcaccess.connectors.use",
      ...network,
      "vpcaccess.connectors.create",
      "vpcaccess.connectors.get",
      "vpcaccess.operations.get",
    ]);
    assert.deepEqual(made({}, { egress: "private-ranges-only" }), [
      ...network,
      "dns.managedZones.create",
      "dns.managedZones.get",
      "dns.networks.bindPrivateDNSZone",
      "dns.changes.create",
      "dns.changes.get",
      "dns.resourceRecordSets.create",
      "dns.resourceRecordSets.list",
    ]);
  });

  it("are two more where the update switches APIs on", () => {
    assert.deepEqual(besides({ projectServices: true }), [
      "serviceusage.services.enable",
      "serviceusage.services.list",
    ]);
  });

  it("are each told once", () => {
    const all = PERMISSIONS.flatMap(({ permissions }) => permissions);
    assert.deepEqual([...new Set(all)], all);
  });
});
