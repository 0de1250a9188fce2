import type { IncomingHttpHeaders } from "node:http";
import { ServiceError } from "../errors";
import type { Answer, Handler, ServiceRequest } from "../server/request";
import type { IapIdentity } from "./identity";
import type { IapVerifier } from "./verifier";

/** A request, and who sent it. */
export interface IapRequest extends ServiceRequest {
  readonly identity: IapIdentity;
}

export type IapHandler = (request: IapRequest) => Answer | Promise<Answer>;

/**
 * Makes handlers that are reached by verified people alone. What is not wrapped, `/health` for one, stays open.
 *
 * @param verify checks the assertion; see `createIapVerifier`
 * @param permits whether a verified person may send this request. @default everybody whom IAP lets through
 * @returns turns a handler that knows who asks into one of a route, which throws ServiceError `identity-not-permitted` and
 *   what the verifier throws
 */
export function requireIapIdentity(
  verify: IapVerifier,
  permits: (request: IapRequest) => boolean | Promise<boolean> = () => true,
): (handler: IapHandler) => Handler {
  return (handler) => async (request) => {
    const identified = { ...request, identity: await verify(assertionIn(request.headers)) };
    if (!(await permits(identified))) {
      throw new ServiceError("identity-not-permitted", "you are signed in, and have no access to this");
    }
    return handler(identified);
  };
}

/**
 * The assertion among a request's headers. Several are joined by commas, and hold nowhere: which of them another server
 * would read cannot be known.
 */
export function assertionIn(headers: IncomingHttpHeaders): string | undefined {
  return headers["x-goog-iap-jwt-assertion"]?.toString();
}
