import * as assert from "node:assert/strict";
import type { Properties } from "../../../sandbox/control-plane";
import { balancer, failures, GLOBAL, invalidField, type Part, part, why } from "./balancer";
import { cloud, PROJECT, refusal } from "./cloud";

const BACKEND = `${GLOBAL}/backendServices/portal`;
const PATH = "Must start with '/', and have '*' only at the end, after a '/'.";

const routes = (...pathRules: Properties[]): Properties => ({
  pathMatchers: [{ name: "routes", defaultService: BACKEND, pathRules }],
});
const paths = (...list: string[]) => routes({ paths: list, service: BACKEND });

describe("control plane: what Google refuses of URL maps and of what leads to them", () => {
  const invalid: [string, Part, Properties, string][] = [
    ["a path without a slash", "map", paths("desk"), `pathMatchers[0].pathRules[0].paths[0]': 'desk'. ${PATH}`],
    ["a star after no slash", "map", paths("/desk*"), `pathMatchers[0].pathRules[0].paths[0]': '/desk*'. ${PATH}`],
    ["a star in the middle", "map", paths("/*/desk"), `pathMatchers[0].pathRules[0].paths[0]': '/*/desk'. ${PATH}`],
    ["a query in a path", "map", paths("/desk?a=b"), `pathMatchers[0].pathRules[0].paths[0]': '/desk?a=b'. ${PATH}`],
    ["a fragment in a path", "map", paths("/desk#a"), `pathMatchers[0].pathRules[0].paths[0]': '/desk#a'. ${PATH}`],
    [
      "a path of 1025 characters",
      "map",
      paths(`/${"x".repeat(1024)}`),
      `pathMatchers[0].pathRules[0].paths[0]': '/${"x".repeat(1024)}'. ${PATH}`,
    ],
    [
      "a path twice",
      "map",
      routes({ paths: ["/desk"], service: BACKEND }, { paths: ["/desk"], service: BACKEND }),
      "pathMatchers[0].pathRules[1].paths[0]': '/desk'. A path may be in one path rule of a path matcher only.",
    ],
    [
      "a host twice",
      "map",
      {
        hostRules: [
          { hosts: ["ailab.example"], pathMatcher: "routes" },
          { hosts: ["ailab.example"], pathMatcher: "routes" },
        ],
      },
      "hostRules[1].hosts[0]': 'ailab.example'. A host may be in one host rule only.",
    ],
    [
      "a host that is none",
      "map",
      { hostRules: [{ hosts: ["https://ailab.example"], pathMatcher: "routes" }] },
      "hostRules[0].hosts[0]': 'https://ailab.example'. Must be a host name, '*', or begin with '*.' or '*-'.",
    ],
    [
      "a host that leads to no path matcher",
      "map",
      { hostRules: [{ hosts: ["*"], pathMatcher: "others" }] },
      "hostRules[0].pathMatcher': 'others'. There is no path matcher of this name.",
    ],
    [
      "two path matchers of one name",
      "map",
      {
        pathMatchers: [
          { name: "routes", defaultService: BACKEND },
          { name: "routes", defaultService: BACKEND },
        ],
      },
      "pathMatchers[1].name': 'routes'. The name of a path matcher must be unique.",
    ],
    [
      "a path matcher without a name that is one",
      "map",
      { hostRules: [], pathMatchers: [{ name: "Routes", defaultService: BACKEND }] },
      "pathMatchers[0].name': 'Routes'. Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'",
    ],
    [
      "path rules beside route rules",
      "map",
      {
        pathMatchers: [
          {
            name: "routes",
            defaultService: BACKEND,
            pathRules: [{ paths: ["/desk"], service: BACKEND }],
            routeRules: [{ priority: 1, service: BACKEND }],
          },
        ],
      },
      "pathMatchers[0]': ''. Only one of pathRules and routeRules may be set.",
    ],
    [
      "a redirect to a path and to a prefix",
      "redirect",
      { defaultUrlRedirect: { pathRedirect: "/a", prefixRedirect: "/b", stripQuery: false } },
      "defaultUrlRedirect': ''. Only one of pathRedirect and prefixRedirect may be set.",
    ],
    [
      "a restricted profile with TLS 1.1",
      "tls",
      { minTlsVersion: "TLS_1_1" },
      "minTlsVersion': 'TLS_1_1'. The profile RESTRICTED needs TLS 1.2 at least.",
    ],
    [
      "a certificate map by its id alone",
      "https",
      { certificateMap: `projects/${PROJECT}/locations/global/certificateMaps/entrance` },
      `certificateMap': 'projects/${PROJECT}/locations/global/certificateMaps/entrance'. Must be '//certificatemanager.googleapis.com/projects/PROJECT/locations/global/certificateMaps/NAME'.`,
    ],
    [
      "a redirect to HTTPS behind HTTPS",
      "https",
      { urlMap: `${GLOBAL}/urlMaps/to-https` },
      `urlMap': '${GLOBAL}/urlMaps/to-https'. A URL map that redirects to HTTPS is for target HTTP proxies only.`,
    ],
    [
      "a keep-alive of a second",
      "http",
      { httpKeepAliveTimeoutSec: 1 },
      "httpKeepAliveTimeoutSec': '1'. Must be greater than or equal to 5 and less than or equal to 1200.",
    ],
    ["no port", "rule443", { portRange: null }, "portRange': ''. A target proxy takes exactly one port."],
    [
      "a range of ports",
      "rule443",
      { portRange: "443-444" },
      "portRange': '443-444'. A target proxy takes exactly one port.",
    ],
    [
      "a port above 65535",
      "rule443",
      { portRange: "65536" },
      "portRange': '65536'. A target proxy takes exactly one port.",
    ],
    [
      "a rule that leads to a URL map",
      "rule443",
      { target: `${GLOBAL}/urlMaps/entrance` },
      `target': '${GLOBAL}/urlMaps/entrance'. Unexpected resource collection 'urlMaps'.`,
    ],
    [
      "a rule of another kind of balancer than its backends",
      "rule443",
      { loadBalancingScheme: "EXTERNAL" },
      "loadBalancingScheme': 'EXTERNAL'. The load balancing scheme of backend service 'portal' is EXTERNAL_MANAGED.",
    ],
  ];
  for (const [what, name, more, message] of invalid) {
    it(`refuses ${what}`, () => assert.equal(why(name, more), invalidField(name, message)));
  }

  for (const path of ["/", "/*", "/desk", "/desk/", "/desk/*", "/desk/new/*"]) {
    it(`takes the path ${path}`, () => {
      const controlPlane = cloud();
      balancer(controlPlane, "map");
      assert.equal(part(controlPlane, "map", paths(path)).id, `${GLOBAL}/urlMaps/entrance`);
    });
  }

  it("refuses a second rule for an address and a port", () => {
    const controlPlane = cloud();
    const { address } = balancer(controlPlane);
    const taken = String(address.state["address"]);
    for (const ipAddress of [taken, `${GLOBAL}/addresses/entrance`]) {
      assert.equal(
        refusal(() => part(controlPlane, "rule443", { name: "again", ipAddress })),
        `Error creating GlobalForwardingRule: googleapi: Error 400: Invalid value for field 'resource.IPAddress': '${taken}'. Specified IP address is in-use and would result in a conflict., invalid`,
      );
    }
  });

  it("refuses HTTPS without a certificate", () => {
    assert.equal(
      why("https", { certificateMap: null }),
      "Error creating TargetHttpsProxy: googleapi: Error 400: At least 1 SSL certificate must be specified for setting SSL certificates in TargetHttpsProxy., badRequest",
    );
  });

  const table: [string, Part, Properties, string, string][] = [
    [
      "a scheme that there is not",
      "backend",
      { loadBalancingScheme: "MANAGED" },
      "loadBalancingScheme",
      'expected loadBalancingScheme to be one of ["EXTERNAL" "INTERNAL_SELF_MANAGED" "INTERNAL_MANAGED" "EXTERNAL_MANAGED"], got MANAGED',
    ],
    [
      "a profile that there is not",
      "tls",
      { profile: "STRICT" },
      "profile",
      'expected profile to be one of ["COMPATIBLE" "MODERN" "RESTRICTED" "CUSTOM" "FIPS_202205"], got STRICT',
    ],
    [
      "a URL map that leads nowhere",
      "map",
      { defaultService: null },
      "defaultService",
      '"defaultService": one of `defaultService,defaultUrlRedirect,defaultRouteAction` must be specified',
    ],
    [
      "a URL map that leads to two places",
      "map",
      { defaultUrlRedirect: { httpsRedirect: true, stripQuery: false } },
      "defaultService",
      '"defaultService": only one of `defaultService,defaultUrlRedirect,defaultRouteAction` can be specified, but `defaultService,defaultUrlRedirect` were specified.',
    ],
    [
      "a path that leads nowhere",
      "map",
      routes({ paths: ["/a"] }),
      "pathMatchers[0].pathRules[0].service",
      '"pathMatchers[0].pathRules[0].service": one of `pathMatchers[0].pathRules[0].service,pathMatchers[0].pathRules[0].urlRedirect,pathMatchers[0].pathRules[0].routeAction` must be specified',
    ],
  ];
  for (const [what, name, more, property, reason] of table) {
    it(`refuses ${what}`, () => assert.deepEqual(failures(name, more), [{ property, reason }]));
  }

  it("refuses features of TLS of a profile that is not custom, and a custom one without", () => {
    const start = "Error in SSL Policy entrance: the profile is set to ";
    assert.equal(
      why("tls", { customFeatures: ["TLS_AES_128_GCM_SHA256"] }),
      `${start}RESTRICTED but using custom_features requires the profile to be CUSTOM.`,
    );
    assert.equal(why("tls", { profile: "CUSTOM" }), `${start}CUSTOM but no custom_features are set.`);
  });
});
