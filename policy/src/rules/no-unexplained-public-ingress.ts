import { read, shapeOf } from "../read";
import type { Rule } from "../rule";
import { SERVICE } from "../tokens";

/** The annotation on the service that says why the internet may reach it; Cloud Run stores it and ignores it. */
export const INGRESS_ALL_REASON = "cloud-run-mesh/ingress-all-reason";

/** Shorter text explains nothing. Counted without surrounding space. */
export const REASON_MIN_CHARACTERS = 10;

const ALL = "INGRESS_TRAFFIC_ALL";
const CLOSED: ReadonlySet<unknown> = new Set([
  "INGRESS_TRAFFIC_INTERNAL_ONLY",
  "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
]);
const CLOSE_IT = "set INGRESS_TRAFFIC_INTERNAL_ONLY or INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER";
const OR_EXPLAIN = `or say why in the annotation "${INGRESS_ALL_REASON}" (${REASON_MIN_CHARACTERS} characters or more)`;

/** The values are those of google_cloud_run_v2_service; left out or empty, Cloud Run takes INGRESS_TRAFFIC_ALL. */
export const noUnexplainedPublicIngress: Rule = {
  name: "no-unexplained-public-ingress",
  family: "no unauthenticated ingress",
  description: "Cloud Run services are closed to the internet, or carry the reason why they are not.",
  severity: "high",
  framework: {
    specification: "run.allowedIngress",
    reference: "https://docs.cloud.google.com/run/docs/securing/ingress",
  },
  remediation:
    "Set ingress to INGRESS_TRAFFIC_INTERNAL_ONLY, or to INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER behind a load balancer. If the internet must reach the service itself, write the reason into its annotation cloud-run-mesh/ingress-all-reason.",
  types: [SERVICE],
  check(props, report) {
    const ingress = read(props, "ingress");
    if (ingress.state === "unknown") return report.unknown(ingress.at);
    const value = ingress.state === "known" ? ingress.value : "";
    if (CLOSED.has(value)) return;
    if (value !== "" && value !== ALL) {
      return report.violation(
        "ingress",
        `ingress is ${shapeOf(value)}, none of the three values of Cloud Run, so who reaches the service cannot be told; ${CLOSE_IT}`,
      );
    }
    const reason = read(props, "annotations", INGRESS_ALL_REASON);
    if (reason.state === "unknown") return report.unknown(reason.at);
    const text = reason.state === "known" && typeof reason.value === "string" ? reason.value.trim() : "";
    if ([...text].length >= REASON_MIN_CHARACTERS) return;
    const what = value === ALL ? `ingress is ${ALL}` : `ingress is not set, which means ${ALL}`;
    const why =
      reason.state === "absent" ? "" : `, and the reason given is shorter than ${REASON_MIN_CHARACTERS} characters`;
    report.violation("ingress", `${what}${why}: the internet reaches this service; ${CLOSE_IT}, ${OR_EXPLAIN}`);
  },
};
