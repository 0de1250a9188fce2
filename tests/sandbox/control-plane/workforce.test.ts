import * as assert from "node:assert/strict";
import type { Properties } from "../../../sandbox/control-plane";
import { balancer, PARTS } from "./balancer";
import { cloud, make, NOW, NUMBER, PROJECT, refusal } from "./cloud";
import {
  ACCESSOR,
  accessor,
  CLIENT_PATH,
  type Piece,
  POOL_PATH,
  piece,
  WORKFORCE,
  WORKFORCE_SAID,
  workforce,
} from "./workforce";

const DAY_MS = 86_400_000;

describe("control plane: sign-in by a workforce pool", () => {
  it("has the ids that the provider gives its pieces", () => {
    const controlPlane = cloud();
    assert.deepEqual(
      Object.values(workforce(controlPlane)).map(({ id }) => id),
      [
        POOL_PATH,
        `${POOL_PATH}/providers/entra`,
        CLIENT_PATH,
        `${CLIENT_PATH}/credentials/iap-1`,
        `projects/${NUMBER}/iap_web/compute/iapSettings`,
      ],
    );
    assert.deepEqual(controlPlane.unhandled(), []);
  });

  it("is read back as it was sent, and none of it is a difference", () => {
    const controlPlane = cloud();
    for (const [name, { id, state }] of Object.entries(workforce(controlPlane)) as [
      Piece,
      ReturnType<typeof piece>,
    ][]) {
      const [type, news] = [WORKFORCE[name], WORKFORCE_SAID[name]];
      const read = controlPlane.read({ type, id });
      assert.deepEqual(read?.state, state);
      for (const oldInputs of [news, read.inputs]) {
        assert.deepEqual(controlPlane.diff({ type, id, oldInputs, oldState: state, news }).detailedDiff, {}, name);
      }
    }
  });

  it("has a client id and a secret that Google makes up, and others once they are made anew", () => {
    const controlPlane = cloud();
    const { client, credential, pool } = workforce(controlPlane, "settings");
    assert.equal(client.state["name"], CLIENT_PATH);
    assert.equal(client.state["state"], "ACTIVE");
    assert.match(String(client.state["clientId"]), /^a[0-9a-f]{8}-[0-9a-f-]{27}$/);
    assert.match(String(credential.state["clientSecret"]), /^[0-9a-f]{40}$/);
    assert.deepEqual([pool.state["name"], pool.state["state"]], [POOL_PATH, "ACTIVE"]);
    const inputs = { ...WORKFORCE_SAID.client, allowedRedirectUris: ["https://example.com/"] };
    const updated = controlPlane.update({ type: WORKFORCE.client, id: client.id, inputs, oldState: client.state });
    assert.equal(updated.state["clientId"], client.state["clientId"]);
    controlPlane.update({
      type: WORKFORCE.credential,
      id: credential.id,
      inputs: { ...WORKFORCE_SAID.credential, disabled: true },
    });
    controlPlane.delete({ type: WORKFORCE.credential, id: credential.id });
    assert.notEqual(piece(controlPlane, "credential").state["clientSecret"], credential.state["clientSecret"]);
  });

  it("keeps the secret of IAP's settings in their state, with the hash that Google answers with beside it", () => {
    const { settings } = workforce(cloud());
    const access = settings.state["accessSettings"] as { workforceIdentitySettings: { oauth2: Properties } };
    assert.deepEqual(access.workforceIdentitySettings.oauth2, {
      clientId: "00000000-0000-4000-a000-000000000000",
      clientSecret: "hush",
      clientSecretSha256: "dc8331bcb2283e89d275a1c2fe66f7bf5ac3163ec1967f149dd7e27906365f0c",
    });
  });

  it("has settings that are read back by the project's number: named by its id, every update replaces them", () => {
    const controlPlane = cloud();
    const news = { ...WORKFORCE_SAID.settings, name: `projects/${PROJECT}/iap_web/compute` };
    const { id, state } = piece(controlPlane, "settings", news);
    assert.equal(state["name"], `projects/${NUMBER}/iap_web/compute`);
    const { detailedDiff } = controlPlane.diff({
      type: WORKFORCE.settings,
      id,
      oldInputs: news,
      oldState: state,
      news,
    });
    assert.deepEqual(detailedDiff, { name: "update-replace" });
  });

  it("has settings of a backend service by its name and by its number", () => {
    const controlPlane = cloud();
    const { backend } = balancer(controlPlane);
    for (const service of ["portal", String(backend.state["generatedId"])]) {
      const name = `projects/${NUMBER}/iap_web/compute/services/${service}`;
      assert.equal(piece(controlPlane, "settings", { name }).id, `${name}/iapSettings`);
    }
  });

  const kept: [Piece, string][] = [
    ["pool", "WorkforcePool"],
    ["provider", "WorkforcePoolProvider"],
    ["client", "OauthClient"],
  ];
  for (const [name, kind] of kept) {
    it(`keeps the id of a deleted ${name} for 30 days`, () => {
      let now = NOW.getTime();
      const controlPlane = cloud({ clock: () => new Date(now) });
      const { id } = workforce(controlPlane, "credential")[name];
      controlPlane.delete({ type: WORKFORCE[name], id });
      assert.equal(controlPlane.read({ type: WORKFORCE[name], id }), undefined);
      now += 30 * DAY_MS - 1;
      assert.equal(
        refusal(() => piece(controlPlane, name)),
        `Error creating ${kind}: googleapi: Error 409: Requested entity already exists, alreadyExists`,
      );
      now += 1;
      assert.equal(piece(controlPlane, name).id, id);
    });
  }

  it("takes providers with their pool, and secrets with their client", () => {
    const controlPlane = cloud();
    const made = workforce(controlPlane, "settings");
    controlPlane.delete({ type: WORKFORCE.pool, id: made.pool.id });
    controlPlane.delete({ type: WORKFORCE.client, id: made.client.id });
    for (const name of Object.keys(made) as Piece[])
      assert.equal(controlPlane.get(WORKFORCE[name], made[name].id), undefined);
  });

  it("does not delete a secret as long as it is enabled", () => {
    const controlPlane = cloud();
    const { id } = workforce(controlPlane).credential;
    const remove = () => controlPlane.delete({ type: WORKFORCE.credential, id });
    assert.equal(
      refusal(remove),
      "Error when reading or editing OauthClientCredential: googleapi: Error 400: An enabled credential cannot be deleted. Disable it first., failedPrecondition",
    );
    controlPlane.update({ type: WORKFORCE.credential, id, inputs: { ...WORKFORCE_SAID.credential, disabled: true } });
    remove();
    assert.equal(controlPlane.get(WORKFORCE.credential, id), undefined);
  });

  it("says of a project in which organization it is, if in any", () => {
    const orgId = (organization?: string) => {
      const projects = [{ id: PROJECT, number: NUMBER, ...(organization !== undefined && { organization }) }];
      return cloud({ projects }).invoke({ token: "gcp:organizations/getProject:getProject", args: {} })["orgId"];
    };
    assert.match(String(orgId()), /^\d+$/);
    assert.equal(orgId("555"), "555");
    assert.equal(orgId(""), "");
  });
});

