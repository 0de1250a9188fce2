import { SSL_POLICIES } from "../../facts/tokens";
import { placesAt } from "../../inputs/places";
import { read, shapeOf } from "../../inputs/read";
import { textOf } from "../../inputs/stack";
import type { Props, Report, Rule } from "../../rule";

/** RESTRICTED has no cipher suite of an older version: https://docs.cloud.google.com/load-balancing/docs/ssl-policies-concepts */
const BY_ITSELF_AT_LEAST_1_2 = "RESTRICTED";
const OLD: readonly string[] = ["TLS_1_0", "TLS_1_1"];
const VERSIONS: readonly unknown[] = ["TLS_1_2", "TLS_1_3"];
const PROFILES: readonly unknown[] = ["MODERN", "RESTRICTED", "FIPS_202205", "CUSTOM"];

/**
 * Left out, the lowest version is TLS 1.0 and the profile COMPATIBLE, whose cipher suites let whoever later gets hold of
 * the certificate's key read what was recorded before.
 */
export const noWeakTls: Rule = {
  name: "no-weak-tls",
  family: "no eavesdropping",
  description: "SSL policies take TLS 1.2 or later, and no cipher suite without forward secrecy.",
  severity: "medium",
  page: "https://docs.cloud.google.com/load-balancing/docs/ssl-policies-concepts",
  framework: {
    name: "CIS Google Cloud Foundations",
    version: "3.0",
    specification: "3.9",
    reference: "https://www.cisecurity.org/benchmark/google_cloud_computing_platform",
  },
  remediation:
    "Set minTlsVersion to TLS_1_2 and profile to MODERN, or profile to RESTRICTED. In customFeatures leave out what begins with TLS_RSA_WITH_.",
  types: SSL_POLICIES,
  check(props, report) {
    const wrong = [...versionIn(props, report), ...profileIn(props, report)];
    const [first] = wrong;
    if (first === undefined) return;
    report.violation(
      first.path,
      `${wrong.map(({ path, got }) => `${path} is ${got}`).join(", ")}: clients may talk to the load balancer in a way that others can break; set TLS_1_2 and MODERN, or RESTRICTED`,
    );
  },
};

interface Wrong {
  readonly path: string;
  readonly got: string;
}

/** A profile that is unknown may be the one that does without a version; {@link profileIn} reports it. */
function versionIn(props: Props, report: Report): Wrong[] {
  const version = read(props, "minTlsVersion");
  const profile = read(props, "profile");
  if (version.state === "known" && VERSIONS.includes(version.value)) return [];
  if (profile.state === "unknown" || (profile.state === "known" && profile.value === BY_ITSELF_AT_LEAST_1_2)) return [];
  if (version.state === "unknown") {
    report.unknown(version.at);
    return [];
  }
  const got = version.state === "absent" ? "not set, which means TLS_1_0" : nameOf(version.value, OLD);
  return [{ path: "minTlsVersion", got }];
}

function profileIn(props: Props, report: Report): Wrong[] {
  const profile = read(props, "profile");
  if (profile.state === "unknown") report.unknown(profile.at);
  if (profile.state === "absent") return [{ path: "profile", got: "not set, which means COMPATIBLE" }];
  if (profile.state === "unknown") return [];
  if (!PROFILES.includes(profile.value)) return [{ path: "profile", got: nameOf(profile.value, ["COMPATIBLE"]) }];
  const wrong: Wrong[] = [];
  for (const { path, reading } of placesAt(props, "customFeatures.*")) {
    if (reading.state === "unknown") report.unknown(reading.at);
    if (textOf(reading)?.startsWith("TLS_RSA_WITH_"))
      wrong.push({ path, got: "a cipher suite without forward secrecy" });
  }
  return wrong.slice(0, 1);
}

function nameOf(value: unknown, known: readonly string[]): string {
  return known.find((name) => name === value) ?? `${shapeOf(value)}, none of Google's values`;
}
