import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { ACCOUNT_ID_PATTERN } from "../../google/accounts";
import { serviceUrl } from "../../google/run";
import type { AccessGraph } from "../../mesh";
import { parseMesh } from "../../mesh";
import { LABEL_VALUE_PATTERN, labelKeyProblem, labelValue, reservedPrefix } from "../../mesh/names";
import { partIdProblem, poolProblem } from "../../mesh/workforce";
import { calleesIn, stackOf } from "../../policy/src/inputs/stack";
import { judgeBy } from "../../policy/src/judge";
import { noUnexplainedPublicIngress } from "../../policy/src/rules/ingress/no-unexplained-public-ingress";
import { workforcePool } from "../../sandbox/control-plane/handlers/iam/workforce-pool";
import { workforcePoolProvider } from "../../sandbox/control-plane/handlers/iam/workforce-pool-provider";
import { admitRunResource, SERVICE } from "../../sandbox/control-plane/handlers/run/names";
import { serviceAccount } from "../../sandbox/control-plane/handlers/service-account";
import { annotationProblem, labelProblem } from "../../sandbox/control-plane/rules/labels";
import { projectNumber } from "../../verify/grants/places";
import { meshInput, TODAY } from "../mesh/support";
import { agree } from "./agree";

/** What a config is told of the service `api`, when it says this. */
function told(api: Record<string, unknown>, place?: { projectNumber: string }): string[] {
  const change = { web: { calls: [] }, api, ...(place && { place }) };
  return parseMesh(meshInput(change), TODAY).problems.map(({ path }) => path);
}

function thrown(act: () => void): boolean {
  try {
    act();
    return false;
  } catch {
    return true;
  }
}

const PROJECT = { project: "acme-dev", location: "europe-west9" };
const letters = (pattern: RegExp) => fc.stringMatching(pattern);

describe("whatever name is given", () => {
  it("is a service's to Google where a config takes it; Google also takes one whose URL would be too long", () => {
    const name = fc.oneof(
      letters(/^[a-z][-a-z0-9]{0,60}$/),
      letters(/^[-a-zA-Z0-9._]{1,50}$/),
      fc.constantFrom("", "-a", "a-", "9a", "é", "a".repeat(49), "a".repeat(50)),
    );
    const number = fc.constantFrom("1", "123456789012", "1234567890123456");
    fc.assert(
      fc.property(name, number, (one, projectNumber) => {
        const paths = told({ name: one }, { projectNumber });
        const isTaken = !paths.includes("services.api.name");
        const isGoogles = !thrown(() => admitRunResource(SERVICE, { ...PROJECT, name: one }));
        const isTooLong = `${one}-${projectNumber}`.length > 63;
        assert.equal(isTaken, isGoogles && !isTooLong, `"${one}" with ${projectNumber}: ${paths.join()}`);
      }),
      { numRuns: 500 },
    );
  });

  it("is a service account's id to Google where a config takes it", () => {
    const edges = [5, 6, 30, 31].map((length) => "a".repeat(length));
    const id = fc.oneof(letters(/^[a-z][-a-z0-9]{0,34}$/), letters(/^[-a-zA-Z0-9_]{1,31}$/), fc.constantFrom(...edges));
    fc.assert(
      fc.property(id, (accountId) => {
        const isGoogles = serviceAccount.validate?.({ accountId }).length === 0;
        assert.equal(ACCOUNT_ID_PATTERN.test(accountId), isGoogles, accountId);
        assert.equal(told({ accountId }).length === 0, isGoogles, accountId);
      }),
    );
  });

  it("is a workforce pool's or its provider's to Google where a config takes it", () => {
    const id = fc
      .tuple(fc.constantFrom("", "gcp-", "Gcp-"), letters(/^[-a-z0-9]{1,64}$/))
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(id, (one) => {
        const fails = (failures: readonly unknown[] | undefined) => (failures?.length ?? 0) > 0;
        const pool = fails(workforcePool.validate?.({ workforcePoolId: one }));
        assert.equal(poolProblem(one) !== undefined, pool, one);
        const provider = fails(workforcePoolProvider.validate?.({ providerId: one }));
        assert.equal(partIdProblem(one, "a provider") !== undefined, provider, one);
      }),
    );
  });
});

