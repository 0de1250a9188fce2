/** What the load balancer and Identity-Aware Proxy on it promise, asked of one before `frontend`. */
import * as assert from "node:assert/strict";
import { decodeJwt } from "jose";
import type { ControlPlane } from "../../../sandbox/control-plane";
import type { Decision } from "../../../sandbox/data-plane";
import { TYPES } from "../../../sandbox/data-plane/load-balancer/resources";
import { PROJECT } from "../../sandbox/control-plane/cloud";
import { accessor, backend, frontend, HOST } from "../../sandbox/data-plane/balanced";
import { type Answer, ask } from "../../sandbox/data-plane/mesh";
import type { Running } from "../running";
import { EMPLOYEE } from "./front-end-checks";

/** Leads `/` to `frontend` and `/closed` to a backend that Cloud Armor keeps everybody from. */
export function makeBalancer(controlPlane: ControlPlane, region: string): void {
  const group = { name: "group", region, networkEndpointType: "SERVERLESS", cloudRun: { service: "frontend" } };
  const { id } = controlPlane.seed(TYPES.endpointGroup, { project: PROJECT, ...group });
  backend(controlPlane, "frontend", { backends: [{ group: id }] });
  accessor(controlPlane, "frontend", EMPLOYEE);
  const match = { config: { srcIpRanges: ["*"] } };
  controlPlane.seed(TYPES.securityPolicy, {
    project: PROJECT,
    name: "closed",
    rules: [{ priority: 1, action: "deny(403)", match }],
  });
  backend(controlPlane, "closed", { backends: [{ group: id }], securityPolicy: "closed" });
  frontend(controlPlane, { "/": "frontend", "/closed": "closed" });
}

/** By the fact that each of them holds. */
export function balancerChecks(
  mesh: Running["mesh"],
  controlPlane: ControlPlane,
): Readonly<Record<string, () => Promise<void>>> {
  const asked = async (path: string, email?: string, headers: Record<string, string> = {}) => {
    const decisions: Decision[] = [];
    const stopWatching = mesh.watch((decision) => void decisions.push(decision));
    const access = await mesh.plane.proxyFor(email === undefined ? {} : { email });
    const answer: Answer = await ask(access, `https://${HOST}${path}`, {
      headers: { "X-Requested-With": "XMLHttpRequest", ...headers },
    });
    stopWatching();
    return { answer, verdict: [decisions[0]?.code, decisions[0]?.reason] };
  };
  const employee = EMPLOYEE.replace("user:", "");
  return {
    "nobody comes through the load balancer without signing in": async () => {
      assert.deepEqual((await asked("/")).verdict, [401, "iap-sign-in"]);
    },
    "who comes through the load balancer has a grant on the backend": async () => {
      assert.deepEqual((await asked("/", employee)).verdict, [200, "iap"]);
      assert.deepEqual((await asked("/", "viewer@acme.example")).verdict, [403, "iap-no-access"]);
    },
    "a container behind the load balancer is told of nobody but who has signed in": async () => {
      const forged = { "X-Goog-Authenticated-User-Email": "accounts.google.com:admin@acme.example" };
      const { headers } = (await asked("/", employee, forged)).answer.json();
      assert.equal(headers["x-goog-authenticated-user-email"], `accounts.google.com:${employee}`);
    },
    "an assertion is meant for the backend, by its generated id": async () => {
      const { headers } = (await asked("/", employee)).answer.json();
      const { state } = controlPlane.list({ type: TYPES.backendService }).find(({ id }) => id.includes("frontend"))!;
      const audience = `/projects/123456789012/global/backendServices/${state["generatedId"]}`;
      assert.equal(decodeJwt(headers["x-goog-iap-jwt-assertion"]).aud, audience);
    },
    "Cloud Armor refuses before anybody is asked to sign in": async () => {
      assert.deepEqual((await asked("/closed/a")).verdict, [403, "security-policy"]);
    },
    "a route takes whole segments of a path": async () => {
      assert.deepEqual((await asked("/closedly")).verdict, [401, "iap-sign-in"]);
    },
  };
}
