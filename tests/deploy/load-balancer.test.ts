/** A load balancer with Identity-Aware Proxy through its life on the real engine: what each change touches, and in which order. */
import * as assert from "node:assert/strict";
import type { Fault } from "../../sandbox/control-plane";
import type { Operation } from "../../sandbox/engine";
import { usesPulumi } from "../support/pulumi-cli";
import { BACKEND, deadEnds, front, openFront, STAFF } from "./load-balancer";
import { changes, existing, IMAGE, type MeshSettings, SERVICE, type Stack, succeeded } from "./support";

const portal = { portal: { image: IMAGE } };
const one = front(portal, { "/": "portal" });
const two = front({ ...portal, desk: { image: IMAGE } }, { "/": "portal", "/desk": "desk" });
const renamed = front(
  { ...portal, desk: { image: IMAGE, name: "desk-v2", accountId: "desk-sa" } },
  { "/": "portal", "/desk": "desk" },
);
const moved = { ...renamed, "gcp:region": "europe-west1" };
const elsewhere = { ...front(portal, { "/": "portal" }, { domains: ["lab.example"] }), "gcp:region": "europe-west1" };

const ROUTE = (key: string) => [
  `cloudrunv2/service ${key}`,
  `cloudrunv2/serviceIamMember iap-calls-${key}`,
  `compute/backendService ${key}`,
  `compute/regionNetworkEndpointGroup ${key}`,
  `iap/settings ${key}`,
  `iap/webBackendServiceIamMember ${STAFF}-opens-${key}`,
];
const DOMAIN = (name: string) => [
  `certificatemanager/certificate load-balancer-${name}`,
  `certificatemanager/certificateMapEntry load-balancer-${name}`,
  `certificatemanager/dnsAuthorization load-balancer-${name}`,
  `dns/recordSet load-balancer-${name}`,
  `dns/recordSet load-balancer-${name}-authorization`,
];
const all = (op: string, whats: readonly string[]) => whats.map((what) => `${op} ${what}`);
const replaced = (whats: readonly string[]) =>
  ["create-replacement", "delete-replaced", "replace"].flatMap((op) => all(op, whats));

/** What an operation changed of Google Cloud in a stack without failures, and what there was in the end. */
interface Clean {
  readonly operations: readonly Omit<Fault, "kind">[];
  readonly left: readonly string[];
}

/** Automatic names end in letters and digits of their own in each stack. */
const left = (stack: Stack) => existing(stack.controlPlane).map((id) => id.replace(/-[0-9a-f]{7}(?=$|\/)/g, "-*"));

