import {
  BACKEND_SERVICE,
  BACKEND_SERVICES,
  ORGANIZATION_SECURITY_POLICY_RULE,
  REGION_URL_MAP,
  SECURITY_POLICY,
  SECURITY_POLICY_RULE,
  URL_MAP,
  URL_MAPS,
} from "../../facts/tokens";
import type { Examples } from "../../rule";
import { secret, UNKNOWN } from "../given.examples";

const EMAIL = "X-Goog-Authenticated-User-Email";
const backend = (...customRequestHeaders: unknown[]) => ({ iap: { enabled: true }, customRequestHeaders });
const added = (headerName: unknown) => ({
  requestHeadersToAdds: [{ headerName, headerValue: "accounts.google.com:admin@acme.com", replace: true }],
});
const weighted = (headerName: unknown) => ({
  weightedBackendServices: [{ backendService: "web", weight: 100, headerAction: added(headerName) }],
});
const matcher = (change: object) => ({ pathMatchers: [{ name: "all", defaultService: "web", ...change }] });

/** Each place of a URL map that adds headers, and the path to it. */
const places: readonly (readonly [(header: unknown) => object, string])[] = [
  [(header) => ({ headerAction: added(header) }), "headerAction"],
  [
    (header) => ({ defaultRouteAction: weighted(header) }),
    "defaultRouteAction.weightedBackendServices[0].headerAction",
  ],
  [(header) => matcher({ headerAction: added(header) }), "pathMatchers[0].headerAction"],
  [
    (header) => matcher({ defaultRouteAction: weighted(header) }),
    "pathMatchers[0].defaultRouteAction.weightedBackendServices[0].headerAction",
  ],
  [
    (header) => matcher({ pathRules: [{ paths: ["/a"] }, { paths: ["/b"], routeAction: weighted(header) }] }),
    "pathMatchers[0].pathRules[1].routeAction.weightedBackendServices[0].headerAction",
  ],
  [
    (header) => matcher({ routeRules: [{ priority: 1, headerAction: added(header) }] }),
    "pathMatchers[0].routeRules[0].headerAction",
  ],
  [
    (header) => matcher({ routeRules: [{ priority: 1, routeAction: weighted(header) }] }),
    "pathMatchers[0].routeRules[0].routeAction.weightedBackendServices[0].headerAction",
  ],
];
const NAME = "requestHeadersToAdds[0].headerName";

export const examples: Examples = {
  compliant: [
    { because: "no header is set", type: BACKEND_SERVICE, props: { iap: { enabled: true } } },
    {
      because: "the headers tell where a client is",
      type: BACKEND_SERVICE,
      props: backend("X-Client-Geo-Location: {client_region}", "X-Request-Id:"),
    },
    {
      because: "a header only mentions one of the proxy in its value",
      type: BACKEND_SERVICE,
      props: backend(`X-Trusted-Header: ${EMAIL}`),
    },
    {
      because: "the header only begins alike",
      type: BACKEND_SERVICE,
      props: backend("X-Goog-Authenticated-Users: 7", "X-Goog-Iap-Attributes: 2", "X-Goog-Iap-Jwt-Assertion-Age: 3"),
    },
    {
      because: "a header of one's own is added, and the proxy's are taken away",
      type: URL_MAP,
      props: {
        headerAction: {
          requestHeadersToAdds: [{ headerName: "X-Tenant", headerValue: "acme" }],
          requestHeadersToRemoves: [EMAIL],
        },
      },
    },
    { because: "what is no text names no header", type: BACKEND_SERVICE, props: backend([EMAIL], { name: EMAIL }) },
    {
      because: "it is told to the browser, not to the application",
      type: BACKEND_SERVICE,
      props: { customResponseHeaders: [`${EMAIL}: a`] },
    },
  ],
  violating: [
    ...BACKEND_SERVICES.map((type) => ({
      because: `${type} says who has signed in`,
      type,
      props: backend("X-Client-City: {client_city}", `${EMAIL}: accounts.google.com:admin@acme.com`),
      path: "customRequestHeaders[1]",
    })),
    ...[
      "X-Goog-Authenticated-User-Id: accounts.google.com:1",
      "x-goog-authenticated-user-email:a@acme.com",
      " X-GOOG-AUTHENTICATED-USER-EMAIL : a@acme.com",
      "X_Goog_Authenticated_User_Email: a@acme.com",
      "X-Goog-IAP-JWT-Assertion: e30.e30.e30",
      "x-goog-iap-jwt-assertion:",
      "X-Goog-IAP-Attr-Groups: admins",
    ].map((header) => ({
      because: `the header ${header.trim()}`,
      type: BACKEND_SERVICE,
      props: backend(header),
      path: "customRequestHeaders[0]",
    })),
    {
      because: "a secret is no disguise",
      type: BACKEND_SERVICE,
      props: backend(secret(`${EMAIL}: a`)),
      path: "customRequestHeaders[0]",
    },
    {
      because: "beside one that is computed",
      type: BACKEND_SERVICE,
      props: backend(UNKNOWN, `${EMAIL}: a`),
      path: "customRequestHeaders[1]",
    },
    ...URL_MAPS.flatMap((type) =>
      places.map(([make, path]) => ({
        because: `${type} adds it at ${path}`,
        type,
        props: { ...make(EMAIL) },
        path: `${path}.${NAME}`,
      })),
    ),
    {
      because: "a security policy adds it",
      type: SECURITY_POLICY,
      props: { rules: [{ action: "deny(403)" }, { action: "allow", headerAction: added(EMAIL) }] },
      path: `rules[1].headerAction.${NAME}`,
    },
    ...[SECURITY_POLICY_RULE, ORGANIZATION_SECURITY_POLICY_RULE].map((type) => ({
      because: `${type} adds it`,
      type,
      props: { action: "allow", headerAction: added("x-goog-iap-jwt-assertion") },
      path: `headerAction.${NAME}`,
    })),
  ],
  unknown: [
    {
      because: "a header is computed",
      type: BACKEND_SERVICE,
      props: backend("X-Client-City: {client_city}", UNKNOWN),
      path: "customRequestHeaders[1]",
    },
    {
      because: "all headers are computed",
      type: BACKEND_SERVICE,
      props: { customRequestHeaders: UNKNOWN },
      path: "customRequestHeaders",
    },
    {
      because: "the name that a URL map adds is computed",
      type: REGION_URL_MAP,
      props: { headerAction: added(UNKNOWN) },
      path: `headerAction.${NAME}`,
    },
    {
      because: "the path rules are computed",
      type: URL_MAP,
      props: matcher({ pathRules: UNKNOWN }),
      path: "pathMatchers[0].pathRules",
    },
  ],
};
