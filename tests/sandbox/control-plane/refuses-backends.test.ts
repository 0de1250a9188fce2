import * as assert from "node:assert/strict";
import type { ControlPlane, Properties } from "../../../sandbox/control-plane";
import { balancer, GLOBAL, invalidField, KINDS, PARTS, type Part, part, SAID, why } from "./balancer";
import { cloud, make, PROJECT, REGION, refusal, SERVICE, service } from "./cloud";

const BACKEND = `${GLOBAL}/backendServices/portal`;

const matcher = (more: Properties): Properties => ({
  pathMatchers: [{ name: "routes", defaultService: BACKEND, ...more }],
});

describe("control plane: what Google refuses of backends, and of every part of a load balancer", () => {
  const invalid: [string, Part, Properties, string][] = [
    [
      "a name in capitals",
      "map",
      { name: "Entrance" },
      "name': 'Entrance'. Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'",
    ],
    [
      "a group of nothing",
      "group",
      { cloudRun: null },
      "networkEndpointType': 'SERVERLESS'. Exactly one of cloudRun, appEngine, cloudFunction, serverlessDeployment must be set.",
    ],
    [
      "a group of a service that is named by its path",
      "group",
      { cloudRun: { service: `projects/${PROJECT}/locations/${REGION}/services/portal` } },
      `cloudRun.service': 'projects/${PROJECT}/locations/${REGION}/services/portal'. Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'`,
    ],
    [
      "a group of Cloud Run without a service",
      "group",
      { cloudRun: { tag: "blue" } },
      "cloudRun': ''. One of service and urlMask must be set.",
    ],
    [
      "a serverless group in a network",
      "group",
      { network: "main" },
      "network': 'main'. A Serverless network endpoint group is in no network.",
    ],
    [
      "a backend that is no group",
      "backend",
      { backends: [{ group: `${GLOBAL}/securityPolicies/entrance` }] },
      `backends[0].group': '${GLOBAL}/securityPolicies/entrance'. Unexpected resource collection 'securityPolicies'.`,
    ],
    [
      "a health check of a serverless backend",
      "backend",
      { healthChecks: `${GLOBAL}/healthChecks/h` },
      "healthChecks': ''. A backend service cannot have a healthcheck with Serverless network endpoint group backends.",
    ],
    [
      "a timeout of a serverless backend",
      "backend",
      { timeoutSec: 60 },
      "timeoutSec': '60'. Timeout sec is not supported for a backend service with Serverless network endpoint groups.",
    ],
    [
      "the name of a port of a serverless backend",
      "backend",
      { portName: "http" },
      "portName': 'http'. Port name is not supported for a backend service with Serverless network endpoint groups.",
    ],
    [
      "a serverless backend that speaks TCP",
      "backend",
      { protocol: "TCP", iap: null },
      "protocol': 'TCP'. Protocol TCP is not supported for a backend service with Serverless network endpoint groups.",
    ],
    [
      "a serverless backend of a mesh of proxies",
      "backend",
      { loadBalancingScheme: "INTERNAL_SELF_MANAGED" },
      "loadBalancingScheme': 'INTERNAL_SELF_MANAGED'. This load balancing scheme is not supported for a backend service with Serverless network endpoint groups.",
    ],
    [
      "IAP before a mesh of proxies",
      "backend",
      { backends: [], loadBalancingScheme: "INTERNAL_SELF_MANAGED" },
      "iap': ''. IAP is not supported for the load balancing scheme INTERNAL_SELF_MANAGED.",
    ],
    [
      "IAP before what speaks TCP",
      "backend",
      { backends: [], protocol: "TCP" },
      "iap': ''. IAP is not supported for the protocol TCP.",
    ],
    [
      "IAP and a cache together",
      "backend",
      { enableCdn: true },
      "iap': ''. IAP and Cloud CDN cannot be enabled together.",
    ],
    [
      "a rate of logging above 1",
      "backend",
      { logConfig: { enable: true, sampleRate: 2 } },
      "logConfig.sampleRate': '2'. Must be greater than or equal to 0.0 and less than or equal to 1.0.",
    ],
  ];
  for (const [what, name, more, message] of invalid) {
    it(`refuses ${what}`, () => assert.equal(why(name, more), invalidField(name, message)));
  }

  const missing: [Part, Properties, string][] = [
    ["backend", { securityPolicy: "none" }, `${GLOBAL}/securityPolicies/none`],
    [
      "backend",
      { backends: [{ group: `projects/${PROJECT}/regions/us-east1/networkEndpointGroups/portal` }] },
      `projects/${PROJECT}/regions/us-east1/networkEndpointGroups/portal`,
    ],
    ["map", { defaultService: "none" }, `${GLOBAL}/backendServices/none`],
    ["map", { pathMatchers: [{ name: "a", defaultService: "none" }] }, `${GLOBAL}/backendServices/none`],
    ["map", matcher({ pathRules: [{ paths: ["/a"], service: "none" }] }), `${GLOBAL}/backendServices/none`],
    ["map", matcher({ routeRules: [{ priority: 1, service: "none" }] }), `${GLOBAL}/backendServices/none`],
    ["backend", { edgeSecurityPolicy: "none" }, `${GLOBAL}/securityPolicies/none`],
    ["https", { urlMap: "none" }, `${GLOBAL}/urlMaps/none`],
    ["https", { sslPolicy: "none" }, `${GLOBAL}/sslPolicies/none`],
    ["http", { urlMap: "none" }, `${GLOBAL}/urlMaps/none`],
    ["rule443", { target: `${GLOBAL}/targetHttpsProxies/none` }, `${GLOBAL}/targetHttpsProxies/none`],
    ["rule443", { ipAddress: `${GLOBAL}/addresses/none` }, `${GLOBAL}/addresses/none`],
  ];
  for (const [name, more, id] of missing) {
    it(`refuses ${name} that refers to ${id}, which does not exist`, () => {
      assert.equal(
        why(name, more),
        `Error creating ${KINDS[name]}: googleapi: Error 404: The resource '${id}' was not found, notFound`,
      );
    });
  }

  const compute = (Object.keys(PARTS) as Part[]).filter((name) => PARTS[name].startsWith("gcp:compute/"));
  for (const name of compute) {
    it(`refuses a second ${name} of the same name`, () => {
      const controlPlane = cloud();
      const { id } = balancer(controlPlane)[name];
      assert.equal(
        refusal(() => part(controlPlane, name)),
        `Error creating ${KINDS[name]}: googleapi: Error 409: The resource '${id}' already exists, alreadyExists`,
      );
    });
  }

  it("refuses two groups of one region, and a group beside instances", () => {
    const other = `projects/${PROJECT}/regions/${REGION}/networkEndpointGroups/desk`;
    const [first] = SAID.backend["backends"] as Properties[];
    const desk = (controlPlane: ControlPlane) => void part(controlPlane, "group", { name: "desk" });
    const start =
      "Error creating BackendService: googleapi: Error 400: Invalid value for field 'resource.backends': ''. ";
    assert.equal(
      why("backend", { backends: [first!, { group: other }] }, desk),
      `${start}A backend service cannot have two Serverless network endpoint groups in ${REGION}., invalid`,
    );
    assert.equal(
      why("backend", { backends: [first!, { group: `projects/${PROJECT}/zones/a/instanceGroups/vms` }] }),
      `${start}Serverless network endpoint groups cannot be mixed with other backends., invalid`,
    );
  });

  it("refuses IAP in front of a service that has it, and on a service that has it in front", () => {
    const id = `projects/${PROJECT}/locations/${REGION}/services/portal`;
    const portal = (iapEnabled: boolean) => service("portal", { self: { iapEnabled } });
    assert.equal(
      why("backend", {}, (controlPlane) => void make(controlPlane, SERVICE, "portal", portal(true))),
      `Error creating BackendService: googleapi: Error 400: Invalid value for field 'resource.iap': ''. IAP is enabled on '${id}' itself, and cannot be enabled in front of it., invalid`,
    );
    const controlPlane = cloud();
    balancer(controlPlane);
    assert.equal(
      refusal(() => make(controlPlane, SERVICE, "portal", portal(true))),
      `Error creating Service: googleapi: Error 400: Violation in service.iap_enabled: IAP is enabled on '${BACKEND}' in front of the service already.`,
    );
    make(controlPlane, SERVICE, "portal", portal(false));
  });
});
