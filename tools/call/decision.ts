/** Why a request got no answer of the service's own, by the decision about it. */
import type { DeployedMesh } from "../../mesh";
import type { Decision, ReasonCode } from "../../sandbox/data-plane";
import { explainIapRefusal, explainRefusal, permission, type RefusedBy } from "./refusal";

type Explained = Pick<Decision, "code" | "message" | "reason">;

/** What to do about it; `undefined` where the decision's own words say all, or where nobody is refused. */
const ADVICE: Readonly<Record<ReasonCode, string | undefined>> = {
  invoker: undefined,
  public: undefined,
  "invoker-check-off": undefined,
  played: undefined,
  "let-through": undefined,
  "host-unknown": "the outputs of the stack say which URLs there are; start the mesh again where one is missing",
  "path-reserved": "no request for it reaches any service: serve another one, such as /health",
  ingress: undefined,
  "default-url-disabled": "call it through the load balancer, or take defaultUrlDisabled away",
  iap: undefined,
  "iap-sign-in": undefined,
  "iap-no-access": undefined,
  "iap-agent": "the stack grants that where it switches the proxy on: start the mesh again",
  "iap-own": undefined,
  "iap-callback": "open it in a browser, which keeps the session that this step is for",
  redirected: undefined,
  "security-policy":
    "Cloud Armor decides before anybody is asked who they are; its rules are in loadBalancer.protection",
  "no-backend": "the load balancer leads nowhere for this path; its routes are in loadBalancer.routes",
  "no-token": "npm run token prints one",
  "token-malformed": "npm run token prints a good one",
  "token-is-access-token": "npm run token prints an ID token",
  "token-signature": "the mesh was started again since the token was made; npm run token prints a good one",
  "token-issuer": "npm run token prints a good one",
  "token-audience": "it is for another service; npm run token prints one for this",
  "token-expired": "npm run token prints a new one",
  "token-not-yet-valid": "compare the clocks of whoever made it and of this machine",
  "no-invoker": undefined,
  "invoker-condition": undefined,
  "no-ready-revision": "see what is missing in the output of the deployment",
  "no-instances": "set scaling.manualInstances to 1 or more, or leave it out",
  "not-started": "see in the terminal of npm start what its process wrote last",
  "request-too-large": "send less, or in parts",
  "request-unreadable": "see what the request is made of: a path, headers or a body that are no HTTP, or too long",
  "answer-too-large": "send it in chunks, without a Content-Length",
  "callee-died": "see in the terminal of npm start what its process wrote last",
  "callee-malformed": "see in the terminal of npm start what its process wrote last",
  "callee-timeout": "answer sooner, or set a longer timeout on the service",
  "caller-left": undefined,
  "host-not-played": undefined,
  "api-not-played": undefined,
  "no-route": undefined,
  "sandbox-failed": "this is a defect of the sandbox, not of the service",
};

/**
 * The cause that the front end took, and what to do about it.
 *
 * @param today in UTC, `YYYY-MM-DD`
 */
export function explainDecision(
  { code, reason, message }: Explained,
  way: RefusedBy & { readonly url: string },
  mesh: DeployedMesh,
  today = new Date().toISOString().slice(0, 10),
): string {
  if (reason === "no-invoker") return explainRefusal(403, way, mesh, today);
  if (reason === "iap-sign-in" || reason === "iap-no-access") {
    return explainIapRefusal(reason === "iap-no-access" ? 403 : code, way, mesh, today);
  }
  const first = code === 0 ? message : `${code}: ${message}`;
  const advice = reason === "ingress" ? ingressAdvice(way) : ADVICE[reason];
  if (reason === "invoker-condition") return `${first}\n${permission(way.as, way.service, mesh, today)}`;
  return advice === undefined ? first : `${first}\n  ${advice}`;
}

/** Workloads of the mesh are named by their keys; whoever comes from outside of it has a colon, or an @, in theirs. */
function ingressAdvice({ invokers }: RefusedBy): string {
  const reaching = invokers.flatMap(({ caller }) => (/[:@]/.test(caller) ? [] : `--as ${caller}`));
  const how =
    reaching.length > 0
      ? `call it as what reaches it through the VPC network: ${reaching.join(", or ")}`
      : "nothing of this mesh has a grant and reaches it through the VPC network: let a service name it in its calls";
  return `whoever asks from there gets this answer; ${how}`;
}
