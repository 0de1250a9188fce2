/**
 * The network that a config asks for, made by the program itself and judged by the policy pack, and a call through it.
 * Then each part that such a network needs is taken away by hand, as no config can.
 */
import * as assert from "node:assert/strict";
import * as path from "node:path";
import type { ControlPlane, Properties } from "../../../sandbox/control-plane";
import { type Decision, openDataPlane } from "../../../sandbox/data-plane";
import { openSandbox } from "../../../sandbox/sandbox";
import { stackConfig, succeeded } from "../../deploy/support";
import { withoutCredentials } from "../../support/pulumi-cli";
import { NETWORK, SERVICE, SUBNETWORK } from "../control-plane/cloud";
import { ask } from "./mesh";

const ROOT = path.join(__dirname, "../../..");
const ZONE = "gcp:dns/managedZone:ManagedZone";
const RECORDS = "gcp:dns/recordSet:RecordSet";
const image = "europe-docker.pkg.dev/acme/images/app@sha256:0";

type Change = (controlPlane: ControlPlane) => void;

/** What web is answered that calls api, which is internal: the status, or why its call never arrived. */
async function answer(network: object, change: Change = () => {}): Promise<string> {
  const services = { web: { image, calls: ["api"] }, api: { image } };
  const sandbox = await openSandbox({
    projectFolder: ROOT,
    stackConfig: {
      project: "cloud-run-mesh",
      stack: "test",
      file: "Pulumi.test.yaml",
      config: stackConfig({ deletionProtection: false, network, services }),
    },
    stateFolder: "",
    engine: "embedded",
    env: withoutCredentials(process.env),
  });
  try {
    const up = succeeded(await sandbox.engine.run("up"));
    assert.deepEqual(up.findings, [], "the policy pack has nothing to say");
    change(sandbox.controlPlane);
    const { web, api } = up.outputs["urls"] as Record<string, string>;
    assert.ok(web && api);
    return await called(sandbox.controlPlane, api);
  } finally {
    await sandbox.close();
  }
}

async function called(controlPlane: ControlPlane, url: string): Promise<string> {
  const decisions: Decision[] = [];
  const plane = await openDataPlane({
    controlPlane,
    workloads: [],
    onDecision: (decision) => decisions.push(decision),
    env: withoutCredentials(process.env),
  });
  const said = () => `${decisions.at(-1)?.code}: ${decisions.at(-1)?.message}`.replace(/[-\w.]+\.run\.app/g, "HOST");
  try {
    const token = await plane.idToken("web-sa@acme-dev.iam.gserviceaccount.com", url);
    const { code } = await ask(await plane.proxyFor({ service: "web" }), url, { token });
    assert.equal(String(code), said().slice(0, 3));
  } catch (error) {
    assert.equal((error as Error).message, "CONNECT 502");
  } finally {
    await plane.close();
  }
  return said();
}

/** The one resource of a type, with other inputs. */
const changed =
  (type: string, change: (inputs: Properties) => Properties, ending = ""): Change =>
  (controlPlane) => {
    const found = controlPlane.list({ type }).filter(({ id, external }) => !external && id.endsWith(ending));
    assert.equal(found.length, 1, `${found.length} of ${type}`);
    const [{ id, inputs } = assert.fail()] = found;
    controlPlane.update({ type, id, inputs: { ...inputs, ...change(inputs) } });
  };

const gone =
  (...types: string[]): Change =>
  (controlPlane) => {
    for (const type of types) {
      const found = controlPlane.list({ type });
      assert.equal(found.length, 1, `${found.length} of ${type}`);
      for (const { id } of found) controlPlane.delete({ type, id });
    }
  };

describe("a network that the mesh makes", () => {
  const PASSES = "200: web-sa has roles/run.invoker";
  const FROM_THE_INTERNET = "404: ingress of api is internal_only; the request came from the internet";
  const privateRanges = { create: {}, egress: "private-ranges-only" };

  const working: readonly [fact: string, network: object][] = [
    ["all traffic, by Direct VPC egress", { create: {} }],
    ["all traffic, by a connector", { create: { connector: true } }],
    ["all traffic, with Cloud NAT", { create: { nat: true } }],
    ["private ranges only, by Direct VPC egress", privateRanges],
    ["private ranges only, by a connector", { create: { connector: true }, egress: "private-ranges-only" }],
    ["all traffic, with the private zone", { create: {}, privateDnsZone: true }],
    [
      "a network of a Shared VPC host, which the mesh does not make",
      {
        network: "projects/acme-host/global/networks/shared",
        subnetwork: "projects/acme-host/regions/europe-west9/subnetworks/mesh",
      },
    ],
  ];
  for (const [fact, network] of working) {
    it(`lets a call pass: ${fact}`, async () => assert.equal(await answer(network), PASSES));
  }

  const NO_ACCESS = (subnetwork: string) =>
    `502: the subnetwork "${subnetwork}" of web has no Private Google Access; set privateIpGoogleAccess`;
  const noAccess = changed(SUBNETWORK, () => ({ privateIpGoogleAccess: false }));
  const noRoute = changed(
    SERVICE,
    ({ template }) => {
      const { vpcAccess, ...rest } = template as Properties;
      assert.ok(vpcAccess);
      return { template: rest };
    },
    "/web",
  );
  const broken: readonly [fact: string, network: object, change: Change, answer: string][] = [
    ["the caller's way into it", { create: {} }, noRoute, FROM_THE_INTERNET],
    ["Private Google Access", { create: {} }, noAccess, NO_ACCESS("mesh")],
    ["Private Google Access of private ranges", privateRanges, noAccess, NO_ACCESS("mesh")],
    [
      "Private Google Access of a connector's subnetwork",
      { create: { connector: true, name: "link" } },
      noAccess,
      NO_ACCESS("link"),
    ],
    ["the private zone", privateRanges, gone(RECORDS, ZONE), FROM_THE_INTERNET],
    [
      "the private zone of a connector",
      { create: { connector: true }, egress: "private-ranges-only" },
      gone(RECORDS, ZONE),
      FROM_THE_INTERNET,
    ],
    [
      "the zone's record",
      privateRanges,
      gone(RECORDS),
      '502: the private zone "mesh-run-app" answers for HOST and has no record for it; add *.run.app',
    ],
    [
      "the zone's bond to the network",
      privateRanges,
      (controlPlane) => {
        controlPlane.seed(NETWORK, { name: "other", project: "acme-dev" });
        const networks = [{ networkUrl: "projects/acme-dev/global/networks/other" }];
        changed(ZONE, () => ({ privateVisibilityConfig: { networks } }))(controlPlane);
      },
      FROM_THE_INTERNET,
    ],
    [
      "the record's private addresses",
      privateRanges,
      changed(RECORDS, () => ({ rrdatas: ["203.0.113.7"] })),
      FROM_THE_INTERNET,
    ],
  ];
  for (const [fact, network, change, expected] of broken) {
    it(`loses calls without ${fact}`, async () => assert.equal(await answer(network, change), expected));
  }

  it("needs no Private Google Access where Cloud NAT stands in for it", async () =>
    assert.equal(await answer({ create: { nat: true } }, noAccess), PASSES));
});