describe("control plane: who may pass IAP before a backend service", () => {
  const target = `projects/${PROJECT}/iap_web/compute/services/portal`;

  it("is read back by the whole path of the backend service, with its condition", () => {
    const controlPlane = cloud();
    balancer(controlPlane);
    const { id, state } = make(controlPlane, ACCESSOR, "x", accessor());
    assert.equal(state["webBackendService"], target);
    assert.deepEqual(state["condition"], accessor()["condition"]);
    const about = { type: ACCESSOR, id, oldInputs: accessor(), oldState: state };
    assert.deepEqual(controlPlane.diff({ ...about, news: accessor() }).detailedDiff, {});
    const other = { ...about, news: accessor({ webBackendService: "desk" }) };
    assert.deepEqual(controlPlane.diff(other).detailedDiff, { webBackendService: "update-replace" });
  });

  it("is refused for a backend service that does not exist, and goes with one that is deleted", () => {
    const controlPlane = cloud();
    balancer(controlPlane, "map");
    assert.equal(
      refusal(() => make(controlPlane, ACCESSOR, "x", accessor({ webBackendService: "none" }))),
      `Error applying IAM policy for iap webbackendservice "projects/${PROJECT}/iap_web/compute/services/none": Error setting IAM policy for iap webbackendservice "projects/${PROJECT}/iap_web/compute/services/none": googleapi: Error 404: Requested entity was not found., notFound`,
    );
    const { id } = make(controlPlane, ACCESSOR, "x", accessor());
    controlPlane.delete({ type: PARTS.backend, id: `projects/${PROJECT}/global/backendServices/portal` });
    assert.equal(controlPlane.read({ type: ACCESSOR, id }), undefined);
  });
});
