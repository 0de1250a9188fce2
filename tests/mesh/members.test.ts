import * as assert from "node:assert/strict";
import { parseMesh } from "../../mesh";
import { IMAGE as image, meshInput, TODAY } from "./support";

/** Members that are more than was named, in every list of members that a config has. */

type Change = Parameters<typeof meshInput>[0];

const open = { ingress: { all: "a laptop calls it with a token" } };
const until = "2031-12-31";
const roles = [{ role: "roles/storage.objectViewer", bucket: "acme-reports" }];

/** Every place of a config that names a member: its path, and a config with the member there. */
const LISTS: readonly (readonly [path: string, config: (member: string) => Change])[] = [
  ["services.web.access[0].member", (member) => ({ web: { ...open, access: [{ member, until }] } })],
  ["services.web.iap.access[0].member", (member) => ({ web: { ...open, iap: { access: [{ member, until }] } } })],
  [
    "functions.score.access[0].member",
    (member) => ({
      config: {
        functions: {
          score: { source: "f", runtime: "nodejs22", entryPoint: "f", ...open, access: [{ member, until }] },
        },
      },
    }),
  ],
  ["loadBalancer.iap.access[0].member", (member) => balanced({ access: [{ member, until }] })],
  ["loadBalancer.iap.routes./[0].member", (member) => balanced({ routes: { "/": [{ member, until }] } })],
  [
    "developers.one.member",
    (member) => ({ api: open, config: { developers: { one: { member, calls: ["api"], until } } } }),
  ],
  ["operators.one.member", (member) => ({ config: { operators: { one: { member, roles, until } } } })],
];

function balanced(iap: object): Change {
  const loadBalancer = { domains: ["ailab.example"], routes: { "/": "portal" }, iap };
  return { config: { services: { portal: { image } }, loadBalancer } };
}

const POOL = "iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/ci";
const WORKFORCE = "iam.googleapis.com/locations/global/workforcePools/acme-staff";
const ALLOWED =
  'write "user:", "group:" or "serviceAccount:" with an e-mail address, or a "principal://" or "principalSet://" identifier';
const ANYONE = `would let anyone in; no config value does; name who may call: ${ALLOWED}`;
const DEFAULT =
  "is a default service account, which every workload of a project may run as; give the caller an account of its own and name that";
const BASIC = 'is whoever holds a role on a project; name a group of them instead, e.g. "group:owners@acme.com"';

/** What is refused in every list, and why. */
const WIDE: readonly (readonly [member: string, why: string])[] = [
  ["allUsers", ANYONE],
  ["AllAuthenticatedUsers ", ANYONE],
  ["principalSet://goog/public:all", ANYONE],
  ["PrincipalSet://Goog/public:ALL", ANYONE],
  ["domain:acme.com", 'is a whole domain; name a group of it instead, e.g. "group:callers@acme.com"'],
  ["projectOwner:acme-dev", BASIC],
  ["projectEditor:acme-dev", BASIC],
  ["projectViewer:acme-dev", BASIC],
  ["deleted:user:ada@acme.com?uid=1", "is deleted and can call nothing; remove the entry"],
  [
    `principalSet://${WORKFORCE}/*`,
    `is everybody of a pool; name a group of it instead, e.g. "principalSet://${WORKFORCE}/group/OBJECT_ID"`,
  ],
  [
    `principalSet://${POOL}/*`,
    `is every workload of a pool; name those with an attribute instead, e.g. "principalSet://${POOL}/attribute.NAME/VALUE"`,
  ],
  [
    `principalSet://${POOL}/kubernetes.cluster/https://container.googleapis.com/v1/projects/acme/locations/eu/clusters/one`,
    `is every pod of a cluster; name a namespace instead, e.g. "principalSet://${POOL}/namespace/NAMESPACE"`,
  ],
  [
    "principalSet://cloudresourcemanager.googleapis.com/projects/123456789012/type/ServiceAccount",
    "is every identity of a project, a folder or an organization; name the accounts or the group that call",
  ],
  ["serviceAccount:123456789012-compute@developer.gserviceaccount.com", DEFAULT],
  ["serviceAccount:dev.acme.com@appspot.gserviceaccount.com", DEFAULT],
  ["serviceAccount:123456789012@cloudbuild.gserviceaccount.com", DEFAULT],
  ...["user:*@acme.com", "group:callers@*.com", "group:callers@acme.com?uid=1", "user:ada\u200b@acme.com"].map(
    (member) => [member, `is not a principal; ${ALLOWED}`] as const,
  ),
  [`principal://${POOL}/*`, `is not a principal; ${ALLOWED}`],
  [`principalSet://${POOL}/subject/one`, `is not a principal; ${ALLOWED}`],
];

describe("a member that is more than was named", () => {
  for (const [path, config] of LISTS) {
    for (const [member, why] of WIDE) {
      it(`is refused in ${path}: ${member}`, () => {
        const { problems } = parseMesh(meshInput(config(member)), TODAY);
        assert.deepEqual(problems, [{ path, message: `"${member}" ${why}` }]);
      });
    }
  }
});

describe("a member of a workload identity pool", () => {
  for (const member of [
    `principal://${POOL}/subject/repo:acme/app:ref:refs/heads/main`,
    `principalSet://${POOL}/group/deployers`,
    `principalSet://${POOL}/namespace/shop`,
    `principalSet://${POOL}/attribute.repository/acme/app`,
  ]) {
    it(`calls as ${member}`, () => {
      assert.deepEqual(parseMesh(meshInput({ web: { access: [{ member, until }] } }), TODAY).problems, []);
    });
  }
});
