import { IAP_SETTINGS } from "../../facts/tokens";
import { isFalse, read, shapeOf } from "../../inputs/read";
import type { Rule } from "../../rule";

const PATH = "accessSettings.corsSettings.allowHttpOptions";

/**
 * A browser asks before some calls across origins, with OPTIONS and without cookies. The switch lets such requests past
 * Identity-Aware Proxy, and with them whoever else writes that method: the container answers people who never signed in.
 */
export const noUnauthenticatedOptions: Rule = {
  name: "no-unauthenticated-options",
  family: "no unauthenticated ingress",
  description: "Identity-Aware Proxy lets no HTTP OPTIONS request through without a sign-in.",
  severity: "medium",
  page: "https://docs.cloud.google.com/iap/docs/customizing#cors",
  remediation:
    "Take allowHttpOptions out, and serve page and API under one origin, so that browsers have nothing to ask before a call.",
  types: [IAP_SETTINGS],
  check(props, report) {
    const allowed = read(props, ...PATH.split("."));
    if (allowed.state === "unknown") report.unknown(allowed.at);
    if (allowed.state !== "known" || isFalse(allowed.value)) return;
    const got = allowed.value === true ? "true" : `${shapeOf(allowed.value)}, not false`;
    report.violation(
      PATH,
      `${PATH} is ${got}: every OPTIONS request reaches the application with no sign-in; take it out, and serve page and API under one origin`,
    );
  },
};
