import * as assert from "node:assert/strict";
import type { Properties } from "../../../sandbox/control-plane";
import { balancer, CERTIFICATES, failures, KINDS, PARTS, type Part, part, SAID, why } from "./balancer";
import { cloud, NUMBER, refusal } from "./cloud";

const managed = (domains: string[], dnsAuthorizations?: string[]): Properties => ({
  managed: { domains, ...(dnsAuthorizations && { dnsAuthorizations }) },
});
const AUTHORIZATION = `${CERTIFICATES}/dnsAuthorizations/entrance`;
const NAME = "must match '[a-z]([-a-z0-9_]{0,62}[a-z0-9])?'";

describe("control plane: certificates", () => {
  it("ask for a record under the domain, another one each time they are made anew", () => {
    const controlPlane = cloud();
    const record = (more?: Properties) => {
      const { state, id } = part(controlPlane, "authorization", more);
      controlPlane.delete({ type: PARTS.authorization, id });
      return (state["dnsResourceRecords"] as Properties[])[0]!;
    };
    const [first, second] = [record(), record()];
    assert.deepEqual([first["name"], first["type"]], ["_acme-challenge.ailab.example.", "CNAME"]);
    assert.match(String(first["data"]), /^[0-9a-f-]{36}\.\d+\.authorize\.certificatemanager\.goog\.$/);
    assert.notEqual(first["data"], second["data"]);
    assert.match(String(record({ type: "PER_PROJECT_RECORD" })["name"]), /^_acme-challenge_\d{12}\.ailab\.example\.$/);
  });

  it("are issued after they are made", () => {
    const { certificate } = balancer(cloud());
    assert.deepEqual(certificate.state["managed"], {
      ...(SAID.certificate["managed"] as Properties),
      state: "PROVISIONING",
    });
    assert.deepEqual(certificate.state["sanDnsnames"], ["ailab.example"]);
  });

  it("are the same to the provider by the project's id and by its number", () => {
    const controlPlane = cloud();
    const { entry } = balancer(controlPlane);
    const certificates = [`projects/${NUMBER}/locations/global/certificates/entrance`];
    const about = { type: PARTS.entry, id: entry.id, oldInputs: SAID.entry, oldState: entry.state };
    assert.deepEqual(controlPlane.diff({ ...about, news: { ...SAID.entry, certificates } }).detailedDiff, {});
  });

  const refused: [string, Part, Properties, string][] = [
    ["a name in capitals", "authorization", { name: "Entrance" }, `400: name 'Entrance' ${NAME}, badRequest`],
    [
      "labels in capitals",
      "certificates",
      { labels: { Team: "lab" } },
      "400: Label key 'Team' does not match the required format., badRequest",
    ],
    ...["*.ailab.example", "ailab", "https://ailab.example", "AILAB.example", "ailab.example."].map(
      (domain): [string, Part, Properties, string] => [
        `an authorization of ${domain}`,
        "authorization",
        { domain },
        `400: domain '${domain}' must be a host name without a wildcard, badRequest`,
      ],
    ),
    [
      "a certificate of neither kind",
      "certificate",
      { managed: null },
      "400: exactly one of managed and self_managed must be set, badRequest",
    ],
    [
      "a certificate of both kinds",
      "certificate",
      { selfManaged: { pemCertificate: "x" } },
      "400: exactly one of managed and self_managed must be set, badRequest",
    ],
    [
      "a certificate of nothing",
      "certificate",
      managed([]),
      "400: managed.domains must have 1 to 100 domains, got 0, badRequest",
    ],
    [
      "a certificate of what is no host name",
      "certificate",
      managed(["ailab_example"]),
      "400: managed.domains: 'ailab_example' is no host name, badRequest",
    ],
    [
      "a wildcard without an authorization",
      "certificate",
      managed(["*.ailab.example"]),
      "400: managed.domains: '*.ailab.example' needs a DNS authorization, badRequest",
    ],
    [
      "a domain that no authorization is for",
      "certificate",
      managed(["ailab.example", "other.example"], [AUTHORIZATION]),
      "400: managed.domains: no DNS authorization is for 'other.example', badRequest",
    ],
    [
      "an authorization that does not exist",
      "certificate",
      managed(["ailab.example"], ["none"]),
      `404: Resource '${CERTIFICATES}/dnsAuthorizations/none' was not found, notFound`,
    ],
    [
      "an entry of a map that does not exist",
      "entry",
      { map: "none" },
      `404: Resource '${CERTIFICATES}/certificateMaps/none' was not found, notFound`,
    ],
    [
      "an entry with a certificate that does not exist",
      "entry",
      { certificates: ["none"] },
      `404: Resource '${CERTIFICATES}/certificates/none' was not found, notFound`,
    ],
    [
      "an entry without a certificate",
      "entry",
      { certificates: [] },
      "400: certificates must have 1 to 4 certificates, got 0, badRequest",
    ],
    [
      "an entry of what is no host name",
      "entry",
      { hostname: "ailab_example" },
      "400: hostname: 'ailab_example' is no host name, badRequest",
    ],
    [
      "a matcher that there is not",
      "entry",
      { hostname: null, matcher: "SECONDARY" },
      "400: matcher must be 'PRIMARY', got 'SECONDARY', badRequest",
    ],
    [
      "a proxy with a map that does not exist",
      "https",
      { certificateMap: `//certificatemanager.googleapis.com/${CERTIFICATES}/certificateMaps/none` },
      `404: Resource '${CERTIFICATES}/certificateMaps/none' was not found, notFound`,
    ],
  ];
  for (const [what, name, more, message] of refused) {
    it(`refuse ${what}`, () => {
      assert.equal(why(name, more), `Error creating ${KINDS[name]}: googleapi: Error ${message}`);
    });
  }

  it("take a wildcard where the domain below it is authorized", () => {
    const controlPlane = cloud();
    balancer(controlPlane, "certificate");
    const { state } = part(controlPlane, "certificate", managed(["ailab.example", "*.ailab.example"], [AUTHORIZATION]));
    assert.deepEqual(state["sanDnsnames"], ["ailab.example", "*.ailab.example"]);
  });

  it("refuse a second entry of a map for a host name, and a second of anything with its name", () => {
    const controlPlane = cloud();
    const made = balancer(controlPlane);
    assert.equal(
      refusal(() => part(controlPlane, "entry", { name: "again" })),
      `Error creating CertificateMapEntry: googleapi: Error 409: '${made.entry.id}' has ailab.example already, alreadyExists`,
    );
    for (const name of ["authorization", "certificate", "certificates", "entry"] as const) {
      assert.equal(
        refusal(() => part(controlPlane, name)),
        `Error creating ${KINDS[name]}: googleapi: Error 409: Resource '${made[name].id}' already exists, alreadyExists`,
      );
    }
  });

  const used: [Part, string][] = [
    ["authorization", "can't delete DNS authorization that is referenced by a Certificate"],
    ["certificate", "can't delete certificate that is referenced by a CertificateMapEntry or other resources"],
    ["certificates", "can't delete certificate map that is referenced by a TargetHttpsProxy or TargetSslProxy"],
  ];
  for (const [name, message] of used) {
    it(`refuse to delete ${name} while it is used`, () => {
      const controlPlane = cloud();
      const { id } = balancer(controlPlane)[name];
      assert.equal(
        refusal(() => controlPlane.delete({ type: PARTS[name], id })),
        `Error when reading or editing ${KINDS[name]}: googleapi: Error 400: ${message}, failedPrecondition`,
      );
    });
  }

  it("refuse to delete a map with entries", () => {
    const controlPlane = cloud();
    const { id } = balancer(controlPlane, "group").certificates;
    assert.equal(
      refusal(() => controlPlane.delete({ type: PARTS.certificates, id })),
      "Error when reading or editing CertificateMap: googleapi: Error 400: can't delete certificate map that has certificate map entries, failedPrecondition",
    );
  });

  it("refuse an entry for a host name and for the rest at once, and for neither, before Google is asked", () => {
    assert.deepEqual(failures("entry", { hostname: null }), [
      { property: "hostname", reason: '"hostname": one of `hostname,matcher` must be specified' },
    ]);
    assert.deepEqual(failures("entry", { matcher: "PRIMARY" }), [
      {
        property: "hostname",
        reason: '"hostname": only one of `hostname,matcher` can be specified, but `hostname,matcher` were specified.',
      },
    ]);
  });
});