describe("a load balancer on the real engine", function () {
  this.timeout(20 * 60_000);
  const cli = usesPulumi();
  const clean = new Map<string, Clean>();

  describe("backends first", () => {
    let stack: Stack;
    let dark: () => readonly string[];
    before(async () => {
      stack = await openFront(cli());
      dark = deadEnds(stack.controlPlane);
    });
    after(() => stack.close());

    const run = async (operation: Operation, settings: MeshSettings, phase?: string) => {
      const before = stack.controlPlane.log().length;
      const result = succeeded(await stack.run(operation, settings, { policy: phase === "the first update" }));
      const operations = stack.controlPlane
        .log()
        .slice(before)
        .flatMap(({ operation: op, type, name, id }) => {
          const struck = name ?? id;
          return /^(create|update|delete)$/.test(op) && struck ? [{ operation: op, type, name: struck, nth: 1 }] : [];
        });
      if (phase !== undefined) clean.set(phase, { operations, left: left(stack) });
      assert.deepEqual(result.findings, []);
      assert.deepEqual(dark(), [], "the URL map leads to services that answer, at any time");
      return { ...result, changed: changes(result) };
    };

    it("makes everything in one update, and changes nothing in the next ones", async () => {
      const { changed, outputs } = await run("up", one, "the first update");
      const front = [
        "certificatemanager/certificateMap load-balancer",
        "compute/globalAddress load-balancer",
        "compute/globalForwardingRule load-balancer",
        "compute/globalForwardingRule load-balancer-redirect",
        "compute/sSLPolicy load-balancer",
        "compute/securityPolicy load-balancer",
        "compute/targetHttpProxy load-balancer-redirect",
        "compute/targetHttpsProxy load-balancer",
        "compute/uRLMap load-balancer",
        "compute/uRLMap load-balancer-redirect",
        "iam/oauthClient iap-gateway",
        "iam/oauthClientCredential iap-gateway",
        "projects/serviceIdentity iap-agent",
        "serviceaccount/account portal",
      ];
      assert.deepEqual(changed, all("create", [...front, ...DOMAIN("ailab-example"), ...ROUTE("portal")]).sort());
      const [address] = stack.controlPlane.list({ type: "gcp:compute/globalAddress:GlobalAddress" });
      const [backend] = stack.controlPlane.list({ type: BACKEND });
      assert.deepEqual(outputs["loadBalancer"], {
        url: "https://ailab.example",
        address: address?.state["address"],
        backends: { portal: backend?.state["name"] },
      });
      assert.equal(outputs["dnsRecords"], undefined, "the zone has them");
      for (const operation of ["up", "refresh", "up"] as const)
        assert.deepEqual((await run(operation, one)).changed, [], operation);
    });

    it("adds a route by what is that route's own, and the URL map", async () => {
      const { changed } = await run("up", two);
      const expected = all("create", [...ROUTE("desk"), "serviceaccount/account desk"]);
      assert.deepEqual(changed, [...expected, "update compute/uRLMap load-balancer"].sort());
    });

    it("replaces a service behind it by a second one to which the URL map moves", async () => {
      const { changed } = await run("up", renamed, "an update that replaces a service");
      assert.deepEqual(
        changed,
        [
          ...replaced(ROUTE("desk")),
          "update compute/uRLMap load-balancer",
          "update serviceaccount/account desk",
        ].sort(),
      );
    });

    it("moves services to another region, where they are before they go", async () => {
      const { changed } = await run("up", moved);
      const both = [...ROUTE("desk"), ...ROUTE("portal")];
      assert.deepEqual(changed, [...replaced(both), "update compute/uRLMap load-balancer"].sort());
    });

    it("removes a route and changes a domain by what is their own, and the URL map", async () => {
      const { changed } = await run("up", elsewhere);
      assert.deepEqual(
        changed,
        [
          ...all("create", DOMAIN("lab-example")),
          ...all("delete", [...DOMAIN("ailab-example"), ...ROUTE("desk"), "serviceaccount/account desk"]),
          "update compute/uRLMap load-balancer",
        ].sort(),
      );
    });

    it("goes, and leaves what was there before", async () => {
      await run("destroy", elsewhere, "a destroy");
      assert.deepEqual(existing(stack.controlPlane), [
        "locations/global/workforcePools/acme-staff",
        "projects/acme-dev/managedZones/ailab-example",
      ]);
    });
  });

  describe("services first", () => {
    const first = (settings: MeshSettings) => ({
      ...settings,
      loadBalancer: { ...(settings["loadBalancer"] as object), order: "services-first" },
    });
    let stack: Stack;
    let dark: () => readonly string[];
    before(async () => {
      stack = await openFront(cli());
      dark = deadEnds(stack.controlPlane);
    });
    after(() => stack.close());

    const up = async (settings: MeshSettings) => {
      const result = succeeded(await stack.run("up", first(settings)));
      assert.deepEqual(dark(), []);
      const warnings = result.diagnostics.filter(({ severity }) => severity === "warning");
      return { changed: changes(result), warnings: warnings.map(({ message }) => message) };
    };
    const told = (service: string) => {
      const found = stack.controlPlane.get(SERVICE, `projects/acme-dev/locations/europe-west9/services/${service}`);
      return /"IAP_AUDIENCE","value":"([^"]*)"/.exec(JSON.stringify(found?.inputs))?.[1];
    };
    const id = () => String(stack.controlPlane.list({ type: BACKEND })[0]?.state["generatedId"]);

    it("tells a service in a second update what to check, says so in the first, and has nothing to do in a third", async () => {
      const { changed, warnings } = await up(one);
      assert.equal(changed.length, 25);
      assert.deepEqual(warnings, [
        'loadBalancer.order: "services-first" takes a second update, in which each of "portal" is told what IAP\'s assertions are meant for; until then each refuses everybody',
      ]);
      assert.match(told("portal") ?? "", /^\/projects\/\d+\/global\/backendServices\/0$/);
      assert.deepEqual(await up(one), { changed: ["update cloudrunv2/service portal"], warnings: [] });
      assert.equal(told("portal")?.split("/").at(-1), id());
      assert.deepEqual(await up(one), { changed: [], warnings: [] });
    });

    it("leads the backend service that stays to a service that is replaced, which is told as much at once", async () => {
      const { changed } = await up(front({ portal: { image: IMAGE, name: "portal-v2" } }, { "/": "portal" }));
      assert.deepEqual(
        changed.filter((change) => /backendService|uRLMap|iap\//.test(change)),
        ["update compute/backendService portal"],
      );
      assert.equal(told("portal-v2")?.split("/").at(-1), id());
    });
  });

  describe("where every operation of Google fails once", () => {
    const phases: readonly { phase: string; operation: Operation; settings: MeshSettings; before?: MeshSettings }[] = [
      { phase: "the first update", operation: "up", settings: one },
      { phase: "an update that replaces a service", operation: "up", before: two, settings: renamed },
      { phase: "a destroy", operation: "destroy", before: elsewhere, settings: elsewhere },
    ];
    for (const { phase, operation, settings, before: earlier } of phases) {
      it(`${phase} converges when it is run again`, async () => {
        const { operations, left: expected } =
          clean.get(phase) ?? assert.fail(`${phase} was not seen without failures`);
        const stack = await openFront(cli());
        try {
          if (earlier) succeeded(await stack.run("up", earlier));
          await stack.playing(operations.map((fault, i) => ({ ...fault, kind: i % 2 === 0 ? "refused" : "partial" })));
          const struck = () => stack.controlPlane.log().filter(({ outcome }) => outcome !== "done").length;
          for (let before = -1; struck() > before && struck() < operations.length; ) {
            before = struck();
            await stack.fail(operation, settings);
          }
          assert.equal(struck(), operations.length, "every operation was struck");
          succeeded(await stack.run(operation, settings));
          assert.deepEqual(left(stack), expected);
          if (operation === "up") assert.deepEqual(changes(succeeded(await stack.run("up", settings))), []);
        } finally {
          await stack.close();
        }
      });
    }
  });
});
