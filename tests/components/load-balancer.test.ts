import * as assert from "node:assert/strict";
import { IapBackend, IapLoadBalancer } from "../../components";
import { IMAGE } from "../mesh/support";
import { made } from "./every-config";
import { inventory, only, type Registered, register } from "./support";

const SERVICE = "gcp:cloudrunv2/service:Service";
const NEG = "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup";
const BACKEND = "gcp:compute/backendService:BackendService";
const URL_MAP = "gcp:compute/uRLMap:URLMap";
const RULE = "gcp:compute/globalForwardingRule:GlobalForwardingRule";
const HTTPS_PROXY = "gcp:compute/targetHttpsProxy:TargetHttpsProxy";
const SECURITY_POLICY = "gcp:compute/securityPolicy:SecurityPolicy";
const SETTINGS = "gcp:iap/settings:Settings";
const ACCESSOR = "gcp:iap/webBackendServiceIamMember:WebBackendServiceIamMember";
const INVOKER = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";
const RECORDS = "gcp:dns/recordSet:RecordSet";
const CERTIFICATE = "gcp:certificatemanager/certificate:Certificate";
const ENTRY = "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry";
const CLIENT = "gcp:iam/oauthClient:OauthClient";

const POOL = "principalSet://iam.googleapis.com/locations/global/workforcePools/acme-staff/group/";
const STAFF = `${POOL}6f1c0d0a-6f0e-4f6e-9d3e-0c6a3a1c2b10`;
const ADMINS = `${POOL}0d9a5c8e-41d7-4c35-8a37-55d0a3a0be11`;

const balancer = {
  domains: ["ailab.example", "www.ailab.example"],
  routes: { "/": "portal", "/desk": "desk", "/desk/old": "portal" },
  iap: {
    workforcePool: "acme-staff",
    access: [{ member: STAFF }],
    routes: { "/desk": [{ member: ADMINS, until: "2027-03-31" }] },
    reauth: { maxAgeSeconds: 3600 },
  },
};
const services = { portal: { image: IMAGE, calls: ["api"] }, desk: { image: IMAGE }, api: { image: IMAGE } };

/** What is made of a mesh behind a load balancer, which has an id for each backend service. */
function mesh(change: object = {}, more: object = {}): Promise<Registered[]> {
  const config = {
    network: { network: "default", subnetwork: "default" },
    services,
    loadBalancer: { ...balancer, ...change },
    ...more,
  };
  return made(config, {
    call: ({ inputs }) => inputs,
    newResource: ({ type, name, inputs }) => ({ id: `${type.split(":")[2]}/${name}`, state: stateOf(name, inputs) }),
  });
}

function stateOf(name: string, inputs: Record<string, unknown>) {
  return {
    ...inputs,
    name: inputs["name"] ?? `${name}-1a2b3c4`,
    generatedId: 4_000_000_000_000 + name.length,
    address: "203.0.113.7",
    member: inputs["member"] ?? "serviceAccount:agent@gcp-sa-iap.iam.gserviceaccount.com",
    clientId: "1234-client",
    clientSecret: "a secret of the client",
    dnsResourceRecords: [{ name: `_acme-challenge.${inputs["domain"]}.`, type: "CNAME", data: "x.authorize.example." }],
  };
}

const of = (registered: readonly Registered[], ...types: string[]) =>
  registered.filter(({ type }) => types.includes(type)).map(({ name }) => name);

const variables = (registered: readonly Registered[], service: string) => {
  const { containers } = only(registered, SERVICE, service).inputs["template"] as {
    containers: { envs?: { name: string; value?: string }[] }[];
  };
  return Object.fromEntries((containers[0]?.envs ?? []).map(({ name, value }) => [name, value]));
};

