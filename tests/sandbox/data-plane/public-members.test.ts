/** Members that mean everybody, wherever the sandbox decides by a grant that names one. */
import * as assert from "node:assert/strict";
import { refusedUse } from "../../../sandbox/data-plane/google-apis/account-permissions";
import { mayAccess } from "../../../sandbox/data-plane/iap/access";
import { IapResources } from "../../../sandbox/data-plane/iap/resource";
import { Directory } from "../../../sandbox/data-plane/identity/directory";
import { account, cloud, NOW, PROJECT, REGION } from "../control-plane/cloud";

const STRANGER = "stranger@elsewhere.example";
const ACCESSOR = "gcp:iap/webCloudRunServiceIamMember:WebCloudRunServiceIamMember";
const ACCOUNT_GRANT = "gcp:serviceaccount/iAMMember:IAMMember";
const ended = { title: "until", expression: `request.time < timestamp("2026-01-01T00:00:00Z")` };

describe("a grant to everybody", () => {
  for (const member of ["allUsers", "allAuthenticatedUsers"]) {
    it(`lets a stranger through Identity-Aware Proxy where it names ${member}, until its day`, () => {
      const judged = (more: object) => {
        const controlPlane = cloud();
        const directory = new Directory(controlPlane);
        controlPlane.seed(ACCESSOR, {
          ...{ project: PROJECT, location: REGION, cloudRunServiceName: "web" },
          ...{ role: "roles/iap.httpsResourceAccessor", member, ...more },
        });
        const stranger = directory.identify(directory.subjectOf(STRANGER));
        const web = new IapResources(controlPlane).ofService({
          project: PROJECT,
          region: REGION,
          name: "web",
        } as never);
        return mayAccess(stranger, web, controlPlane, NOW);
      };
      assert.deepEqual(judged({}), { may: true, message: `${STRANGER} has roles/iap.httpsResourceAccessor` });
      assert.deepEqual(judged({ condition: ended }), {
        may: false,
        message: `${STRANGER} has roles/iap.httpsResourceAccessor on web only while "until" holds`,
      });
    });

    it(`lets a stranger mint an account's tokens where it names ${member}, until its day`, () => {
      const judged = (more: object) => {
        const controlPlane = cloud();
        const email = account(controlPlane, "web-sa");
        const serviceAccountId = `projects/${PROJECT}/serviceAccounts/${email}`;
        const role = "roles/iam.serviceAccountTokenCreator";
        controlPlane.seed(ACCOUNT_GRANT, { serviceAccountId, role, member, ...more });
        const use = { user: { email: STRANGER } as never, permission: "getOpenIdToken", account: email } as const;
        return refusedUse(use, { controlPlane, directory: new Directory(controlPlane), now: NOW });
      };
      assert.equal(judged({}), undefined);
      assert.equal(
        judged({ condition: ended }),
        `${STRANGER} has roles/iam.serviceAccountTokenCreator on web-sa only while "until" holds`,
      );
    });
  }
});
