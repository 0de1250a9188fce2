/** The checks of the load balancer and of Identity-Aware Proxy on it, taken out. */
import type { Break } from "./changed-source";

const BALANCER = "sandbox/data-plane/load-balancer/load-balancer.ts";
const RESOURCE = "sandbox/data-plane/iap/resource.ts";

export const OF_BALANCER: readonly Break[] = [
  {
    check: "Identity-Aware Proxy before a backend",
    file: BALANCER,
    find: "if (isGuarded(backend)) {",
    replace: "if (false) {",
    red: "nobody comes through the load balancer without signing in",
  },
  {
    check: "the grants on a backend",
    file: RESOURCE,
    find: 'grantTargets: targets(project, ["compute", `services/${generatedId}`, `services/${name}`]),',
    replace: "grantTargets: [project],",
    red: "who comes through the load balancer has a grant on the backend",
  },
  {
    check: "the removal of identities that a client claims",
    file: "sandbox/data-plane/front-end/headers.ts",
    find: "if (iapHeaders && IAP_HEADERS.has(key)) return;",
    replace: "",
    red: "a container behind the load balancer is told of nobody but who has signed in",
  },
  {
    check: "the backend's own audience",
    file: RESOURCE,
    find: "audience: backendAudience(number, generatedId),",
    replace: "audience: backendAudience(number, name),",
    red: "an assertion is meant for the backend, by its generated id",
  },
  {
    check: "Cloud Armor",
    file: BALANCER,
    find: "if (denial) return",
    replace: "if (false) return",
    red: "Cloud Armor refuses before anybody is asked to sign in",
  },
  {
    check: "whole segments of a route",
    file: "sandbox/data-plane/load-balancer/url-map.ts",
    find: "path.startsWith(pattern.slice(0, -1))",
    replace: "path.startsWith(pattern.slice(0, -2))",
    red: "a route takes whole segments of a path",
  },
];
