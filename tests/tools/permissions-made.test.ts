import * as assert from "node:assert/strict";
import { CloudRunMesh, ProjectServices } from "../../components";
import { formatProblems, type MeshSpec, parseMesh, projectApis } from "../../mesh";
import { neededPermissions } from "../../tools/deploy/permissions";
import { register } from "../components/support";
import { IMAGE, meshInput, TODAY } from "../mesh/support";

type Change = Parameters<typeof meshInput>[0];

function parsed(change: Change): MeshSpec {
  const { spec, problems } = parseMesh(meshInput(change), TODAY);
  assert.ok(spec, formatProblems(problems));
  return spec;
}

const SECRET = { secret: "key", version: "1" };
const OPEN = { ingress: { all: "developers come from the internet" } };
const FUNCTION = { source: "functions/account-scoring", runtime: "nodejs22", entryPoint: "score" };
const DEVELOPERS = { ann: { member: "group:developers@acme.com", calls: ["api"] } };
const TASK = { nightly: { image: IMAGE } };

/** What each type of resource takes, by the beginning of its permissions; what comes with it is behind it. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  "gcp:cloudfunctionsv2/function:Function": ["cloudfunctions", "iam.serviceAccounts.actAs"],
  "gcp:cloudrunv2/job:Job": ["run.jobs", "run.operations", "iam.serviceAccounts.actAs"],
  "gcp:cloudrunv2/service:Service": ["run.services", "run.operations", "iam.serviceAccounts.actAs"],
  "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": ["run.services.setIamPolicy"],
  "gcp:cloudrunv2/workerPool:WorkerPool": ["run.workerpools", "run.operations", "iam.serviceAccounts.actAs"],
  "gcp:certificatemanager/certificate:Certificate": ["certificatemanager.certs", "certificatemanager.operations"],
  "gcp:certificatemanager/certificateMap:CertificateMap": ["certificatemanager.certmaps"],
  "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry": ["certificatemanager.certmapentries"],
  "gcp:certificatemanager/dnsAuthorization:DnsAuthorization": ["certificatemanager.dnsauthorizations"],
  "gcp:compute/backendService:BackendService": ["compute.backendServices", "compute.globalOperations"],
  "gcp:compute/globalAddress:GlobalAddress": ["compute.globalAddresses"],
  "gcp:compute/globalForwardingRule:GlobalForwardingRule": ["compute.globalForwardingRules"],
  "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup": [
    "compute.regionNetworkEndpointGroups",
    "compute.regionOperations",
  ],
  "gcp:compute/sSLPolicy:SSLPolicy": ["compute.sslPolicies"],
  "gcp:compute/securityPolicy:SecurityPolicy": ["compute.securityPolicies"],
  "gcp:compute/targetHttpProxy:TargetHttpProxy": ["compute.targetHttpProxies"],
  "gcp:compute/targetHttpsProxy:TargetHttpsProxy": ["compute.targetHttpsProxies"],
  "gcp:compute/uRLMap:URLMap": ["compute.urlMaps"],
  "gcp:iam/oauthClient:OauthClient": ["iam.oauthClients"],
  "gcp:iam/oauthClientCredential:OauthClientCredential": ["iam.oauthClientCredentials"],
  "gcp:iap/settings:Settings": ["iap.webServices.getSettings", "iap.webServices.updateSettings"],
  "gcp:iap/webBackendServiceIamMember:WebBackendServiceIamMember": [
    "iap.webServices.getIamPolicy",
    "iap.webServices.setIamPolicy",
  ],
  "gcp:compute/network:Network": ["compute.networks", "compute.globalOperations"],
  "gcp:compute/router:Router": ["compute.routers", "compute.regionOperations"],
  "gcp:compute/routerNat:RouterNat": ["compute.routers.update"],
  "gcp:compute/subnetwork:Subnetwork": ["compute.subnetworks", "compute.regionOperations"],
  "gcp:dns/managedZone:ManagedZone": ["dns.managedZones", "dns.networks"],
  "gcp:dns/recordSet:RecordSet": ["dns.changes", "dns.resourceRecordSets"],
  "gcp:iap/webCloudRunServiceIamMember:WebCloudRunServiceIamMember": [
    "iap.webServices.getIamPolicy",
    "iap.webServices.setIamPolicy",
  ],
  "gcp:projects/iAMMember:IAMMember": ["resourcemanager.projects"],
  "gcp:projects/service:Service": ["serviceusage.services"],
  // Whoever may use the API may have its agent made: no permission is asked.
  "gcp:projects/serviceIdentity:ServiceIdentity": [],
  "gcp:secretmanager/secretIamMember:SecretIamMember": ["secretmanager.secrets"],
  "gcp:serviceaccount/account:Account": ["iam.serviceAccounts.create", "iam.serviceAccounts.get"],
  "gcp:serviceaccount/iAMMember:IAMMember": ["iam.serviceAccounts"],
  "gcp:storage/bucket:Bucket": ["storage.buckets"],
  "gcp:storage/bucketObject:BucketObject": ["storage.objects"],
  "gcp:vpcaccess/connector:Connector": ["vpcaccess.connectors", "vpcaccess.operations"],
};

describe("what the components make", () => {
  const signIn = { ingress: { all: "people sign in there" }, iap: { access: [{ member: "group:staff@acme.com" }] } };
  const large = {
    api: OPEN,
    web: { env: { KEY: SECRET }, roles: ["roles/cloudsql.client"] },
    also: { desk: { image: IMAGE, calls: ["score"], ...signIn } },
    config: {
      functions: { score: { ...FUNCTION, trigger: { topic: "orders" } } },
      jobs: TASK,
      workerPools: { take: { image: IMAGE } },
      developers: DEVELOPERS,
      projectServices: true,
    },
  };
  const front = {
    domains: ["desk.acme.example"],
    dnsZone: "acme-example",
    routes: { "/": "web" },
    iap: { access: [{ member: "group:staff@acme.com" }] },
  };
  const pool =
    "principalSet://iam.googleapis.com/locations/global/workforcePools/acme-staff/group/6f1c0d0a-6f0e-4f6e-9d3e-0c6a3a1c2b10";
  const meshes: Readonly<Record<string, Change>> = {
    "the smallest mesh": { config: { network: undefined }, web: { calls: [] } },
    "a mesh with jobs": { config: { jobs: TASK } },
    "a mesh with worker pools": { config: { workerPools: TASK } },
    "a mesh with functions": { config: { functions: { score: FUNCTION } } },
    "a mesh with developers": { config: { developers: DEVELOPERS }, api: OPEN },
    "a mesh with people whose access ends": {
      api: { ...OPEN, access: [{ member: "user:ada@acme.com", until: "2099-12-31" }] },
    },
    "a mesh behind a load balancer": { config: { loadBalancer: { ...front, dnsZone: undefined } } },
    "a mesh behind a load balancer without Cloud Armor": {
      config: { loadBalancer: { ...front, protection: { off: "another network filters" } } },
    },
    "a large mesh": {
      ...large,
      config: {
        ...large.config,
        network: { create: { nat: true }, privateDnsZone: true },
        loadBalancer: { ...front, iap: { workforcePool: "acme-staff", access: [{ member: pool }] } },
      },
    },
    "a large mesh with a connector": {
      ...large,
      config: { ...large.config, network: { create: { connector: true } } },
    },
  };

  const typesOf = async (spec: MeshSpec) => {
    const made = await register(() => {
      if (spec.projectServices) new ProjectServices("apis", { services: projectApis(spec), project: spec.project });
      return new CloudRunMesh("mesh", { spec });
    });
    return [...new Set(made.map(({ type }) => type))].filter((type) => type.startsWith("gcp:")).sort();
  };

  it("is known here, type by type, and all of it is made by the large meshes", async () => {
    const large = Object.entries(meshes).flatMap(([name, change]) => (/large/.test(name) ? [parsed(change)] : []));
    const made = [];
    for (const spec of large) made.push(...(await typesOf(spec)));
    assert.deepEqual([...new Set(made)].sort(), Object.keys(TAKES).sort());
  });

  for (const [name, change] of Object.entries(meshes)) {
    it(`takes what ${name} is asked for, and nothing else`, async () => {
      const spec = parsed(change);
      const needed = neededPermissions(spec, "up").map((permission) => permission.name);
      const taken = (await typesOf(spec)).flatMap((type) => TAKES[type] ?? assert.fail(type));
      const begins = (permission: string, beginning: string) => `${permission}.`.startsWith(`${beginning}.`);
      assert.deepEqual(
        taken.filter((beginning) => !needed.some((permission) => begins(permission, beginning))),
        [],
        "made, and not asked for",
      );
      /** Of what a service is attached to, and of what Cloud Functions makes for a trigger. */
      const through = ["compute.subnetworks.use", "vpcaccess.connectors.use", "eventarc.triggers"];
      assert.deepEqual(
        needed.filter((permission) => ![...taken, ...through].some((beginning) => begins(permission, beginning))),
        [],
        "asked for, and not made",
      );
    });

    it(`needs the API of every permission that ${name} is asked for`, () => {
      const spec = parsed(change);
      const on = projectApis(spec).map(({ service }) => service.replace(".googleapis.com", ""));
      // Service Usage is on in every project, and Cloud Run itself asks whether somebody may act as an account.
      const asked = neededPermissions(spec, "up").filter(
        ({ name }) => !/^(serviceusage\.|iam\.serviceAccounts\.actAs$)/.test(name),
      );
      const apis = asked.map(({ name }) => name.split(".", 1)[0]!.replace(/^resourcemanager$/, "cloudresourcemanager"));
      assert.deepEqual(
        [...new Set(apis)].filter((api) => !on.includes(api)),
        [],
      );
    });
  }
});
