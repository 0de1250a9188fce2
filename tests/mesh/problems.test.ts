import * as assert from "node:assert/strict";
import { sharedNetwork } from "../../mesh/network";
import { formatPath, formatProblems, InvalidConfigError, isRelated, isWithin, nearest } from "../../mesh/problems";

describe("the name that was meant", () => {
  for (const [got, known, meant] of [
    ["checkot", ["checkout"], "checkout"],
    ["checkoutt", ["checkout"], "checkout"],
    ["chexkout", ["checkout"], "checkout"],
    ["hceckout", ["checkout"], "checkout"],
    ["CHECKOUT", ["checkout"], "checkout"],
    ["checkout", ["CHECKOUT"], "CHECKOUT"],
    ["api", ["ap", "app"], "ap"],
    ["ab", ["ba"], "ba"],
    ["ab", ["bx"], undefined],
    ["ab", ["xa"], undefined],
    ["abc", ["cba"], undefined],
    ["abcd", ["badx"], undefined],
    ["abcdef", ["abxyef"], "abxyef"],
    ["abcdef", ["axyzef"], undefined],
    ["a", ["bc"], undefined],
    ["", ["a"], "a"],
    ["ingress", ["egress"], undefined],
    ["egress", ["ingress"], undefined],
    ["ingres", ["ingress"], "ingress"],
    ["web", ["wab", "web2"], "wab"],
    ["web", [], undefined],
  ] as const) {
    it(`for "${got}" among ${known.join(", ") || "none"} is ${meant ?? "none"}`, () => {
      assert.equal(nearest(got, known), meant);
    });
  }
});

describe("a path in the config", () => {
  it("is written with dots and brackets, whatever it begins with", () => {
    assert.equal(formatPath(["services", "web", "calls", 1, "until"]), "services.web.calls[1].until");
    assert.equal(formatPath([0, "a"]), "[0].a");
    assert.equal(formatPath([]), "");
  });

  it("is within another by whole segments", () => {
    for (const [inner, outer, within] of [
      ["services.web.calls[1]", "services.web", true],
      ["services.web.calls[1]", "services.web.calls", true],
      ["services.web", "services.web", true],
      ["services.website", "services.web", false],
      ["services.web", "services.web.calls", false],
      ["calls[11]", "calls[1]", false],
    ] as const) {
      assert.equal(isWithin(inner, outer), within, `${inner} in ${outer}`);
    }
    assert.deepEqual([isRelated("a.b", "a"), isRelated("a", "a.b"), isRelated("a", "b")], [true, true, false]);
  });

  it("stands before each problem, all of which one error counts", () => {
    const one = { path: "services", message: "is missing" };
    const error = new InvalidConfigError([one]);
    assert.deepEqual(
      [error.name, error.message],
      ["InvalidConfigError", "1 problem in the stack config:\n  services: is missing"],
    );
    assert.equal(
      formatProblems([one, { path: "labels", message: "is text" }]),
      "2 problems in the stack config:\n  services: is missing\n  labels: is text",
    );
  });
});

describe("the network of another project", () => {
  const place = { project: "acme-dev", projectNumber: "123456789012", region: "europe-west9" };
  const egress = { egress: "all-traffic", privateDnsZone: false } as const;
  const other = "projects/acme-host/global/networks/shared";

  it("is told from the mesh's own, by id and by number, whichever part of the route names it", () => {
    assert.equal(sharedNetwork({ ...egress, network: other }, place), other);
    const subnetwork = other.replace("global/networks", "regions/europe-west9/subnetworks");
    assert.equal(sharedNetwork({ ...egress, subnetwork }, place), subnetwork);
    const connector = other.replace("global/networks", "locations/europe-west9/connectors");
    assert.equal(sharedNetwork({ ...egress, connector }, place), connector);
    for (const own of ["default", "projects/acme-dev/global/networks/a", "projects/123456789012/global/networks/a"]) {
      assert.equal(sharedNetwork({ ...egress, network: own }, place), undefined, own);
    }
    assert.equal(sharedNetwork(undefined, place), undefined);
  });
});
