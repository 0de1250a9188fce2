/** The OAuth client of Identity-Aware Proxy through its life: its redirect address is patched in by the real engine's dynamic provider. */
import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import type { Program } from "../../sandbox/engine";
import { usesPulumi } from "../support/pulumi-cli";
import { errors, type MeshSettings, openStack, type Stack, succeeded } from "./support";

const CLIENT = "gcp:iam/oauthClient:OauthClient";
const CREDENTIAL = "gcp:iam/oauthClientCredential:OauthClientCredential";
const FILE = path.join(__dirname, "programs/iap-oauth-client");
const program = require(FILE) as Program;

const idOf = (name: string) => `projects/acme-dev/locations/global/oauthClients/${name}`;
const first: MeshSettings = { oauthClient: "iap-workforce" };
const titled: MeshSettings = { ...first, displayName: "Staff" };
const second: MeshSettings = { oauthClient: "iap-workforce-2" };
const third: MeshSettings = { oauthClient: "iap-workforce-3" };

describe("the OAuth client of Identity-Aware Proxy", function () {
  this.timeout(120_000);
  const cli = usesPulumi();
  let stack: Stack;

  before(async () => {
    stack = await openStack(cli());
  });
  after(() => stack.close());

  const run = async (operation: "up" | "refresh" | "destroy", settings: MeshSettings) => {
    const result = succeeded(await stack.run(operation, settings, { program }));
    assert.deepEqual(result.diagnostics, []);
    return result;
  };
  const state = (name: string) => stack.controlPlane.get(CLIENT, idOf(name))?.state;
  /** What changed, without the stack, its component and its providers. */
  const changed = async (operation: "up" | "refresh" | "destroy", settings: MeshSettings) =>
    (await run(operation, settings)).steps
      .filter(({ op, type }) => !["same", "refresh"].includes(op) && /^gcp:|^pulumi-nodejs:/.test(type))
      .map(({ op, type, name }) => `${op} ${type.split(":").at(-1)} ${name}`)
      .sort();

  it("is told to take people back to IAP when a patch succeeds, after one that failed", async () => {
    await stack.playing([{ operation: "update", type: CLIENT, kind: "refused" }]);
    const failed = await stack.fail("up", first, FILE);
    assert.deepEqual(
      errors(failed).filter((message) => message.includes("cannot")),
      [
        `cannot set allowedRedirectUris of "${idOf("iap-workforce")}": 503: The service is currently unavailable., backendError`,
      ],
    );
    await stack.playing([]);
    const { outputs } = await run("up", first);
    const { clientId, allowedRedirectUris } = state("iap-workforce")!;
    assert.equal(outputs["clientId"], clientId);
    assert.deepEqual(allowedRedirectUris, [`https://iap.googleapis.com/v1/oauth/clientIds/${clientId}:handleRedirect`]);
  });

  it("keeps its address when something else of it is changed", async () => {
    const { allowedRedirectUris } = state("iap-workforce")!;
    assert.deepEqual(await changed("up", titled), ["update OauthClient staff"]);
    assert.deepEqual(state("iap-workforce")!["allowedRedirectUris"], allowedRedirectUris);
  });

  it("is left alone by further refreshes and updates", async () => {
    const { allowedRedirectUris } = state("iap-workforce")!;
    for (const operation of ["refresh", "refresh", "up"] as const)
      assert.deepEqual(await changed(operation, titled), [], operation);
    assert.deepEqual(state("iap-workforce")!["allowedRedirectUris"], allowedRedirectUris);
  });

  it("has neither its secret nor anything but a little code in the engine's state", async () => {
    const secret = String(
      stack.controlPlane.get(CREDENTIAL, `${idOf("iap-workforce")}/credentials/iap-1`)?.state["clientSecret"],
    );
    assert.ok(secret.length > 20, "the control plane made a secret");
    const file = path.join(stack.stateFolder, "backend/.pulumi/stacks/cloud-run-mesh/test.json");
    const text = readFileSync(file, "utf8");
    assert.ok(!text.includes(secret), "the secret stands in the state in plain text");
    const { resources } = JSON.parse(text).checkpoint.latest;
    const codes = (resources as { inputs?: { __provider?: string } }[]).flatMap(
      ({ inputs }) => inputs?.__provider ?? [],
    );
    const [code = "", ...others] = new Set(codes);
    assert.deepEqual(others, [], "one code for both patches");
    assert.ok(code.includes("updateMask") && code.length < 10_000, `${code.length} characters of code`);
    const loaded = [...code.matchAll(/require\("([^"]+)"\)/g)].map((match) => match[1]).sort();
    assert.deepEqual(loaded, ["google-auth-library", "node:util"]);
  });

  it("gets its address again when somebody has taken it away", async () => {
    const { allowedRedirectUris } = state("iap-workforce")!;
    const { inputs } = stack.controlPlane.get(CLIENT, idOf("iap-workforce"))!;
    const elsewhere = { ...inputs, allowedRedirectUris: ["https://elsewhere.example"] };
    stack.controlPlane.update({ type: CLIENT, id: idOf("iap-workforce"), inputs: elsewhere });
    await run("refresh", titled);
    assert.deepEqual(await changed("up", titled), ["update IamPatch staff-redirect"]);
    assert.deepEqual(state("iap-workforce")!["allowedRedirectUris"], allowedRedirectUris);
  });

  it("is replaced with everything that is of it, the new one first", async () => {
    const result = await run("up", second);
    const { clientId, allowedRedirectUris } = state("iap-workforce-2")!;
    assert.equal(result.outputs["clientId"], clientId);
    assert.deepEqual(allowedRedirectUris, [`https://iap.googleapis.com/v1/oauth/clientIds/${clientId}:handleRedirect`]);
    const order = stack.controlPlane
      .log()
      .filter(({ type, operation }) => type === CLIENT && /create|delete/.test(operation));
    assert.deepEqual(
      order.slice(-2).map(({ operation, id }) => `${operation} ${id}`),
      [`create ${idOf("iap-workforce-2")}`, `delete ${idOf("iap-workforce")}`],
    );
    assert.deepEqual(
      stack.controlPlane
        .list()
        .map(({ id }) => id)
        .filter((id) => id.startsWith(idOf("iap-workforce")))
        .sort(),
      [idOf("iap-workforce-2"), `${idOf("iap-workforce-2")}/credentials/iap-1`],
    );
  });

  it("goes with its secret, which Google deletes only once it is disabled, and is made again under another name", async () => {
    await run("destroy", second);
    assert.deepEqual(stack.controlPlane.list({ type: CLIENT }), []);
    assert.deepEqual(stack.controlPlane.list({ type: CREDENTIAL }), []);
    await run("up", third);
    assert.equal(state("iap-workforce-3")!["state"], "ACTIVE");
  });

  it("is no obstacle where it is gone before the stack goes", async () => {
    stack.controlPlane.delete({ type: CLIENT, id: idOf("iap-workforce-3") });
    await run("destroy", third);
    assert.deepEqual(stack.controlPlane.list({ type: CREDENTIAL }), []);
  });
});
