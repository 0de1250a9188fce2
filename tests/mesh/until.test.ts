import * as assert from "node:assert/strict";
import { accessDiagram, accessGraph, accessMatrix, callEnvironment, parseMesh, projectApis } from "../../mesh";
import { IMAGE, meshInput, TODAY } from "./support";

type Change = Parameters<typeof meshInput>[0];

const YESTERDAY = "2026-11-22";
const LATER = "2027-03-31";
const ROBOT = "serviceAccount:robot@partner.iam.gserviceaccount.com";
const REPOSITORY =
  "principalSet://iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/ci/attribute.repository/acme/app";
const WORKLOAD = "principal://iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/ci/subject/main";
const EMPLOYEE = "principal://iam.googleapis.com/locations/global/workforcePools/acme/subject/ada";
const open = { ingress: { all: "called from outside" } };

function parsed(change: Change, today = TODAY) {
  const { spec, problems, warnings } = parseMesh(meshInput(change), today);
  assert.ok(spec, JSON.stringify(problems));
  return { spec, graph: accessGraph(spec), warnings };
}

const rowsOf = (change: Change, today = TODAY) => accessMatrix(parsed(change, today).graph);
const problemsOf = (change: Change) =>
  parseMesh(meshInput(change), TODAY).problems.map(({ path, message }) => `${path}: ${message}`);

describe("an end that IAM keeps", () => {
  const account = "web-access-sa@acme-dev.iam.gserviceaccount.com";

  for (const member of ["user:ada@acme.com", "group:support@acme.com", EMPLOYEE]) {
    it(`stands on an account that ${member} mints ID tokens of, and that calls without one`, () => {
      const access = [{ member: "group:staff@acme.com" }, { member, until: LATER }];
      assert.deepEqual(rowsOf({ web: { ...open, access, calls: [] } }), [
        { caller: "group:staff@acme.com", callee: "web", role: "roles/run.invoker", reason: "services.web.access[0]" },
        {
          caller: `serviceAccount:${account}`,
          callee: "web",
          role: "roles/run.invoker",
          reason: "services.web.access",
        },
        {
          caller: member,
          callee: account,
          role: "roles/iam.serviceAccountOpenIdTokenCreator",
          until: LATER,
          reason: "services.web.access[1]",
        },
      ]);
    });

    it(`of ${member} is an error once past, as an expired condition shows no diff`, () => {
      assert.deepEqual(problemsOf({ web: { ...open, access: [{ member, until: YESTERDAY }] } }), [
        `services.web.access[0].until: "${YESTERDAY}" is in the past (today is ${TODAY}, UTC); set a later day or remove the grant`,
      ]);
    });
  }

  it("is one account for all people of a service, and one for each service and function", () => {
    const access = [
      { member: "user:ada@acme.com", until: LATER },
      { member: "user:bob@acme.com", until: "2027-04-30" },
    ];
    const code = { source: "functions/score", runtime: "nodejs22", entryPoint: "score" };
    const { graph } = parsed({
      web: { ...open, access },
      config: { functions: { score: { ...code, ...open, access: access.slice(1) } } },
    });
    assert.deepEqual(
      graph.impersonations.map(({ name, account, until }) => [name, account.split("@")[0], until]),
      [
        ["user:ada@acme.com-calls-web", "web-access-sa", LATER],
        ["user:bob@acme.com-calls-web", "web-access-sa", "2027-04-30"],
        ["user:bob@acme.com-calls-score", "score-access-sa", "2027-04-30"],
      ],
    );
    assert.deepEqual(
      graph.edges.filter(({ name }) => name.includes(".")).map(({ name, reason }) => [name, reason]),
      [
        ["web.access-calls-web", "services.web.access"],
        ["score.access-calls-score", "functions.score.access"],
      ],
    );
  });

  it("takes the API that mints tokens, also where accounts are given for everything that runs", () => {
    const given = (name: string) => ({ serviceAccount: `${name}@acme-dev.iam.gserviceaccount.com` });
    const apis = (access: object[]) =>
      projectApis(parsed({ web: { ...open, access, ...given("w") }, api: given("a") }).spec).map(
        ({ service }) => service,
      );
    const minting = ["iam.googleapis.com", "iamcredentials.googleapis.com"];
    const withEnd = apis([{ member: "user:ada@acme.com", until: LATER }]);
    const without = apis([{ member: "group:a@acme.com" }, { member: ROBOT, until: LATER }]);
    assert.deepEqual(
      [minting.every((api) => withEnd.includes(api)), minting.some((api) => without.includes(api))],
      [true, false],
    );
  });

  it("needs an account id that nothing else of the mesh has", () => {
    const access = [{ member: "user:ada@acme.com", until: LATER }];
    assert.deepEqual(problemsOf({ web: { ...open, access }, also: { "web-access": { image: IMAGE } } }), [
      'services.web-access.accountId: "web-access-sa" is also that of services.web; give each service its own',
    ]);
  });

  it("is drawn on the way from the person to the account", () => {
    const { graph } = parsed({ web: { ...open, calls: [], access: [{ member: "user:ada@acme.com", until: LATER }] } });
    assert.deepEqual(accessDiagram(graph).split("\n").slice(3), [
      `  m0(["serviceAccount:${account}"])`,
      '  m1(["user:ada@acme.com"])',
      "  m0 --> s0",
      `  m1 -.->|mints ID tokens until ${LATER}| m0`,
    ]);
  });
});

