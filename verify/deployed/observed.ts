/** Judges whether Google's front end or the container gave an answer; what could be either is not probed. */
import { refusalOf } from "../answer";
import type { Observed } from "../result";
import type { SeenAnswer } from "./probe-script";

/**
 * Pages of Google's that say nothing about the service: the one of the servers in front of Cloud Run, for a host without
 * a service, and an older one for ingress. Source: https://github.com/ahmetb/runsd/issues/40 for the latter.
 */
const ANOTHER_PAGE = /!!1<\/title>|Access is forbidden/;

export function observedOf(answer: SeenAnswer): Observed {
  const { status, body, iap } = answer;
  if (iap && status === 403) return { status, reached: false, cause: "no grant" };
  if (iap && status === 401) return { status, reached: false, cause: "not signed in" };
  if (iap) return { notProbed: `Identity-Aware Proxy answered ${status} before the service could` };
  if (refusalOf(answer) !== undefined) return { status, reached: false };
  if (ANOTHER_PAGE.test(body)) return { notProbed: `answered ${status} with a page of Google's that names no reason` };
  if (status === 429 || status >= 500) {
    return {
      notProbed: `answered ${status}, which may be Google's front end without a working container; see the service's log`,
    };
  }
  return { status, reached: true };
}