describe("what is known of labels and annotations", () => {
  const labelled = (key: string, value = "x") => labelProblem({ [key]: value }) === undefined;
  agree({
    asks: "a label's key",
    sides: { mesh: (key) => labelKeyProblem(key) === undefined, sandbox: (key) => labelled(key) },
    cases: ["team", "t", "a".repeat(63), "a".repeat(64), "9a", "A", "a.b", "run.googleapis.com/x", "équipe", "-a", ""],
    differences: [
      {
        of: ["équipe"],
        verdicts: { mesh: false, sandbox: true },
        because: "Google takes letters of every alphabet, and a config keeps to those that a URL and a shell take too",
      },
    ],
  });
  agree({
    asks: "an annotation's key that is not reserved",
    sides: {
      mesh: (key) => reservedPrefix(key) === undefined,
      sandbox: (key) => annotationProblem({ [key]: "x" }) === undefined,
    },
    cases: [
      "acme.com/owner",
      "run.googleapis.com/ingress",
      "run.googleapis.com",
      "autoscaling.knative.dev/maxScale",
      "run.googleapis.community/x",
      "client.knative.dev/user-image",
      "a.run.googleapis.com/x",
    ],
    differences: [
      {
        of: ["a.run.googleapis.com/x"],
        verdicts: { mesh: true, sandbox: false },
        because: "what Google makes of a subdomain is not documented; the sandbox refuses what may be refused",
      },
    ],
  });

  it("is a label's value to Google where a config takes it, and whatever becomes of a sentence", () => {
    fc.assert(
      fc.property(letters(/^[-_a-zA-Z0-9 .]{0,70}$/), (value) => {
        assert.equal(LABEL_VALUE_PATTERN.test(value), labelled("a", value), value);
        assert.ok(labelled("a", labelValue(value)), value);
      }),
    );
  });
});

describe("whatever reason is given for the internet", () => {
  it("is long enough to the pack where it is long enough to a config", () => {
    const reason = fc.oneof(
      fc.string({ minLength: 5, maxLength: 14 }),
      fc.string({ unit: "grapheme", minLength: 4, maxLength: 12 }),
      fc.constantFrom("          ", " 123456789 ", "1234567890", "🙂🙂🙂🙂🙂"),
    );
    const ingress = "INGRESS_TRAFFIC_ALL";
    fc.assert(
      fc.property(reason, (all) => {
        const props = { ingress, annotations: { "cloud-run-mesh/ingress-all-reason": all } };
        const findings = judgeBy(noUnexplainedPublicIngress, {
          ...{ type: "gcp:cloudrunv2/service:Service", urn: "urn", name: "api", props },
        });
        assert.equal(told({ ingress: { all } }).length === 0, findings.length === 0, JSON.stringify(all));
      }),
    );
  });
});

describe("whatever URL a service has", () => {
  it("is found by the pack in a variable, and tells verify the number of its project", () => {
    const label = letters(/^[a-z]([-a-z0-9]{0,20}[a-z0-9])?$/);
    const digits = letters(/^[1-9][0-9]{5,12}$/);
    fc.assert(
      fc.property(label, digits, fc.constantFrom("europe-west9", "us-central1"), (name, number, location) => {
        const url = serviceUrl(name, number, location);
        const type = "gcp:cloudrunv2/service:Service";
        const stack = stackOf([{ type, urn: "urn", name, props: { name, location } }]);
        assert.deepEqual(calleesIn(stack, `see ${url}/x`), stack.workloads);
        assert.equal(projectNumber({ services: [{ url }] } as unknown as AccessGraph), number);
      }),
    );
  });
});
