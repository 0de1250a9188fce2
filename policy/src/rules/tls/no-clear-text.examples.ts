import { BACKEND_BUCKETS, FUNCTION_V1 } from "../../facts/tokens";
import type { StackExamples } from "../../rule";
import { functionV1, UNKNOWN } from "../given.examples";
import {
  backend,
  forwardingRule,
  gateway,
  httpProxy,
  linkTo,
  REDIRECTS,
  regional,
  SERVES,
  urlMap,
} from "../given-balancer.examples";
import type { Given } from "../given-stack.examples";

const [BUCKET = ""] = BACKEND_BUCKETS;
const WEB = linkTo("backendServices", "web-backend");
const TO_HTTPS = { httpsRedirect: true };
const toHttp = (change: object = {}) => forwardingRule("targetHttpProxies", "http", change);
const port80 = (map: object, ...others: Given[]): Given[] => [urlMap(map), httpProxy(), toHttp(), ...others];
/** Redirects but for what one path matcher does. */
const matcher = (change: object) => ({
  ...REDIRECTS,
  hostRules: [{ hosts: ["*"], pathMatcher: "all" }],
  pathMatchers: [{ name: "all", defaultUrlRedirect: TO_HTTPS, ...change }],
});
const bucket: Given = { type: BUCKET, name: "bucket", props: { name: "site", bucketName: "site" } };
const oldFunction = (change: object): Given => ({
  type: FUNCTION_V1,
  name: "old",
  props: { ...functionV1(change), name: "old" },
});

export const examples: StackExamples = {
  compliant: [
    { because: "port 80 redirects", resources: port80(REDIRECTS) },
    { because: "port 80 redirects, and 443 serves", resources: gateway() },
    {
      because: "every rule redirects",
      resources: port80(
        matcher({
          pathRules: [{ paths: ["/a"], urlRedirect: TO_HTTPS }],
          routeRules: [{ priority: 1, urlRedirect: { httpsRedirect: "true" } }],
        }),
      ),
    },
    { because: "whether it redirects is computed", resources: port80({ ...SERVES, defaultUrlRedirect: UNKNOWN }) },
    {
      because: "whether it redirects to HTTPS is computed",
      resources: port80({ defaultUrlRedirect: { httpsRedirect: UNKNOWN } }),
    },
    { because: "the rules are computed", resources: port80({ ...REDIRECTS, pathMatchers: UNKNOWN }) },
    {
      because: "the load balancer is internal",
      resources: [urlMap(SERVES), httpProxy(), toHttp({ loadBalancingScheme: "INTERNAL_MANAGED" })],
    },
    {
      because: "a regional load balancer is internal",
      resources: [urlMap(SERVES), httpProxy(), toHttp({ loadBalancingScheme: "INTERNAL_MANAGED" })].map(regional),
    },
    {
      because: "a bucket is public, and asks for no cookie",
      resources: port80({ defaultService: linkTo("backendBuckets", "site") }),
    },
    {
      because: "it comes from a bucket of the stack",
      resources: [
        { ...urlMap({ defaultService: UNKNOWN }), sources: { defaultService: ["bucket"] } },
        httpProxy(),
        toHttp(),
        bucket,
      ],
    },
    {
      because: "which of them is a bucket cannot be told",
      resources: [
        {
          ...urlMap(matcher({ pathRules: [{ paths: ["/.well-known/*"], service: UNKNOWN }] })),
          sources: { pathMatchers: ["bucket", "backend"] },
        },
        httpProxy(),
        toHttp(),
        bucket,
        backend(),
      ],
    },
    { because: "what it leads to is of another stack", resources: port80({ defaultService: UNKNOWN }) },
    { because: "the URL map is of another stack", resources: [httpProxy("other"), toHttp()] },
    {
      because: "the regional URL map of that name is another one",
      resources: [regional(urlMap(SERVES)), httpProxy(), toHttp()],
    },
    {
      because: "a function answers HTTPS alone",
      resources: [oldFunction({ httpsTriggerSecurityLevel: "SECURE_ALWAYS" })],
    },
    { because: "a function says nothing of it", resources: [oldFunction({})] },
  ],
  violating: [
    { because: "port 80 serves what 443 does", resources: port80(SERVES), at: ["http"] },
    { because: "a regional load balancer does", resources: port80(SERVES).map(regional), at: ["http"] },
    {
      because: "another port is clear text, too",
      resources: [urlMap(SERVES), httpProxy(), toHttp({ portRange: "8080" })],
      at: ["http"],
    },
    {
      because: "nothing in the stack tells that it is internal",
      resources: [urlMap(SERVES), httpProxy()],
      at: ["http"],
    },
    {
      because: "the default spreads requests over services",
      resources: port80({
        defaultRouteAction: { weightedBackendServices: [{ backendService: WEB, weight: 100 }] },
      }),
      at: ["http"],
    },
    {
      because: "it redirects, but stays with HTTP",
      resources: port80({ defaultUrlRedirect: { hostRedirect: "www.acme.com", stripQuery: false } }),
      at: ["http"],
    },
    {
      because: "it redirects with httpsRedirect off",
      resources: port80({ defaultUrlRedirect: { httpsRedirect: false } }),
      at: ["http"],
    },
    {
      because: "the default of a path matcher serves",
      resources: port80(matcher({ defaultUrlRedirect: undefined, defaultService: WEB })),
      at: ["http"],
    },
    {
      because: "a path rule serves",
      resources: port80(
        matcher({
          pathRules: [
            { paths: ["/a"], urlRedirect: TO_HTTPS },
            { paths: ["/health"], service: WEB },
          ],
        }),
      ),
      at: ["http"],
    },
    {
      because: "a path rule redirects, but stays with HTTP",
      resources: port80(matcher({ pathRules: [{ paths: ["/a"], urlRedirect: { pathRedirect: "/b" } }] })),
      at: ["http"],
    },
    {
      because: "a route rule serves",
      resources: port80(matcher({ routeRules: [{ priority: 1, service: WEB }] })),
      at: ["http"],
    },
    {
      because: "a route rule spreads requests over services",
      resources: port80(
        matcher({
          routeRules: [
            { priority: 1, routeAction: { weightedBackendServices: [{ backendService: WEB, weight: 100 }] } },
          ],
        }),
      ),
      at: ["http"],
    },
    {
      because: "the links are not known yet, where they come from is",
      resources: [
        { ...urlMap({ name: UNKNOWN, defaultService: UNKNOWN }), sources: { defaultService: ["backend"] } },
        {
          ...httpProxy(),
          props: { urlMap: UNKNOWN },
          sources: { urlMap: ["url-map"] },
        },
        { ...toHttp({ target: UNKNOWN }), sources: { target: ["http"] } },
        backend(),
      ],
      at: ["http"],
    },
    {
      because: "a function answers plain HTTP",
      resources: [oldFunction({ httpsTriggerSecurityLevel: "SECURE_OPTIONAL" })],
      at: ["old"],
    },
  ],
};
