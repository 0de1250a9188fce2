import { IAP_SETTINGS, IDENTITY_PLATFORM, PROJECT_SERVICE } from "../../facts/tokens";
import { read } from "../../inputs/read";
import { isListed, stacksKey } from "../../inputs/stack-names";
import type { Props, Report, Rule } from "../../rule";

/**
 * With Identity Platform as the source of identities, Identity-Aware Proxy asks no IAM policy: whoever signs in comes
 * through (google_iap_settings, `gcip_settings`). It also keeps accounts of its own beside the company's directory. Silent
 * until the policy config names the stacks that forbid it.
 */
export const noIdentityPlatform: Rule = {
  name: "no-identity-platform",
  family: "no unauthenticated ingress",
  description:
    "In the stacks that the policy config names, nobody signs in through Identity Platform: its API, its tenants and providers, and its use by Identity-Aware Proxy are left out.",
  severity: "high",
  page: "https://docs.cloud.google.com/iap/docs/external-identities",
  remediation:
    "Let people sign in with Google identities, or with those of their company through a workforce pool: accessSettings.identitySources with WORKFORCE_IDENTITY_FEDERATION, and workforceIdentitySettings.",
  config: { stacks: stacksKey("in which Identity Platform is forbidden") },
  types: [IAP_SETTINGS, PROJECT_SERVICE, ...IDENTITY_PLATFORM],
  check(props, report, { type, urn, config }) {
    if (!isListed(config["stacks"], urn)) return;
    if (type === IAP_SETTINGS) return checkSettings(props, report);
    if (type === PROJECT_SERVICE) return checkApi(props, report);
    report.violation(
      "",
      "is a part of Identity Platform, which is forbidden here: people would hold accounts beside their company's directory; let them sign in through a workforce pool",
    );
  },
};

const GCIP = "accessSettings.gcipSettings";

function checkSettings(props: Props, report: Report): void {
  const settings = read(props, "accessSettings", "gcipSettings");
  if (settings.state === "unknown") report.unknown(settings.at);
  if (settings.state !== "known") return;
  report.violation(
    GCIP,
    `${GCIP} is set: people sign in through Identity Platform, which is forbidden here, and Identity-Aware Proxy asks no IAM policy of them; use accessSettings.workforceIdentitySettings`,
  );
}

function checkApi(props: Props, report: Report): void {
  const service = read(props, "service");
  if (service.state === "unknown") report.unknown(service.at);
  if (service.state !== "known" || service.value !== "identitytoolkit.googleapis.com") return;
  report.violation(
    "service",
    "service is the API of Identity Platform, which is forbidden here: people would hold accounts beside their company's directory; take it out",
  );
}
