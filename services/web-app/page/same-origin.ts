import type { IncomingHttpHeaders } from "node:http";
import { ServiceError } from "../../runtime/index";

/**
 * Refuses a change that a page of another origin sent with the person's session: browsers say where a request comes from,
 * and no page can say it in their place. `Sec-Fetch-Site` is as the browser sees both origins; older browsers send `Origin`
 * alone, whose host must be the one that is asked.
 *
 * Source: https://www.w3.org/TR/fetch-metadata/ and https://fetch.spec.whatwg.org/#origin-header
 *
 * @throws ServiceError `origin-refused`
 */
export function requireSameOrigin(headers: IncomingHttpHeaders): void {
  const site = headers["sec-fetch-site"];
  const { origin, host } = headers;
  const same =
    site === undefined
      ? origin !== undefined && URL.canParse(origin) && new URL(origin).host === host?.toLowerCase()
      : site === "same-origin";
  if (!same) throw new ServiceError("origin-refused", "a change must be sent from a page of this app");
}
