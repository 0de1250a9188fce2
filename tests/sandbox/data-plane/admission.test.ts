import * as assert from "node:assert/strict";
import type { Properties } from "../../../sandbox/control-plane";
import { make, NETWORK, REGION, SERVICE, SUBNETWORK } from "../control-plane/cloud";
import { ask, askAs, deploy, email, grant, type Mesh, openMesh, reach, url, VPC } from "./mesh";

const FORBIDDEN = `
<html><head>
<meta http-equiv="content-type" content="text/html;charset=utf-8">
<title>403 Forbidden</title>
</head>
<body text=#000000 bgcolor=#ffffff>
<h1>Error: Forbidden</h1>
<h2>Your client does not have permission to get URL <code>/a&#60;b</code> from this server.</h2>
<h2></h2>
</body></html>
`;

describe("front end: host, path and ingress", () => {
  const caller = email("caller");
  let mesh: Mesh;

  before(async () => {
    mesh = await openMesh(
      (controlPlane) => {
        deploy(controlPlane, "caller");
        const more: Readonly<Record<string, Properties>> = {
          order: {
            traffics: [
              { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100 },
              { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", tag: "next" },
            ],
          },
          internal: { ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY" },
          balanced: { ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" },
          hidden: { defaultUriDisabled: true },
          idle: {
            scaling: { scalingMode: "MANUAL", manualInstanceCount: 0 },
            traffics: [
              { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100, tag: "live" },
              { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", tag: "next" },
            ],
          },
          one: { scaling: { scalingMode: "MANUAL", manualInstanceCount: 1 } },
          automatic: { scaling: { scalingMode: "AUTOMATIC", manualInstanceCount: 0 } },
        };
        for (const [name, self] of Object.entries(more)) {
          deploy(controlPlane, name, { self });
          grant(controlPlane, name, `serviceAccount:${caller}`);
        }
      },
      { standIns: true },
    );
  });
  after(() => mesh.plane.close());

  it("takes a call with its grant in", async () => {
    const answer = await askAs(mesh, caller, `${url("order")}/stats`);
    assert.equal(answer.code, 200);
    assert.deepEqual(answer.json(), { standIn: true, service: "order", method: "GET", path: "/stats", caller });
    assert.equal(mesh.said(), "200 order: caller-sa has roles/run.invoker");
  });

  it("names who the token says, not whose process sent it, where that one may not call", async () => {
    const answer = await askAs(mesh, email("order"), url("order"), { caller: { email: caller } });
    assert.equal(answer.code, 403);
    const { caller: who, reason } = mesh.decisions.at(-1)!;
    assert.deepEqual([who, reason], [email("order"), "no-invoker"]);
  });

  it("finds a service by its deterministic URL, its older one and a tag's, in any case", async () => {
    const state = mesh.controlPlane.list({ type: SERVICE }).find(({ id }) => id.endsWith("/order"))!.state;
    const [, older] = state["urls"] as string[];
    const token = await mesh.plane.idToken(caller, url("order"));
    const access = await mesh.plane.proxyFor({ email: caller });
    for (const target of [older!, url("next---order"), older!.replace("//", "//next---")]) {
      assert.equal((await ask(access, target, { token })).code, 200, target);
    }
    const host = new URL(url("order")).host.toUpperCase();
    assert.equal((await ask(access, url("order"), { token, headers: { Host: host } })).code, 200);
  });

  it("answers 404 for a host, a tag or a region that no service has", async () => {
    for (const target of [url("nobody"), url("other---order"), url("order").replace(REGION, "us-east1")]) {
      const answer = await askAs(mesh, caller, target);
      assert.equal(answer.code, 404);
      assert.match(answer.body, /<h2>The requested URL was not found on this server\.<\/h2>/);
      assert.equal(
        mesh.said(),
        `404 ${new URL(target).host}: no Cloud Run service has the host ${new URL(target).host}`,
      );
    }
  });

  it("forgets the host of a service that was deleted", async () => {
    deploy(mesh.controlPlane, "brief", { self: { invokerIamDisabled: true } });
    assert.equal((await askAs(mesh, caller, url("brief"))).code, 200);
    const { id } = mesh.controlPlane.list({ type: SERVICE }).find((one) => one.id.endsWith("/brief"))!;
    mesh.controlPlane.delete({ type: SERVICE, id });
    assert.equal((await askAs(mesh, caller, url("brief"))).code, 404);
  });

  it("keeps the paths that Cloud Run keeps", async () => {
    for (const path of ["/healthz", "/eventlog", "/_ah/warmup"]) {
      assert.equal((await askAs(mesh, caller, url("order") + path)).code, 404);
      assert.equal(mesh.said(), `404 order: Cloud Run keeps ${path} to itself`);
    }
    assert.equal((await askAs(mesh, caller, `${url("order")}/health`)).code, 200);
  });

  it("answers 404 to the internet for internal services, token or not", async () => {
    for (const name of ["internal", "balanced"]) {
      assert.equal((await askAs(mesh, caller, url(name))).code, 404);
      const ingress = name === "internal" ? "internal_only" : "internal_load_balancer";
      assert.equal(mesh.said(), `404 ${name}: ingress of ${name} is ${ingress}; the request came from the internet`);
    }
  });

  it("takes calls from the project's networks in, and from no other project's", async () => {
    for (const name of ["internal", "balanced"]) {
      const own = await askAs(mesh, caller, url(name), { caller: { email: caller, network: "default" } });
      assert.equal(own.code, 200);
      const foreign = { email: caller, network: "projects/elsewhere/global/networks/default" };
      assert.equal((await askAs(mesh, caller, url(name), { caller: foreign })).code, 404);
    }
  });

  it("takes Google's own callers in the service's project in, and in no other", async () => {
    const foreign = "nightly@elsewhere.iam.gserviceaccount.com";
    for (const name of ["internal", "balanced"]) {
      const own = await askAs(mesh, caller, url(name), { caller: { email: caller, byGoogle: true } });
      assert.equal(own.code, 200);
      assert.equal(mesh.decisions.at(-1)!.from, "google");
      assert.equal((await askAs(mesh, foreign, url(name), { caller: { email: foreign, byGoogle: true } })).code, 404);
      const ingress = name === "internal" ? "internal_only" : "internal_load_balancer";
      const where = "the request came from one of Google's own callers in elsewhere";
      assert.equal(mesh.said(), `404 ${name}: ingress of ${name} is ${ingress}; ${where}`);
    }
    const hidden = await askAs(mesh, caller, url("hidden"), { caller: { email: caller, byGoogle: true } });
    assert.deepEqual([hidden.code, mesh.said()], [404, "404 hidden: the default URL of hidden is switched off"]);
  });

  it("answers 404 on a default URL that is switched off", async () => {
    assert.equal((await askAs(mesh, caller, url("hidden"))).code, 404);
    assert.equal(mesh.said(), "404 hidden: the default URL of hidden is switched off");
  });

  it("answers 503 for a service without a revision that is ready", async () => {
    const secretKeyRef = { secret: "missing", version: "1" };
    const envs = [{ name: "KEY", valueSource: { secretKeyRef } }];
    const { controlPlane, plane, decisions, said } = await openMesh(
      (broken) => {
        deploy(broken, "caller");
        assert.throws(() => deploy(broken, "broken", { container: { envs }, self: { invokerIamDisabled: true } }), {
          name: "PartialStateError",
        });
      },
      { standIns: true, cloud: { missing: "refuse" } },
    );
    try {
      assert.equal(controlPlane.list({ type: SERVICE }).length, 2);
      const answer = await ask(await plane.proxyFor({}), url("broken"));
      assert.equal(answer.code, 503);
      assert.match(answer.body, /<title>503 Service Unavailable<\/title>/);
      assert.equal(said(), "503 broken: broken has no revision that is ready");
      assert.equal(decisions.at(-1)!.reason, "no-ready-revision");
    } finally {
      await plane.close();
    }
  });

  it("answers 503 for a service that is scaled to no instances by hand, but for a tag without traffic", async () => {
    for (const [name, code] of [
      ["idle", 503],
      ["live---idle", 503],
      ["next---idle", 200],
      ["one", 200],
      ["automatic", 200],
    ] as const) {
      const token = await mesh.plane.idToken(caller, url(name.replace(/^.*---/, "")));
      assert.equal((await askAs(mesh, caller, url(name), { token })).code, code, name);
      if (code === 503) assert.equal(mesh.said(), "503 idle: idle has no instances: it is scaled to 0 by hand");
    }
    const { code, body } = await ask(await mesh.plane.proxyFor({}), url("idle"));
    assert.equal(code, 503);
    assert.match(body, /<h2>The service you requested is not available yet\.<\/h2>/);
  });

  it("takes a target in full, with or without a path", async () => {
    const { host } = new URL(url("order"));
    const token = await mesh.plane.idToken(caller, url("order"));
    for (const [rest, path] of [
      ["/stats?a=b", "/stats?a=b"],
      ["?a=b", "/?a=b"],
    ]) {
      const socket = await reach(await mesh.plane.proxyFor({}), host);
      socket.write(`GET https://${host}${rest} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n`);
      socket.write(`Authorization: Bearer ${token}\r\n\r\n`);
      let text = "";
      for await (const chunk of socket) text += chunk;
      assert.match(text, /^HTTP\/1\.1 200 /);
      assert.ok(text.includes(`"path":"${path}"`), text);
    }
  });

  it("answers 501 to an upgrade where a stand-in is all there is", async () => {
    const { host } = new URL(url("order"));
    const token = await mesh.plane.idToken(caller, url("order"));
    const socket = await reach(await mesh.plane.proxyFor({}), host);
    socket.write(`GET /ws HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: echo\r\n`);
    socket.write(`Authorization: Bearer ${token}\r\n\r\n`);
    let text = "";
    for await (const chunk of socket) text += chunk;
    assert.match(
      text,
      /^HTTP\/1\.1 501 [\s\S]*content-type: text\/plain\r\n[\s\S]*\r\n\r\na stand-in takes no upgrades\n$/i,
    );
  });

  it("answers 403 with Cloud Run's page where there is no token, the path escaped", async () => {
    const socket = await reach(await mesh.plane.proxyFor({}), new URL(url("order")).host);
    socket.write(`GET /a<b?secret=1 HTTP/1.1\r\nHost: ${new URL(url("order")).host}\r\nConnection: close\r\n\r\n`);
    let text = "";
    for await (const chunk of socket) text += chunk;
    assert.match(text, /^HTTP\/1\.1 403 Forbidden\r\nContent-Type: text\/html; charset=UTF-8\r\n/);
    assert.equal(text.slice(text.indexOf("\r\n\r\n") + 4), FORBIDDEN);
    assert.equal(mesh.said(), "403 order: the request carries no token");
    const { caller: who, path, method, verdict, reason } = mesh.decisions.at(-1)!;
    assert.deepEqual(
      { who, path, method, verdict, reason },
      { who: "nobody", path: "/a<b", method: "GET", verdict: "refused", reason: "no-token" },
    );
  });
});

describe("front end: where a service's calls come from", () => {
  const caller = email("caller");
  const ZONE = "gcp:dns/managedZone:ManagedZone";
  const RECORDS = "gcp:dns/recordSet:RecordSet";
  const code = async (set: { template?: Properties; more?: (mesh: Mesh) => void }): Promise<number | string> => {
    const mesh = await openMesh(
      (controlPlane) => {
        deploy(controlPlane, "order", { self: { ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY" } });
        make(controlPlane, NETWORK, "mesh", { name: "mesh", autoCreateSubnetworks: false });
        const subnet = { region: REGION, network: "mesh" };
        const open = { name: "with", ipCidrRange: "10.0.0.0/26", privateIpGoogleAccess: true };
        make(controlPlane, SUBNETWORK, "with", { ...subnet, ...open });
        make(controlPlane, SUBNETWORK, "without", { ...subnet, name: "without", ipCidrRange: "10.0.1.0/26" });
        deploy(controlPlane, "caller", { template: set.template });
        grant(controlPlane, "order", `serviceAccount:${caller}`);
      },
      { standIns: true },
    );
    try {
      set.more?.(mesh);
      const answer = await askAs(mesh, caller, url("order"), { caller: { service: "caller" } });
      return answer.code;
    } catch (error) {
      assert.equal((error as Error).message, "CONNECT 502");
      assert.equal(mesh.decisions.at(-1)!.reason, "no-route");
      return mesh.said();
    } finally {
      await mesh.plane.close();
    }
  };
  const direct = (subnetwork: string, egress: string) => ({
    vpcAccess: { egress, networkInterfaces: [{ network: "mesh", subnetwork }] },
  });
  const zone = (record?: Properties) => (mesh: Mesh) => {
    make(mesh.controlPlane, ZONE, "run-app", {
      name: "run-app",
      dnsName: "run.app.",
      visibility: "private",
      privateVisibilityConfig: { networks: [{ networkUrl: "projects/acme-dev/global/networks/mesh" }] },
    });
    if (!record) return;
    make(mesh.controlPlane, RECORDS, "all", { managedZone: "run-app", name: "*.run.app.", ttl: 300, ...record });
  };
  const PRIVATE = { type: "A", rrdatas: ["199.36.153.8", "199.36.153.9"] };

  it("is the internet for a service without a way into a network", async () => {
    assert.equal(await code({}), 404);
  });

  it("is the network for a service that sends all traffic through it", async () => {
    assert.equal(await code({ template: VPC }), 200);
    assert.equal(await code({ template: direct("with", "ALL_TRAFFIC") }), 200);
  });

  it("is the network for a connector that takes all traffic", async () => {
    const connector = (egress: string) => ({
      vpcAccess: { egress, connector: `projects/acme-dev/locations/${REGION}/connectors/link` },
    });
    assert.equal(await code({ template: connector("ALL_TRAFFIC") }), 200);
    assert.equal(await code({ template: connector("PRIVATE_RANGES_ONLY") }), 404);
  });

  it("is the internet for private ranges only, unless a private zone leads run.app to Google's private addresses", async () => {
    const template = direct("with", "PRIVATE_RANGES_ONLY");
    assert.equal(await code({ template }), 404);
    assert.equal(await code({ template, more: zone(PRIVATE) }), 200);
    assert.equal(await code({ template, more: zone({ type: "A", rrdatas: ["203.0.113.5"] }) }), 404);
  });

  it("follows one alias in the private zone", async () => {
    const template = direct("with", "PRIVATE_RANGES_ONLY");
    const more = (mesh: Mesh) => {
      zone({ type: "CNAME", rrdatas: ["run.app."] })(mesh);
      make(mesh.controlPlane, RECORDS, "apex", { managedZone: "run-app", name: "run.app.", ttl: 300, ...PRIVATE });
    };
    assert.equal(await code({ template, more }), 200);
  });

  it("is nowhere when the private zone has no record, or the subnetwork no Private Google Access", async () => {
    const host = new URL(url("order")).host;
    assert.equal(
      await code({ template: direct("with", "PRIVATE_RANGES_ONLY"), more: zone() }),
      `502 ${host}: the private zone "run-app" answers for ${host} and has no record for it; add *.run.app`,
    );
    assert.equal(
      await code({ template: direct("without", "ALL_TRAFFIC") }),
      `502 ${host}: the subnetwork "without" of caller has no Private Google Access; set privateIpGoogleAccess`,
    );
  });

  it("is the network where Cloud NAT stands in for Private Google Access", async () => {
    const more = (mesh: Mesh) =>
      void make(mesh.controlPlane, "gcp:compute/routerNat:RouterNat", "nat", {
        name: "nat",
        region: REGION,
        router: "r",
        sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES",
      });
    assert.equal(await code({ template: direct("without", "ALL_TRAFFIC"), more }), 200);
  });
});
