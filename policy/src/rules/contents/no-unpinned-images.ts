import { images, WITH_CONTAINERS } from "../../inputs/workloads";
import type { Rule } from "../../rule";

/**
 * Advisory: Cloud Run resolves a tag once, when the revision is made, so nothing changes behind a running service
 * (https://docs.cloud.google.com/run/docs/deploying#images). What a digest adds is that the next deployment is the one
 * that was reviewed; many programs have the tag of a commit there, which says the same by custom.
 */
export const noUnpinnedImages: Rule = {
  name: "no-unpinned-images",
  family: "known images",
  description: "Images are named by digest, so that what is deployed is what was reviewed.",
  severity: "medium",
  level: "advisory",
  page: "https://docs.cloud.google.com/run/docs/deploying#images",
  remediation: "Write the image as HOST/PATH@sha256:DIGEST, as the registry and every push tell it.",
  types: WITH_CONTAINERS,
  check(props, report, { type }) {
    for (const { path, reading } of images(props, type)) {
      if (reading.state === "unknown") report.unknown(reading.at);
      else if (reading.state === "known" && !(typeof reading.value === "string" && PINNED.test(reading.value))) {
        report.violation(
          path,
          `${path} has no digest: a tag may be moved, and the next revision runs what nobody reviewed; write HOST/PATH@sha256:DIGEST`,
        );
      }
    }
  },
};

/** A digest of the wrong length is for the registry to refuse. */
const PINNED = /@sha256:[0-9a-f]+\s*$/i;
