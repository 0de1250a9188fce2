/**
 * Plays Identity-Aware Proxy on a service. It stands before the invoker check, and calls the service as its own agent.
 * Source: https://cloud.google.com/run/docs/securing/identity-aware-proxy-cloud-run. Nobody signs in here: whoever's way
 * into the mesh a request takes is signed in.
 */
import type { IncomingHttpHeaders } from "node:http";
import type { ControlPlane } from "../../control-plane";
import { type AssertionSigner, identityClaims, identityHeaders } from "../identity/assertions";
import type { Directory, Principal } from "../identity/directory";
import type { RunService } from "../run-services";
import type { Answer } from "./answers";
import { forbidden } from "./answers";
import { grantsOn, inForce, label, mayInvoke, opennessOf } from "./invokers";

/** Source: https://cloud.google.com/iap/docs/managing-access */
export const IAP_ACCESSOR_ROLE = "roles/iap.httpsResourceAccessor";

/** What the proxy tells the container, and what nobody else may. */
export const IAP_HEADERS: ReadonlySet<string> = new Set([
  "x-goog-iap-jwt-assertion",
  "x-goog-authenticated-user-email",
  "x-goog-authenticated-user-id",
]);

export type IapVerdict =
  | { readonly passes: true; readonly principal: Principal; readonly message: string; readonly headers: string[] }
  | {
      readonly passes: false;
      readonly reason: "iap-sign-in" | "iap-no-access" | "iap-agent";
      readonly answer: Answer;
      readonly message: string;
      readonly principal?: Principal;
    };

interface Request {
  readonly service: RunService;
  /** Address of whoever is signed in. */
  readonly person: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
  readonly now: Date;
}

export class IdentityAwareProxy {
  constructor(
    private readonly controlPlane: ControlPlane,
    private readonly directory: Directory,
    private readonly signer: AssertionSigner,
  ) {}

  async judge({ service, person, headers, path, now }: Request): Promise<IapVerdict> {
    const { directory } = this;
    if (person === undefined) {
      const message = `nobody is signed in to the Identity-Aware Proxy on ${service.name}`;
      return { passes: false, reason: "iap-sign-in", answer: signIn(headers), message };
    }
    const subject = directory.subjectOf(person);
    const principal = directory.identify(subject);
    const grants = this.#accessors(service);
    const own = grants.filter(({ member }) => principal.members.has(member) || PUBLIC.has(member));
    const counting = own.find((grant) => inForce(grant, now) !== false);
    const who = label(principal.name, service);
    if (!counting) {
      const [bounded] = own;
      const granted = grants.map(({ member }) => member.replace(/^(serviceAccount|user):/, "")).join(", ") || "nobody";
      const message = bounded?.condition
        ? `${who} has ${IAP_ACCESSOR_ROLE} on ${service.name} only while "${bounded.condition.title}" holds`
        : `${who} has no ${IAP_ACCESSOR_ROLE} on ${service.name} (granted: ${granted})`;
      return { passes: false, reason: "iap-no-access", answer: noAccess(), message, principal };
    }
    const agent = directory.identify(directory.subjectOf(this.#agent(service)));
    const open = opennessOf(service, this.controlPlane, now);
    const invoker = open ?? mayInvoke(agent, service, this.controlPlane, now);
    if (!invoker.may) {
      const message = `the agent of Identity-Aware Proxy may not call: ${invoker.message}`;
      return { passes: false, reason: "iap-agent", answer: forbidden(path), message, principal };
    }
    const identity = identityClaims(subject, directory.person(person));
    const assertion = await this.signer.assertion(identity, this.#audience(service));
    const added = ["X-Goog-IAP-JWT-Assertion", assertion, ...identityHeaders(identity)];
    return { passes: true, principal, headers: added, message: `${who} has ${IAP_ACCESSOR_ROLE}` };
  }

  #accessors({ project, region, name }: RunService) {
    const resource = `projects/${project}/iap_web/cloud_run-${region}/services/${name}`;
    const grants = [...grantsOn(this.controlPlane, resource), ...grantsOn(this.controlPlane, project)];
    return grants.filter(({ role }) => role === IAP_ACCESSOR_ROLE);
  }

  #agent({ project }: RunService): string {
    return `service-${this.#number(project)}@gcp-sa-iap.iam.gserviceaccount.com`;
  }

  #audience({ project, region, name }: RunService): string {
    return `/projects/${this.#number(project)}/locations/${region}/services/${name}`;
  }

  #number(projectId: string): string {
    const token = "gcp:organizations/getProject:getProject";
    return String(this.controlPlane.invoke({ token, args: { projectId } })["number"]);
  }
}

const PUBLIC: ReadonlySet<string> = new Set(["allUsers", "allAuthenticatedUsers"]);

/** Marks every answer of the proxy's own. Source: https://cloud.google.com/iap/docs/query-parameters-and-headers-howto */
const GENERATED = { "X-Goog-IAP-Generated-Response": "true" };

/**
 * Seen: a page's own request gets 401 where it says `X-Requested-With: XMLHttpRequest`, others are sent to sign in
 * (https://cloud.google.com/iap/docs/sessions-howto). Assumed: the text.
 */
function signIn(headers: IncomingHttpHeaders): Answer {
  if (headers["x-requested-with"] === "XMLHttpRequest") {
    const body = "Invalid IAP credentials: empty token";
    return { code: 401, type: "text/html; charset=UTF-8", body, headers: GENERATED };
  }
  const location = { Location: "https://accounts.google.com/o/oauth2/v2/auth" };
  return { code: 302, type: "text/html; charset=UTF-8", body: "", headers: { ...GENERATED, ...location } };
}

/** Seen: the code and the sentence. Assumed: the rest of the page. */
function noAccess(): Answer {
  const body =
    "<html><head><title>Error: Access Denied</title></head><body><h1>You don't have access</h1></body></html>\n";
  return { code: 403, type: "text/html; charset=UTF-8", body, headers: GENERATED };
}
