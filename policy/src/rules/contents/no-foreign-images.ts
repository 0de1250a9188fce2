import { images, WITH_CONTAINERS } from "../../inputs/workloads";
import type { Rule } from "../../rule";

/**
 * Whoever may push an image decides what runs as the service's account. Silent until the policy config says which
 * registries are the organization's own.
 */
export const noForeignImages: Rule = {
  name: "no-foreign-images",
  family: "known images",
  description: "Images come from the registries that the policy config allows; without a list all are.",
  severity: "medium",
  page: "https://docs.cloud.google.com/binary-authorization/docs/overview",
  framework: {
    name: "Google Cloud organization policy",
    version: "2",
    specification: "run.allowedBinaryAuthorizationPolicies",
    reference: "https://docs.cloud.google.com/binary-authorization/docs/run/requiring-binauthz-cloud-run",
  },
  remediation:
    "Copy the image into an allowed registry, or make it a remote repository of Artifact Registry, and name it there.",
  config: {
    allowedRegistries: {
      type: "array",
      items: { type: "string" },
      description: "Hosts or paths under which images may lie, as in europe-docker.pkg.dev/acme.",
    },
  },
  types: WITH_CONTAINERS,
  check(props, report, { type, config }) {
    const allowed = config["allowedRegistries"];
    if (!isTexts(allowed) || allowed.length === 0) return;
    for (const { path, reading } of images(props, type)) {
      if (reading.state === "unknown") report.unknown(reading.at);
      if (reading.state !== "known") continue;
      if (typeof reading.value === "string" && allowed.some((registry) => isUnder(String(reading.value), registry)))
        continue;
      report.violation(
        path,
        `${path} is from none of the ${allowed.length} allowed registries: nobody here vouches for what is in it; copy it into one of them`,
      );
    }
  },
};

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value);
}

/** Whole parts of the path only: neither `acme-evil` nor a port is under `acme`. */
function isUnder(image: string, registry: string): boolean {
  const [path, under] = [canonical(image), registry.trim().toLowerCase().replace(/\/+$/, "")];
  return path === under || path.startsWith(`${under}/`);
}

/** Without tag and digest; `nginx` is short for `docker.io/library/nginx`. */
function canonical(image: string): string {
  const path =
    image
      .trim()
      .toLowerCase()
      .split("@")[0]
      ?.replace(/:[^:/]*$/, "") ?? "";
  const [host = "", ...rest] = path.split("/");
  if (rest.length === 0) return `docker.io/library/${path}`;
  return /[.:]/.test(host) || host === "localhost" ? path : `docker.io/${path}`;
}