describe("a mesh behind a load balancer", () => {
  let registered: readonly Registered[];
  before(async () => {
    registered = await mesh();
  });

  it("has one group and one backend service for each service that a route leads to, and of the rest one of each", async () => {
    const registered = await mesh({ dnsZone: "ailab-example" });
    const front = inventory(registered).filter((one) => /^gcp:(compute|certificatemanager|dns|iap|iam)\//.test(one));
    assert.deepEqual(
      front.map((one) => one.replace(/^gcp:(\w+)\/\w+:/, "$1 ")),
      [
        "certificatemanager Certificate load-balancer-ailab-example",
        "certificatemanager Certificate load-balancer-www-ailab-example",
        "certificatemanager CertificateMap load-balancer",
        "certificatemanager CertificateMapEntry load-balancer-ailab-example",
        "certificatemanager CertificateMapEntry load-balancer-www-ailab-example",
        "certificatemanager DnsAuthorization load-balancer-ailab-example",
        "certificatemanager DnsAuthorization load-balancer-www-ailab-example",
        "compute BackendService desk",
        "compute BackendService portal",
        "compute GlobalAddress load-balancer",
        "compute GlobalForwardingRule load-balancer",
        "compute GlobalForwardingRule load-balancer-redirect",
        "compute RegionNetworkEndpointGroup desk",
        "compute RegionNetworkEndpointGroup portal",
        "compute SSLPolicy load-balancer",
        "compute SecurityPolicy load-balancer",
        "compute TargetHttpProxy load-balancer-redirect",
        "compute TargetHttpsProxy load-balancer",
        "compute URLMap load-balancer",
        "compute URLMap load-balancer-redirect",
        "dns RecordSet load-balancer-ailab-example",
        "dns RecordSet load-balancer-ailab-example-authorization",
        "dns RecordSet load-balancer-www-ailab-example",
        "dns RecordSet load-balancer-www-ailab-example-authorization",
        "iam OauthClient iap-gateway",
        "iam OauthClientCredential iap-gateway",
        "iap Settings desk",
        "iap Settings portal",
        `iap WebBackendServiceIamMember ${ADMINS}-opens-desk`,
        `iap WebBackendServiceIamMember ${STAFF}-opens-desk`,
        `iap WebBackendServiceIamMember ${STAFF}-opens-portal`,
      ],
    );
  });

  it("guards every backend service, and says all that the provider would plan as unknown", async () => {
    assert.deepEqual(only(registered, NEG, "desk").inputs, {
      project: "acme-dev",
      region: "europe-west9",
      networkEndpointType: "SERVERLESS",
      cloudRun: { service: "desk" },
    });
    assert.deepEqual(only(registered, BACKEND, "desk").inputs, {
      project: "acme-dev",
      loadBalancingScheme: "EXTERNAL_MANAGED",
      protocol: "HTTPS",
      sessionAffinity: "NONE",
      backends: [{ group: "RegionNetworkEndpointGroup/desk" }],
      iap: { enabled: true },
      logConfig: { enable: true, sampleRate: 1 },
      securityPolicy: "SecurityPolicy/load-balancer",
    });
  });

  it("leads by whole segments, keeps the path, and sends every other host on to the first domain", async () => {
    const { inputs } = only(registered, URL_MAP, "load-balancer");
    const toFirst = {
      hostRedirect: "ailab.example",
      redirectResponseCode: "MOVED_PERMANENTLY_DEFAULT",
      stripQuery: false,
    };
    assert.deepEqual(inputs, {
      project: "acme-dev",
      defaultUrlRedirect: toFirst,
      hostRules: [
        { hosts: ["ailab.example"], pathMatcher: "routes" },
        { hosts: ["www.ailab.example"], pathMatcher: "to-first" },
      ],
      pathMatchers: [
        {
          name: "routes",
          defaultService: "BackendService/portal",
          pathRules: [
            { paths: ["/desk/old", "/desk/old/*"], service: "BackendService/portal" },
            { paths: ["/desk", "/desk/*"], service: "BackendService/desk" },
          ],
        },
        { name: "to-first", defaultUrlRedirect: toFirst },
      ],
    });
  });

  it("speaks TLS 1.2 or newer, and on port 80 says nothing but where HTTPS is", async () => {
    assert.deepEqual(only(registered, "gcp:compute/sSLPolicy:SSLPolicy").inputs, {
      project: "acme-dev",
      profile: "RESTRICTED",
      minTlsVersion: "TLS_1_2",
    });
    assert.deepEqual(only(registered, HTTPS_PROXY).inputs, {
      project: "acme-dev",
      urlMap: "URLMap/load-balancer",
      certificateMap: "//certificatemanager.googleapis.com/CertificateMap/load-balancer",
      sslPolicy: "SSLPolicy/load-balancer",
      quicOverride: "NONE",
      tlsEarlyData: "DISABLED",
    });
    assert.deepEqual(only(registered, URL_MAP, "load-balancer-redirect").inputs, {
      project: "acme-dev",
      defaultUrlRedirect: {
        httpsRedirect: true,
        redirectResponseCode: "MOVED_PERMANENTLY_DEFAULT",
        stripQuery: false,
      },
    });
    const rule = {
      project: "acme-dev",
      ipAddress: "203.0.113.7",
      ipProtocol: "TCP",
      loadBalancingScheme: "EXTERNAL_MANAGED",
      networkTier: "PREMIUM",
    };
    assert.deepEqual(only(registered, RULE, "load-balancer").inputs, {
      ...rule,
      portRange: "443",
      target: "TargetHttpsProxy/load-balancer",
    });
    assert.deepEqual(only(registered, RULE, "load-balancer-redirect").inputs, {
      ...rule,
      portRange: "80",
      target: "TargetHttpProxy/load-balancer-redirect",
    });
  });

  it("has a certificate for each domain, once a record shows whose it is, and leads each host name to its own", async () => {
    const registered = await mesh({ dnsZone: "projects/acme-dns/managedZones/ailab" });
    const certificate = only(registered, CERTIFICATE, "load-balancer-www-ailab-example");
    assert.deepEqual(certificate.inputs, {
      project: "acme-dev",
      location: "global",
      scope: "DEFAULT",
      managed: {
        domains: ["www.ailab.example"],
        dnsAuthorizations: ["DnsAuthorization/load-balancer-www-ailab-example"],
      },
    });
    assert.ok(certificate.waitsFor.includes("load-balancer-www-ailab-example-authorization"), "the record");
    assert.deepEqual(only(registered, ENTRY, "load-balancer-www-ailab-example").inputs, {
      project: "acme-dev",
      map: "load-balancer-1a2b3c4",
      hostname: "www.ailab.example",
      certificates: ["Certificate/load-balancer-www-ailab-example"],
    });
    const place = { project: "acme-dns", managedZone: "ailab", ttl: 300 };
    assert.deepEqual(only(registered, RECORDS, "load-balancer-ailab-example").inputs, {
      ...place,
      name: "ailab.example.",
      type: "A",
      rrdatas: ["203.0.113.7"],
    });
    assert.deepEqual(only(registered, RECORDS, "load-balancer-ailab-example-authorization").inputs, {
      ...place,
      name: "_acme-challenge.ailab.example.",
      type: "CNAME",
      rrdatas: ["x.authorize.example."],
    });
  });

  it("keeps the names of domains apart that differ in a hyphen, or at their ends", async () => {
    const long = "an-application-with-a-name-that-is-long";
    const domains = ["a-b.example", "a.b.example", `${long}.one.example`, `${long}.two.example`];
    assert.deepEqual(of(await mesh({ domains }), CERTIFICATE), [
      "load-balancer-a--b-example",
      "load-balancer-a-b-example",
      "load-balancer-an--application--with--a--nam-9e1909",
      "load-balancer-an--application--with--a--nam-a5731a",
    ]);
  });

  it("refuses common attacks before it counts requests, and makes no policy where that is off", async () => {
    const rulesOf = async (protection?: object) => {
      const { inputs } = only(await mesh({ protection }), SECURITY_POLICY);
      return inputs["rules"] as { priority: number; action: string; preview: boolean; match: object }[];
    };
    const rules = await rulesOf();
    assert.deepEqual(
      rules.map(({ priority, action, preview }) => `${priority} ${action} ${preview}`),
      [
        ...[100, 110, 120, 130, 140, 150, 160, 170].map((priority) => `${priority} deny(403) false`),
        "1000 throttle false",
        "2147483647 allow false",
      ],
    );
    assert.deepEqual(rules[0]?.match, {
      expr: { expression: "evaluatePreconfiguredWaf('sqli-v33-stable', {'sensitivity': 1})" },
    });
    assert.deepEqual(
      (await rulesOf({ rules: "preview", rateLimit: { requests: 5, perSeconds: 10 } }))
        .filter(({ preview }) => preview)
        .map(({ priority }) => priority),
      [100, 110, 120, 130, 140, 150, 160, 170],
    );
    const off = await mesh({ protection: { off: "another network filters before it" } });
    assert.deepEqual(of(off, SECURITY_POLICY), []);
    assert.ok(!("securityPolicy" in only(off, BACKEND, "desk").inputs));
  });

  it("lets in whom each route names, until their day, and lets IAP's agent call exactly the services behind it", async () => {
    const { inputs } = only(registered, ACCESSOR, `${ADMINS}-opens-desk`);
    assert.deepEqual(
      { ...inputs, condition: (inputs["condition"] as { expression: string }).expression },
      {
        project: "acme-dev",
        webBackendService: "desk-1a2b3c4",
        role: "roles/iap.httpsResourceAccessor",
        member: ADMINS,
        condition: 'request.time < timestamp("2027-04-01T00:00:00Z")',
      },
    );
    assert.deepEqual(of(registered, INVOKER).sort(), ["iap-calls-desk", "iap-calls-portal", "portal-calls-api"]);
    const { inputs: agent } = only(registered, INVOKER, "iap-calls-desk");
    assert.equal(agent["member"], "serviceAccount:agent@gcp-sa-iap.iam.gserviceaccount.com");
    assert.deepEqual(of(registered, "gcp:projects/serviceIdentity:ServiceIdentity"), ["iap-agent"]);
  });

  it("signs people in to the pool by the settings of each backend service, and as often as the config says", async () => {
    const { inputs, secret } = only(registered, SETTINGS, "desk");
    assert.deepEqual(secret, ["accessSettings"]);
    assert.deepEqual(inputs, {
      name: "projects/123456789012/iap_web/compute/services/desk-1a2b3c4",
      accessSettings: {
        identitySources: ["WORKFORCE_IDENTITY_FEDERATION"],
        workforceIdentitySettings: {
          workforcePools: "acme-staff",
          oauth2: { clientId: "1234-client", clientSecret: "a secret of the client" },
        },
        reauthSettings: { method: "LOGIN", maxAge: "3600s", policyType: "MINIMUM" },
      },
    });
    const google = await mesh({ iap: { access: [{ member: "group:staff@acme.example" }] } });
    assert.deepEqual(of(google, SETTINGS, CLIENT), [], "Google accounts need neither settings nor a client");
  });

  it("signs people in on a service itself by the same client, where the pool is the same", async () => {
    const wiki = {
      image: IMAGE,
      ingress: { all: "people open it from anywhere" },
      iap: { workforcePool: "locations/global/workforcePools/acme-staff", access: [{ member: STAFF }] },
    };
    const iap = { ...balancer.iap, oauthClient: "ailab-client" };
    const registered = await mesh({ iap }, { services: { ...services, wiki } });
    assert.deepEqual(of(registered, CLIENT), ["ailab-client"]);
    const { inputs } = only(registered, SETTINGS, "wiki");
    assert.equal(inputs["name"], "projects/123456789012/iap_web/cloud_run-europe-west9/services/wiki");
    const { inputs: desk } = only(registered, SETTINGS, "desk");
    const { reauthSettings: _, ...same } = desk["accessSettings"] as Record<string, unknown>;
    assert.deepEqual(inputs["accessSettings"], same);
  });
});

describe("the audience of a service behind a load balancer", () => {
  it("is known before the service is made: its backend service comes first, and does not wait for it", async () => {
    const registered = await mesh();
    assert.equal(
      variables(registered, "desk")["IAP_AUDIENCE"],
      "/projects/123456789012/global/backendServices/4000000000004",
    );
    assert.ok(only(registered, SERVICE, "desk").waitsFor.includes("desk"), "the backend service");
    assert.deepEqual(only(registered, NEG, "desk").waitsFor, []);
    assert.deepEqual(variables(registered, "api"), {});
  });

  it("is nobody's in a first update with services first, whose groups wait for the services", async () => {
    const registered = await mesh({ order: "services-first" });
    assert.equal(variables(registered, "desk")["IAP_AUDIENCE"], "/projects/123456789012/global/backendServices/0");
    assert.deepEqual(only(registered, SERVICE, "desk").waitsFor, ["desk"], "its account");
    assert.deepEqual(only(registered, NEG, "desk").waitsFor, ["desk"], "the service");
    assert.ok(only(registered, BACKEND, "desk").waitsFor.includes("iap-calls-desk"), "IAP's right to call it");
  });

  it("leaves the URL map to wait for services, for who may call them and for who comes through, in either order", async () => {
    for (const order of ["backends-first", "services-first"]) {
      const { waitsFor } = only(await mesh({ order }), URL_MAP, "load-balancer");
      assert.deepEqual(
        [...new Set(waitsFor)].filter((name) => name !== "portal" && name !== "desk"),
        ["iap-calls-desk", "iap-calls-portal", `${ADMINS}-opens-desk`, `${STAFF}-opens-desk`, `${STAFF}-opens-portal`],
        order,
      );
    }
  });
});

describe("IapLoadBalancer", () => {
  const place = { project: "acme-dev" };

  it("refuses to be made without a route for the rest, and without a domain", () => {
    assert.throws(() => new IapLoadBalancer("front", { ...place, domains: ["ailab.example"], routes: {} }), {
      message: 'IapLoadBalancer "front": has no route "/", so nothing answers what no other route takes',
    });
    assert.throws(() => new IapLoadBalancer("front", { ...place, domains: [], routes: { "/": "a" } }), {
      message: 'IapLoadBalancer "front": got no domains, expected at least one',
    });
  });
});

describe("IapBackend", () => {
  it("refuses the public, in any spelling", async () => {
    const args = { project: "acme-dev", projectNumber: "1", location: "europe-west9", serviceName: "web" };
    const build = () => new IapBackend("web", { ...args, access: { all: { member: "allAuthenticatedUsers " } } });
    await assert.rejects(register(build), /IapBackend "allAuthenticatedUsers " would let anyone in/);
  });
});
