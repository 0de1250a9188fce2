import { CLOUD_RUN_GRANTS } from "../../facts/tokens";
import { reportGrants, wrongGrants } from "../../inputs/grants";
import type { Rule } from "../../rule";

/**
 * The provider reads the policies of Cloud Run without asking for version 3. Google then shows no condition and another
 * role, so that the grant is made and not found, is in no state, and stops every later change of the policy, also the one
 * that a destroy is. Conditions on service accounts, secrets, projects and Identity-Aware Proxy are read back.
 */
export const noConditionsOnCloudRun: Rule = {
  name: "no-conditions-on-cloud-run",
  family: "no broad grants",
  description:
    "Grants on Cloud Run services, jobs and worker pools have no condition, as the provider does not read it back.",
  severity: "high",
  page: "https://docs.cloud.google.com/iam/docs/troubleshooting-withcond",
  remediation:
    "Grant run.invoker without a condition to a service account that only calls, and let people mint ID tokens of it until their day: gcp.serviceaccount.IAMMember with roles/iam.serviceAccountOpenIdTokenCreator and the condition. Or let them come through Identity-Aware Proxy, whose grants take one. For a workload, remove the grant when its day is over. A condition that stands already is taken away by gcloud run services remove-iam-policy-binding, with --all.",
  types: CLOUD_RUN_GRANTS,
  check(props, report) {
    reportGrants(
      wrongGrants(props, { condition: (expression) => expression !== "" }, report),
      report,
      () => "is granted on a condition",
      "the provider reads policies of Cloud Run without their conditions, does not find this grant again, and every later change of the policy fails; put the condition on a service account whose tokens people mint, or on Identity-Aware Proxy",
    );
  },
};
