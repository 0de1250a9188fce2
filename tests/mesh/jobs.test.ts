import * as assert from "node:assert/strict";
import {
  accessDiagram,
  accessGraph,
  accessMatrix,
  callEnvironment,
  decodeStackConfig,
  formatProblems,
  type MeshSpec,
  parseMesh,
} from "../../mesh";
import { IMAGE, meshInput, TODAY } from "./support";

function parsed(change: Parameters<typeof meshInput>[0] = {}): MeshSpec {
  const { spec, problems } = parseMesh(meshInput(change), TODAY);
  assert.ok(spec, formatProblems(problems));
  return spec;
}

const jobs = { nightly: { image: IMAGE, calls: ["api"] } };
const workerPools = { taker: { image: IMAGE, calls: [{ service: "web", until: "2027-03-31" }] } };
const open = { ingress: { all: "partners call it directly" } };

describe("jobs and worker pools", () => {
  it("get every default and every derived name", () => {
    const spec = parsed({ web: open, config: { jobs, workerPools, labels: { team: "shop" } } });
    assert.deepEqual(spec.jobs, {
      nightly: {
        key: "nightly",
        image: IMAGE,
        name: "nightly",
        accountId: "nightly-sa",
        calls: [{ service: "api" }],
        vpc: { network: "default", subnetwork: "default", egress: "all-traffic", privateDnsZone: false },
        labels: { team: "shop" },
        deletionProtection: true,
      },
    });
    assert.deepEqual(spec.workerPools, {
      taker: {
        key: "taker",
        image: IMAGE,
        name: "taker",
        accountId: "taker-sa",
        calls: [{ service: "web", until: "2027-03-31" }],
        labels: { team: "shop" },
        deletionProtection: true,
      },
    });
  });

  it("are told the URL of each service that they call", () => {
    const spec = parsed({ config: { jobs } });
    assert.deepEqual(callEnvironment(spec.jobs!["nightly"]!, spec), {
      API_URL: "https://api-123456789012.europe-west9.run.app",
    });
  });

  it("take the mesh's network where a call leads inside or they ask for it, and stay out where they say so", () => {
    const route = (job: object, api: Record<string, unknown> = {}) =>
      parsed({ api, config: { jobs: { nightly: { ...jobs.nightly, ...job } } } }).jobs!["nightly"]!.vpc?.network;
    assert.equal(route({}), "default");
    assert.equal(route({}, open), undefined);
    assert.equal(route({ network: "mesh" }, open), "default");
    assert.equal(route({ network: "none" }, open), undefined);
    assert.equal(route({ network: { network: "own", subnetwork: "own" } }), "own");
  });

  it("count in the network that the mesh makes, a job with the tasks that run at once", () => {
    const prefix = (job: object, pool: object) =>
      parsed({
        web: { calls: [] },
        config: {
          network: { create: { cidr: "10.0.0.0/26" } },
          jobs: { nightly: { ...jobs.nightly, ...job } },
          workerPools: { taker: { image: IMAGE, calls: ["api"], ...pool } },
        },
      }).network?.cidr;
    assert.equal(prefix({ taskCount: 29 }, {}), "10.0.0.0/26");
    assert.equal(prefix({ taskCount: 1000, parallelism: 20 }, { instances: 10 }), "10.0.0.0/26");
    assert.throws(() => prefix({ taskCount: 30 }, {}), /take 66/);
    assert.throws(() => prefix({ taskCount: 30, parallelism: 21 }, { instances: 10 }), /take 66/);
  });

  it("are edges of the access graph by their own kind, and rows of the matrix", () => {
    const graph = accessGraph(parsed({ config: { jobs, workerPools } }));
    assert.deepEqual(graph.edges.slice(1), [
      {
        name: "nightly-calls-api",
        from: { job: "nightly" },
        to: "api",
        role: "roles/run.invoker",
        reason: "jobs.nightly.calls[0]",
      },
      {
        name: "taker-calls-web",
        from: { workerPool: "taker" },
        to: "web",
        role: "roles/run.invoker",
        until: "2027-03-31",
        endsAtDeployment: true,
        reason: "workerPools.taker.calls[0]",
      },
    ]);
    assert.deepEqual(accessMatrix(graph).slice(1), [
      { caller: "nightly", callee: "api", role: "roles/run.invoker", reason: "jobs.nightly.calls[0]" },
      {
        caller: "taker",
        callee: "web",
        role: "roles/run.invoker",
        until: "2027-03-31",
        end: "ends at the first deployment after 2027-03-31",
        reason: "workerPools.taker.calls[0]",
      },
    ]);
  });

  it("are drawn with six sides", () => {
    const diagram = accessDiagram(accessGraph(parsed({ config: { jobs, workerPools } })));
    assert.deepEqual(diagram.split("\n").slice(3), [
      '  j0{{"nightly<br/>job"}}',
      '  w0{{"taker<br/>worker pool"}}',
      "  s0 --> s1",
      "  j0 --> s1",
      "  w0 -->|ends at the first deployment after 2027-03-31| s0",
    ]);
  });

  it("may have the name of a service, under a key and with an account of their own", () => {
    const spec = parsed({
      config: { jobs: { "web-job": { image: IMAGE, name: "web", accountId: "web-job-sa" } } },
    });
    assert.equal(spec.jobs!["web-job"]!.name, "web");
  });

  it("are decoded as Pulumi hands them over", () => {
    const all = { "cloud-run-mesh:jobs": JSON.stringify(jobs), "cloud-run-mesh:workerPools": "{}" };
    assert.deepEqual(decodeStackConfig(all, () => false).input.config, { jobs });
    const { problems } = decodeStackConfig({ "cloud-run-mesh:jobs": "nightly" }, () => false);
    assert.deepEqual(problems, [{ path: "jobs", message: "got text, expected a map; write it as YAML below the key" }]);
  });
});
