import * as assert from "node:assert/strict";
import { reachesTooFar } from "../../mesh/checks/service";
import { IAP_ACCESSOR_ROLE, INVOKER_ROLE, OPEN_ID_TOKEN_CREATOR_ROLE, TOKEN_CREATOR_ROLE } from "../../mesh/roles";
import { can, PERMISSIONS, POWERS, permissionPower } from "../../policy/src/facts/roles";
import { INVOKER_ROLES } from "../../sandbox/data-plane/front-end/invokers";
import { PERMISSION_ROLES } from "../../sandbox/data-plane/google-apis/account-permissions";
import { IAP_ACCESSOR_ROLE as IAP_ACCESSOR_IN_SANDBOX } from "../../sandbox/data-plane/iap/access";
import { CALLING_PERMISSIONS, ROLES } from "../../verify/grants/opens";
import { agree } from "./agree";

const minting = Object.values(PERMISSION_ROLES).flat();
const spelled = new Map(
  [...Object.keys(ROLES), ...INVOKER_ROLES, ...minting, ...UNSPELLED()].map((role) => [role.toLowerCase(), role]),
);

/** Every role that a table knows, as Google spells it. */
const roles = [...new Set([...spelled.values(), ...[...POWERS.keys()].map((role) => spelled.get(role) ?? role)])];

/** Roles that only the policy pack knows, which has them in lower case. */
function UNSPELLED(): string[] {
  return ["viewer", "reader", "run.jobsExecutor", "run.jobsExecutorWithOverrides", "cloudfunctions.invoker"]
    .concat(["folderAdmin", "folderIamAdmin", "organizationAdmin"].map((name) => `resourcemanager.${name}`))
    .map((name) => `roles/${name}`);
}

const opened = (role: string) => ROLES[role]?.opens("it") ?? "";

describe("the tables of roles", () => {
  it("are spelled alike", () => {
    assert.deepEqual(
      roles.filter((role) => role === role.toLowerCase() && /[a-z]{20}/.test(role)),
      [],
    );
    assert.equal(IAP_ACCESSOR_ROLE, IAP_ACCESSOR_IN_SANDBOX);
    for (const role of [INVOKER_ROLE, IAP_ACCESSOR_ROLE, OPEN_ID_TOKEN_CREATOR_ROLE, TOKEN_CREATOR_ROLE])
      assert.ok(role in ROLES, role);
  });

  agree({
    asks: "invokes the service that it is granted on",
    sides: {
      policy: (role) => can(role, "invoke"),
      sandbox: (role) => INVOKER_ROLES.has(role),
      verify: (role) => opened(role).startsWith("calls"),
    },
    cases: roles,
    differences: [
      {
        of: [
          "roles/run.developer",
          "roles/run.sourceDeveloper",
          "roles/run.jobsExecutor",
          "roles/run.jobsExecutorWithOverrides",
          "roles/cloudfunctions.admin",
          "roles/cloudfunctions.developer",
          "roles/cloudfunctions.invoker",
        ],
        verdicts: { policy: true, sandbox: false, verify: false },
        because:
          "the pack judges jobs and functions of the first generation by the same table, which these roles start",
      },
    ],
  });

  agree({
    asks: "makes its holder the account that it is granted on",
    sides: {
      policy: (role) => can(role, "impersonate"),
      sandbox: (role) => minting.includes(role),
      verify: (role) => /mint|acts as|runs as/.test(opened(role)),
    },
    cases: roles,
    differences: [
      {
        of: ["roles/iam.serviceAccountUser", "roles/iam.serviceAccountAdmin", "roles/iam.serviceAccountKeyAdmin"],
        verdicts: { policy: true, sandbox: false, verify: true },
        because: "they lead there by a deployment, a grant or a key, and mint no token themselves",
      },
      {
        of: [
          "roles/iam.securityAdmin",
          "roles/resourcemanager.folderAdmin",
          "roles/resourcemanager.folderIamAdmin",
          "roles/resourcemanager.organizationAdmin",
          "roles/resourcemanager.projectIamAdmin",
          "roles/run.sourceDeveloper",
        ],
        verdicts: { policy: true, sandbox: false, verify: false },
        because: "the pack counts who may hand the role out; verify tells these apart as administering the project",
      },
    ],
  });

  agree({
    asks: "undoes what the mesh declares where it is granted on the project",
    sides: {
      mesh: reachesTooFar,
      policy: (role) => (["invoke", "impersonate", "basic"] as const).some((power) => can(role, power)),
    },
    cases: [...roles, "roles/storage.objectViewer", "roles/cloudsql.client", "roles/iam.serviceAccountViewer"],
    differences: [
      {
        of: ["roles/iap.admin", IAP_ACCESSOR_ROLE],
        verdicts: { mesh: true, policy: false },
        because: "the pack looks at grants of Identity-Aware Proxy where they stand, and not at a project's",
      },
      {
        of: ["roles/iam.serviceAccountViewer"],
        verdicts: { mesh: true, policy: false },
        because: "a config needs no role on all accounts, and so none is told apart",
      },
    ],
  });
});

describe("the tables of permissions", () => {
  const asked = Object.keys(PERMISSION_ROLES).map((name) => `iam.serviceAccounts.${name}`);
  agree({
    asks: "calls a service, or makes its holder an account",
    sides: {
      policy: (permission) => permissionPower(permission) !== undefined,
      verify: (permission) => CALLING_PERMISSIONS.some((one) => one.toLowerCase() === permission.toLowerCase()),
    },
    cases: [...new Set([...PERMISSIONS.keys(), ...[...CALLING_PERMISSIONS, ...asked].map((one) => one.toLowerCase())])],
    differences: [
      {
        of: [
          "run.jobs.run",
          "run.jobs.runwithoverrides",
          "cloudfunctions.functions.invoke",
          "cloudfunctions.functions.call",
          "iam.serviceaccounts.actas",
          "iam.serviceaccounts.setiampolicy",
          "iam.serviceaccountkeys.create",
        ],
        verdicts: { policy: true, verify: false },
        because: "verify asks who calls the services of a mesh at once, and not who may start or deploy something",
      },
      {
        of: ["iap.webserviceversions.accessviaiap"],
        verdicts: { policy: false, verify: true },
        because: "the pack looks at grants of Identity-Aware Proxy where they stand, and not into custom roles",
      },
    ],
  });
});
