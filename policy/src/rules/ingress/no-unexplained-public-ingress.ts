import { INGRESS_AT } from "../../inputs/ingress";
import { pathOf, read, shapeOf } from "../../inputs/read";
import type { Rule } from "../../rule";

/** Shorter text explains nothing. Counted without surrounding space. */
export const REASON_MIN_CHARACTERS = 10;

/**
 * The invoker check is one guard, the network another; the second also keeps scanners and floods away. What is open
 * because nobody set it looks like what is open on purpose, so the purpose is written down where reviewers read it.
 */
export const noUnexplainedPublicIngress: Rule = {
  name: "no-unexplained-public-ingress",
  family: "no unauthenticated ingress",
  description: "Cloud Run services and functions are closed to the internet, or carry the reason why they are not.",
  severity: "high",
  page: "https://docs.cloud.google.com/run/docs/securing/ingress",
  framework: {
    name: "Google Cloud organization policy",
    version: "2",
    specification: "run.allowedIngress",
    reference: "https://docs.cloud.google.com/run/docs/securing/ingress",
  },
  remediation:
    "Set ingress to INGRESS_TRAFFIC_INTERNAL_ONLY, or to INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER behind a load balancer; v1 services and functions have values of their own for the same. If the internet must reach the service itself, write the reason into its annotation cloud-run-mesh/ingress-all-reason, or into the label ingress-all-reason of a function.",
  waiver:
    "The annotation cloud-run-mesh/ingress-all-reason, or the label ingress-all-reason of a function, says why in ten characters or more. It opens the network only: callers still need roles/run.invoker.",
  types: [...INGRESS_AT.keys()],
  check(props, report, { type }) {
    const place = INGRESS_AT.get(type);
    if (place === undefined || place.unreachable?.(props)) return;
    const path = place.keys.reduce(pathOf, "");
    const closeIt = `set ${place.internal} or ${place.balanced}`;
    const ingress = read(props, ...place.keys);
    if (ingress.state === "unknown") return report.unknown(ingress.at);
    const value = ingress.state === "known" ? ingress.value : "";
    if (value === place.internal || value === place.balanced) return;
    if (value !== "" && value !== place.all) {
      return report.violation(
        path,
        `${path} is ${shapeOf(value)}, none of the three values of Cloud Run, so who reaches the ${place.what} cannot be told; ${closeIt}`,
      );
    }
    const reason = read(props, ...place.reason);
    if (reason.state === "unknown") return report.unknown(reason.at);
    const text = reason.state === "known" && typeof reason.value === "string" ? reason.value.trim() : "";
    if ([...text].length >= REASON_MIN_CHARACTERS) return;
    const what = value === place.all ? `${path} is ${place.all}` : `${path} is not set, which means ${place.all}`;
    const why =
      reason.state === "absent" ? "" : `, and the reason given is shorter than ${REASON_MIN_CHARACTERS} characters`;
    const [holder] = place.reason.slice(-2);
    const explain = `say why in the ${holder === "labels" ? "label" : "annotation"} "${place.reason.at(-1)}" (${REASON_MIN_CHARACTERS} characters or more)`;
    report.violation(path, `${what}${why}: the internet reaches this ${place.what}; ${closeIt}, or ${explain}`);
  },
};
