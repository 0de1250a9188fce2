import * as assert from "node:assert/strict";
import { type Properties, UNKNOWN } from "../../../sandbox/control-plane";
import { balancer, CERTIFICATES, GLOBAL, KINDS, LINK, PARTS, type Part, part, SAID } from "./balancer";
import { cloud, PROJECT, REGION, refusal } from "./cloud";

const GROUP = `projects/${PROJECT}/regions/${REGION}/networkEndpointGroups/portal`;

describe("control plane: a load balancer", () => {
  it("has the ids that the provider gives its parts", () => {
    const controlPlane = cloud();
    assert.deepEqual(
      Object.values(balancer(controlPlane)).map(({ id }) => id),
      [
        `${GLOBAL}/addresses/entrance`,
        `${CERTIFICATES}/dnsAuthorizations/entrance`,
        `${CERTIFICATES}/certificates/entrance`,
        `${CERTIFICATES}/certificateMaps/entrance`,
        `${CERTIFICATES}/certificateMaps/entrance/certificateMapEntries/entrance`,
        GROUP,
        `${GLOBAL}/securityPolicies/entrance`,
        `${GLOBAL}/backendServices/portal`,
        `${GLOBAL}/urlMaps/entrance`,
        `${GLOBAL}/urlMaps/to-https`,
        `${GLOBAL}/sslPolicies/entrance`,
        `${GLOBAL}/targetHttpsProxies/entrance`,
        `${GLOBAL}/targetHttpProxies/to-https`,
        `${GLOBAL}/forwardingRules/entrance-443`,
        `${GLOBAL}/forwardingRules/entrance-80`,
      ],
    );
    assert.deepEqual(controlPlane.unhandled(), []);
  });

  it("is read back with links, the number of its address and ranges of ports, and none of it is a difference", () => {
    const controlPlane = cloud();
    const made = balancer(controlPlane);
    const state = (name: Part) => made[name].state;
    assert.deepEqual(state("backend")["backends"], [{ group: `${LINK}/${GROUP}` }]);
    assert.equal(state("backend")["securityPolicy"], `${LINK}/${GLOBAL}/securityPolicies/entrance`);
    assert.equal(state("map")["defaultService"], `${LINK}/${GLOBAL}/backendServices/portal`);
    assert.equal(state("https")["urlMap"], `${LINK}/${GLOBAL}/urlMaps/entrance`);
    assert.equal(state("rule443")["ipAddress"], state("address")["address"]);
    assert.equal(state("rule443")["portRange"], "443-443");
    assert.equal(state("rule443")["target"], `${LINK}/${GLOBAL}/targetHttpsProxies/entrance`);
    for (const name of Object.keys(PARTS) as Part[]) {
      const { id } = made[name];
      const [type, news] = [PARTS[name], SAID[name]];
      const read = controlPlane.read({ type, id });
      assert.deepEqual(read?.state, state(name));
      for (const oldInputs of [news, read.inputs]) {
        const { detailedDiff } = controlPlane.diff({ type, id, oldInputs, oldState: state(name), news });
        assert.deepEqual(detailedDiff, {}, name);
      }
    }
  });

  it("takes a part by its name, its path or its link for the same", () => {
    const controlPlane = cloud();
    balancer(controlPlane);
    const path = `${GLOBAL}/backendServices/portal`;
    for (const defaultService of ["portal", "global/backendServices/portal", path, `${LINK}/${path}`]) {
      const { id, state } = part(controlPlane, "map", { name: "other", defaultService });
      assert.equal(state["defaultService"], `${LINK}/${path}`);
      controlPlane.delete({ type: PARTS.map, id });
    }
  });

  it("stays at its address when another one is named by its link, and moves when it is by its number", () => {
    const controlPlane = cloud();
    const { rule443 } = balancer(controlPlane);
    const about = { type: PARTS.rule443, id: rule443.id, oldInputs: SAID.rule443, oldState: rule443.state };
    const to = (ipAddress: string) =>
      controlPlane.diff({ ...about, news: { ...SAID.rule443, ipAddress } }).detailedDiff;
    assert.deepEqual(to(`${GLOBAL}/addresses/other`), {});
    assert.deepEqual(to("203.0.113.255"), { ipAddress: "update-replace" });
  });

  it("has a number for each backend service that is a number, stays, and never comes again", () => {
    const controlPlane = cloud();
    const { backend } = balancer(controlPlane, "map");
    const number = backend.state["generatedId"];
    assert.ok(Number.isSafeInteger(number) && Number(number) > 0);
    const inputs = { ...SAID.backend, description: "the portal" };
    const updated = controlPlane.update({ type: PARTS.backend, id: backend.id, inputs, oldState: backend.state });
    assert.equal(updated.state["generatedId"], number);
    assert.notEqual(updated.state["fingerprint"], backend.state["fingerprint"]);
    controlPlane.delete({ type: PARTS.backend, id: backend.id });
    const numbers = [number, part(controlPlane, "backend").state["generatedId"]];
    numbers.push(part(controlPlane, "backend", { name: "desk" }).state["generatedId"]);
    assert.equal(new Set(numbers).size, 3);
  });

  it("has an address for each reservation, and the same one as long as it exists", () => {
    const controlPlane = cloud();
    const addresses = Array.from({ length: 40 }, (_, i) => part(controlPlane, "address", { name: `a${i}` }));
    const numbers = addresses.map(({ state }) => state["address"]);
    assert.equal(new Set(numbers).size, 40);
    for (const number of numbers) assert.match(String(number), /^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/);
    const { state: oldState, id } = addresses[0]!;
    const inputs = { ...SAID.address, name: "a0", labels: { team: "lab" } };
    assert.equal(controlPlane.update({ type: PARTS.address, id, inputs, oldState }).state["address"], numbers[0]);
  });

  it("has no address where all are given out", () => {
    const controlPlane = cloud();
    for (let i = 0; i < 762; i++) controlPlane.seed(PARTS.address, { name: `a${i}` });
    assert.equal(
      refusal(() => part(controlPlane, "address")),
      "Error creating GlobalAddress: googleapi: Error 403: Quota 'STATIC_ADDRESSES' exceeded.  Limit: 762.0 globally., quotaExceeded",
    );
  });

  it("is planned with unknown values where Google says what is left out", () => {
    const preview = (name: Part, inputs: Properties) =>
      cloud().create({ type: PARTS[name], inputs, preview: true }).state;
    const backend = preview("backend", { name: "portal" });
    assert.deepEqual(
      ["iap", "logConfig", "protocol", "sessionAffinity", "timeoutSec", "generatedId"].map((key) => backend[key]),
      Array.from({ length: 6 }, () => UNKNOWN),
    );
    assert.equal(backend["loadBalancingScheme"], "EXTERNAL_MANAGED");
    assert.deepEqual(preview("backend", SAID.backend)["iap"], { enabled: true });
    assert.equal(preview("rule443", { target: "x" })["ipAddress"], UNKNOWN);
    assert.equal(preview("armor", { name: "x" })["rules"], UNKNOWN);
  });

  it("keeps IAP on where a program no longer says so", () => {
    const controlPlane = cloud();
    const { backend } = balancer(controlPlane, "map");
    const { iap: _, ...inputs } = SAID.backend;
    const about = { type: PARTS.backend, id: backend.id, oldState: backend.state };
    assert.deepEqual(controlPlane.diff({ ...about, oldInputs: SAID.backend, news: inputs }).diffs, []);
    const { state } = controlPlane.update({ ...about, inputs: { ...inputs, description: "x" } });
    assert.deepEqual(state["iap"], { enabled: true });
  });

  it("has a policy that lets everybody in where a program gives it no rules", () => {
    const { state } = part(cloud(), "armor", { rules: [] });
    assert.deepEqual(state["rules"], [
      {
        action: "allow",
        priority: 2147483647,
        description: "default rule",
        match: { versionedExpr: "SRC_IPS_V1", config: { srcIpRanges: ["*"] } },
        preview: false,
      },
    ]);
  });

  const users: [Part, string, string][] = [
    ["address", "address", "forwardingRules/entrance-443"],
    ["group", "network_endpoint_group", "backendServices/portal"],
    ["armor", "security_policy", "backendServices/portal"],
    ["backend", "backend_service", "urlMaps/entrance"],
    ["map", "url_map", "targetHttpsProxies/entrance"],
    ["redirect", "url_map", "targetHttpProxies/to-https"],
    ["tls", "ssl_policy", "targetHttpsProxies/entrance"],
    ["https", "target_https_proxy", "forwardingRules/entrance-443"],
    ["http", "target_http_proxy", "forwardingRules/entrance-80"],
  ];
  for (const [name, word, user] of users) {
    it(`refuses to delete ${name} while ${user} uses it`, () => {
      const controlPlane = cloud();
      const { id } = balancer(controlPlane)[name];
      assert.equal(
        refusal(() => controlPlane.delete({ type: PARTS[name], id })),
        `Error when reading or editing ${KINDS[name]}: googleapi: Error 400: The ${word} resource '${id}' is already being used by '${GLOBAL}/${user}', resourceInUseByAnotherResource`,
      );
    });
  }

  it("goes part by part, each after what uses it", () => {
    const controlPlane = cloud();
    const made = Object.entries(balancer(controlPlane)) as [Part, { id: string }][];
    for (const [name, { id }] of made.reverse()) controlPlane.delete({ type: PARTS[name], id });
    assert.deepEqual(controlPlane.list({ external: false }), []);
  });

  it("has its group replaced by a new one first where the name is automatic", () => {
    const controlPlane = cloud();
    const { name: _, ...said } = SAID.group;
    const check = (news: Properties, olds?: Properties) =>
      controlPlane.check({ type: PARTS.group, name: "portal", news, ...(olds && { olds }) }).inputs;
    const olds = check(said);
    const { id } = controlPlane.create({ type: PARTS.group, inputs: olds });
    const news = check({ ...said, cloudRun: { service: "portal-2" } }, olds);
    const { replaces, deleteBeforeReplace } = controlPlane.diff({ type: PARTS.group, id, oldInputs: olds, news });
    assert.deepEqual({ replaces, deleteBeforeReplace }, { replaces: ["cloudRun"], deleteBeforeReplace: false });
  });
});
