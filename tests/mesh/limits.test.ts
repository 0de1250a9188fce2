import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { byteCount, cpuCount, memoryText } from "../../google/quantities";
import { checkRevisions, parseMesh } from "../../mesh";
import { CPU_SHARES, CPU_SIZES, FUNCTION_CPUS } from "../../mesh/limits";
import { IMAGE as image, meshInput, TODAY } from "./support";

const MI = 2 ** 20;

function told(change: Parameters<typeof meshInput>[0]): string[] {
  return parseMesh(meshInput(change), TODAY).problems.map(({ path, message }) => `${path}: ${message}`);
}

const web = (own: Record<string, unknown>) => told({ web: { calls: [], ...own } });
const score = (own: Record<string, unknown>) =>
  told({
    config: { functions: { s: { source: "functions/s", runtime: "nodejs22", entryPoint: "s", ...own } } },
  });
const task = (kind: "jobs" | "workerPools", own: Record<string, unknown>) =>
  told({ config: { [kind]: { nightly: { image, ...own } } } });

describe("CPU and memory of a container", () => {
  for (const { cpus, least, most } of [...CPU_SHARES, ...CPU_SIZES]) {
    it(`are accepted from ${memoryText(least)} to ${memoryText(most)} with ${cpus} CPUs, and no Mi beyond`, () => {
      const refused = (bytes: number) => web({ resources: { cpu: `${cpus}`, memory: `${bytes / MI}Mi` } }).length > 0;
      assert.deepEqual([least - MI, least, most, most + MI].map(refused), [true, false, false, true]);
    });
  }

  it("are of the share below, where it is between two", () => {
    assert.deepEqual(web({ resources: { cpu: "0.499", memory: "512Mi" } }), []);
    assert.deepEqual(web({ resources: { cpu: "999m", memory: "1Gi" } }), []);
    assert.equal(web({ resources: { cpu: "0.499", memory: "513Mi" } }).length, 1);
  });

  it("may be written by any unit and as thousandths", () => {
    for (const memory of ["2G", "2000M", "1.5Gi", "1572864Ki", "2000000k"]) {
      assert.deepEqual(web({ resources: { cpu: "1000m", memory } }), []);
    }
  });

  it("are one CPU together, where they are in decimals", () => {
    const beside = (cpu: string) => ({ image, resources: { cpu, memory: "128Mi" } });
    const sidecars = { first: beside("0.2"), second: beside("0.1") };
    const together = (cpu: string) => web({ resources: { cpu }, concurrency: 80, sidecars });
    assert.deepEqual(together("0.7"), []);
    assert.deepEqual(together("0.699"), [
      'services.web.concurrency: got 80, expected 1 with less than one CPU; set "resources.cpu"',
    ]);
  });

  it("are told with a way out that is accepted, whichever part is wrong", () => {
    const amounts = fc.record({ cpu: fc.constantFrom("0.1", "0.7", "1", "2", "4", "6", "8"), mi: fc.nat(33_000) });
    fc.assert(
      fc.property(amounts, ({ cpu, mi }) => {
        const resources = { cpu, memory: `${mi}Mi` };
        const [problem = ""] = web({ resources });
        const [, fewer] = /cpu: "([^"]+)"/.exec(problem) ?? [];
        const [, memory] = /memory: (\w+)(?:,|$)/.exec(problem) ?? [];
        if (/; set /.test(problem)) assert.ok(fewer !== undefined && memory !== undefined, problem);
        if (fewer !== undefined && memory !== undefined) {
          assert.deepEqual(web({ resources: { ...resources, cpu: fewer } }), []);
          assert.deepEqual(web({ resources: { ...resources, memory } }), []);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("an instance", () => {
  const half = { cpu: "0.5", memory: "512Mi" };
  const sidecar = { proxy: { image, resources: half } };

  it("has one CPU where its containers have one together", () => {
    assert.deepEqual(web({ resources: half, sidecars: sidecar, concurrency: 80, executionEnvironment: "gen2" }), []);
  });

  it("of less than one CPU is accepted with one request at once, throttled, in the first generation or none", () => {
    assert.deepEqual(web({ resources: half, concurrency: 1, executionEnvironment: "gen1" }), []);
    assert.deepEqual(web({ resources: { ...half, cpuIdle: true } }), []);
  });

  it("may have 8 CPUs and 32 GiB in all, and ten containers", () => {
    const large = { cpu: "4", memory: "16Gi" };
    assert.deepEqual(web({ resources: large, sidecars: { proxy: { image, resources: large } } }), []);
    const small = { cpu: "0.08", memory: "128Mi" };
    const nine = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`s${i}`, { image, resources: small }]));
    assert.deepEqual(web({ sidecars: nine }), []);
  });

  it("with a GPU has what it needs from all of its containers", () => {
    const model = { cpu: "2", memory: "8Gi", gpu: 1, cpuIdle: false };
    const beside = { proxy: { image, resources: { cpu: "2", memory: "8Gi" } } };
    assert.deepEqual(web({ gpuType: "nvidia-l4", resources: model, sidecars: beside }), []);
  });

  it("with another type of GPU is judged by that type, and by none that is not known", () => {
    const rtx = { gpuType: "nvidia-rtx-pro-6000", resources: { cpu: "30", memory: "120Gi", gpu: 1, cpuIdle: false } };
    assert.deepEqual(web(rtx), []);
    assert.deepEqual(web({ gpuType: "nvidia-new", resources: { gpu: 1, cpuIdle: false } }), []);
  });

  it("of a job and a worker pool has one CPU and 512 MiB at least", () => {
    for (const kind of ["jobs", "workerPools"] as const) {
      assert.deepEqual(task(kind, { resources: { cpu: "1", memory: "512Mi" } }), []);
    }
    const gpu = { gpuType: "nvidia-l4", resources: { cpu: "4", memory: "16Gi", gpu: 1 } };
    assert.deepEqual(task("jobs", { ...gpu, timeoutSeconds: 3600 }), []);
  });
});

describe("a function", () => {
  it("takes the CPUs that Google's table has for its memory", () => {
    for (const [bytes, cpu] of FUNCTION_CPUS) {
      const memory = memoryText(bytes);
      assert.deepEqual(score({ resources: { memory } }), []);
      assert.deepEqual(score({ resources: { cpu, memory } }), []);
      assert.equal(score({ resources: { memory }, concurrency: 2 }).length, cpuCount(cpu) >= 1 ? 0 : 1, memory);
    }
  });

  it("takes a share of a CPU as Google's own tools write it", () => {
    for (const cpu of ["0.333", "0.1666", "0.083"]) assert.deepEqual(score({ resources: { cpu } }), []);
  });
});

describe("probes, variables and mounts", () => {
  const httpGet = { path: "/" };
  const probe = (kind: string, own: object) => web({ [kind]: { httpGet, ...own } });

  it("are accepted up to the limit of each probe", () => {
    const startup = { initialDelaySeconds: 240, periodSeconds: 240, timeoutSeconds: 240 };
    const liveness = { initialDelaySeconds: 3600, periodSeconds: 3600, timeoutSeconds: 3600 };
    assert.deepEqual(probe("startupProbe", startup), []);
    assert.deepEqual(probe("livenessProbe", liveness), []);
    assert.deepEqual(probe("livenessProbe", { initialDelaySeconds: 600 }), []);
    assert.deepEqual(probe("readinessProbe", { periodSeconds: 7200, timeoutSeconds: 300 }), []);
  });

  it("are accepted up to the size and number of variables, and refused one beyond", () => {
    const many = (length: number) => Object.fromEntries(Array.from({ length }, (_, i) => [`V${i}`, "x"]));
    const beside = { sidecars: { proxy: { image, env: many(400) } } };
    assert.deepEqual(told({ web: { env: many(599), ...beside } }), []);
    assert.deepEqual(told({ web: { env: many(600), ...beside } }), [
      "services.web.env: got 1001 variables in all, those of the calls included; at most 1000 are allowed",
    ]);
    assert.deepEqual(web({ env: { LONG: "x".repeat(32_768), X_GOOGLE: "x" } }), []);
    assert.deepEqual(score({ env: { A: "x".repeat(16_383), B: "x".repeat(16_383) } }), []);
  });

  it("stand beside each other, also where the beginnings of two paths are alike", () => {
    const at = (mountPath: string) => ({ mountPath, emptyDir: {} });
    assert.deepEqual(web({ volumes: { a: at("/data"), b: at("/data2"), c: at("/devices"), d: at("/data-x/y") } }), []);
    const mounts = { a: "/same" };
    assert.deepEqual(
      web({ volumes: { a: at("/same") }, sidecars: { x: { image, mounts }, y: { image, mounts } } }),
      [],
    );
  });
});

describe("traffic to a revision", () => {
  const traffic = [{ percent: 100 }, { revision: "web-00001-abc", tag: "old" }];
  const { spec } = parseMesh(meshInput({ web: { traffic } }), TODAY);
  const missing = (name: string, of = "services") =>
    checkRevisions(spec!, [{ of, key: "any", name: `projects/acme-dev/locations/${name}` }]);

  it("is refused where the stack holds no such service, in that region, and taken where it does", () => {
    const problem = {
      path: "services.web.traffic[1].revision",
      message:
        '"web-00001-abc" does not exist: the stack holds no service "web" yet; deploy it first, without "traffic"',
    };
    assert.deepEqual(missing("europe-west9/services/web"), []);
    assert.deepEqual(missing("europe-west1/services/web"), [problem]);
    assert.deepEqual(missing("europe-west9/jobs/web", "jobs"), [problem]);
  });
});

describe("amounts", () => {
  it("are read as Kubernetes reads them", () => {
    const bytes = ["1Ki", "1k", "1.5Gi", "256M", "7"].map(byteCount);
    assert.deepEqual(bytes, [1024, 1000, 1_610_612_736, 256_000_000, 7]);
    assert.deepEqual(["1", "0.1666", "80m", "1000m"].map(cpuCount), [1, 0.1666, 0.08, 1]);
    for (const none of ["", "1Ti", "-1Gi", "1 Gi", "Gi"]) assert.ok(Number.isNaN(byteCount(none)), none);
    for (const none of ["", "1.5m", "one", "-1"]) assert.ok(Number.isNaN(cpuCount(none)), none);
  });
});