describe("an end that the deployment keeps", () => {
  const callers: Record<string, (until: string) => Change> = {
    "services.web.calls[0]": (until) => ({ web: { calls: [{ service: "api", until }] } }),
    "jobs.nightly.calls[0]": (until) => ({
      web: { calls: [] },
      config: { jobs: { nightly: { image: IMAGE, calls: [{ service: "api", until }] } } },
    }),
    "workerPools.taker.calls[0]": (until) => ({
      web: { calls: [] },
      config: { workerPools: { taker: { image: IMAGE, calls: [{ service: "api", until }] } } },
    }),
    "functions.score.calls[0]": (until) => {
      const code = { source: "functions/score", runtime: "nodejs22", entryPoint: "score" };
      return { web: { calls: [] }, config: { functions: { score: { ...code, calls: [{ service: "api", until }] } } } };
    },
    "services.api.access[0]": (until) => ({ web: { calls: [] }, api: { access: [{ member: ROBOT, until }] } }),
    "services.api.access[0] of a workload": (until) => ({
      web: { calls: [] },
      api: { access: [{ member: WORKLOAD, until }] },
    }),
    "services.api.access[0] of workloads": (until) => ({
      web: { calls: [] },
      api: { access: [{ member: REPOSITORY, until }] },
    }),
  };

  for (const [place, change] of Object.entries(callers)) {
    const [reason = ""] = place.split(" of ");

    it(`is told as such before and on the day: ${place}`, () => {
      for (const until of [LATER, TODAY]) {
        const { graph, warnings } = parsed(change(until));
        const [row, ...more] = accessMatrix(graph);
        assert.deepEqual(
          [row?.until, row?.end, row?.ended, row?.reason, more, warnings],
          [until, `ends at the first deployment after ${until}`, undefined, reason, [], []],
        );
      }
    });

    it(`is a warning once past, and the grant is left out: ${place}`, () => {
      const { graph, warnings } = parsed(change(YESTERDAY));
      assert.deepEqual(warnings, [
        {
          path: `${reason}.until`,
          message: `ended on ${YESTERDAY}, and the grant is left out; remove the entry, or set a later day`,
        },
      ]);
      assert.deepEqual(graph.edges, []);
      const [row, ...more] = accessMatrix(graph);
      assert.deepEqual(
        [row?.until, row?.end, row?.ended, row?.reason, more],
        [YESTERDAY, `ended on ${YESTERDAY}`, true, reason, []],
      );
    });
  }

  it("leaves the rest of the list at its places", () => {
    const also = { db: { image: IMAGE } };
    const rows = rowsOf({ web: { calls: [{ service: "api", until: YESTERDAY }, "db"] }, also });
    assert.deepEqual(
      rows.map(({ callee, reason, ended }) => [callee, reason, ended]),
      [
        ["db", "services.web.calls[1]", undefined],
        ["api", "services.web.calls[0]", true],
      ],
    );
  });

  it("once past leaves the caller as if the call were not declared: no URL, no way into the network", () => {
    const ended = parsed({ web: { calls: [{ service: "api", until: YESTERDAY }] } }).spec;
    const never = parsed({ web: { calls: [] } }).spec;
    const { calls, ...web } = ended.services["web"]!;
    assert.deepEqual(calls, [{ service: "api", until: YESTERDAY, isOver: true }]);
    assert.deepEqual({ ...web, calls: [] }, never.services["web"]);
    assert.deepEqual(callEnvironment(ended.services["web"]!, ended), {});
    assert.deepEqual(
      parsed({ web: { calls: [{ service: "api", until: YESTERDAY }], network: "none" } }).graph.edges,
      [],
    );
  });

  it("once past keeps no URL switched on", () => {
    const hidden = { defaultUrlDisabled: true, access: [{ member: ROBOT, until: YESTERDAY }] };
    parsed({ web: { calls: [{ service: "api", until: YESTERDAY }] }, api: hidden });
    assert.deepEqual(
      problemsOf({ web: { calls: [] }, api: { ...hidden, access: [{ member: ROBOT, until: TODAY }] } }),
      ["services.api.defaultUrlDisabled: services.api.access calls it by that URL; remove the callers or keep the URL"],
    );
  });

  it("once past is drawn with a cross", () => {
    const { graph } = parsed({ web: { calls: [{ service: "api", until: YESTERDAY }] } });
    assert.deepEqual(accessDiagram(graph).split("\n").slice(3), [`  s0 --x|ended on ${YESTERDAY}| s1`]);
  });

  it("warns of nothing where the config is refused", () => {
    const { problems, warnings } = parseMesh(
      meshInput({ web: { calls: [{ service: "api", until: YESTERDAY }, "apo"] } }),
      TODAY,
    );
    assert.deepEqual([problems.length, warnings], [1, []]);
  });
});
