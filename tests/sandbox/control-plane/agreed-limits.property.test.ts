import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { parseMesh } from "../../../mesh";
import type { Properties } from "../../../sandbox/control-plane";
import { meshInput, TODAY } from "../../mesh/support";
import { cloud, JOB, make, REGION, SERVICE } from "./cloud";

/** Two tables that are kept apart on purpose, in the config's checks and in the control plane: held against each other. */

const IMAGE = "europe-docker.pkg.dev/acme/images/app@sha256:0";
const CPUS = ["0.07", "0.08", "250m", "0.499", "0.5", "0.999", "1", "2", "3", "4000m", "6", "8", "9", "20", "21", "30"];
const MEMORY = [
  ...["127Mi", "128Mi", "256M", "511Mi", "512Mi", "513Mi", "1Gi", "1.5Gi", "2047Mi", "2Gi", "4Gi", "4097Mi"],
  ...["8Gi", "16Gi", "17Gi", "24Gi", "32Gi", "33Gi", "80Gi", "81Gi", "120Gi"],
];
const some = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });

const resources = fc.record({ cpu: some(...CPUS), memory: some(...MEMORY), cpuIdle: some(true, false) });
/** Sizes that go together more often than not, so that the sums are reached. */
const fitting = fc
  .constantFrom(["0.08", "128Mi"], ["0.5", "1Gi"], ["1", "512Mi"], ["1", "4Gi"], ["4", "16Gi"], ["8", "32Gi"])
  .map(([cpu, memory]) => ({ cpu, memory, cpuIdle: undefined }));
const sized = fc.oneof({ weight: 1, arbitrary: resources }, { weight: 2, arbitrary: fitting });
const withGpu = fc.record({
  cpu: some("4", "8", "20", "22", "1"),
  memory: some("16Gi", "32Gi", "80Gi", "88Gi", "15Gi"),
  cpuIdle: fc.constantFrom(false, false, undefined),
  gpu: fc.constant(1),
});
const instance = fc.record({
  main: fc.oneof({ weight: 4, arbitrary: sized }, { weight: 1, arbitrary: withGpu }),
  sidecars: fc.array(sized, { maxLength: 2 }),
  concurrency: some(1, 2),
  executionEnvironment: some("gen1", "gen2"),
  accelerator: fc.constantFrom("nvidia-l4", "nvidia-rtx-pro-6000"),
});

interface Sized {
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
  readonly cpuIdle?: boolean | undefined;
  readonly gpu?: number | undefined;
}

const limits = ({ cpu = "1", memory = "512Mi", gpu }: Sized) => ({
  cpu,
  memory,
  ...(gpu && { "nvidia.com/gpu": "1" }),
});
const defined = (value: object) => JSON.parse(JSON.stringify(value)) as Properties;

function refused(type: string, name: string, inputs: Properties): string | undefined {
  try {
    make(cloud(), type, name, inputs);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Why the config is refused, but for what is said of it as a whole: it is sound otherwise. */
function problems(change: Parameters<typeof meshInput>[0]): string[] {
  return parseMesh(meshInput(defined(change ?? {})), TODAY).problems.map(({ path, message }) => `${path}: ${message}`);
}

/** Asks that both refuse or neither does, and that the runs reached both answers often. */
function agree<T>(arbitrary: fc.Arbitrary<T>, ask: (one: T) => { config: string[]; google: string | undefined }): void {
  let [sound, wrong] = [0, 0];
  fc.assert(
    fc.property(arbitrary, (one) => {
      const { config, google } = ask(one);
      assert.equal(
        config.length > 0,
        google !== undefined,
        `config: ${config.join("; ") || "sound"}; Google: ${google}`,
      );
      if (google === undefined) sound += 1;
      else wrong += 1;
    }),
    { numRuns: 1000, seed: 20261128 },
  );
  assert.ok(sound > 50 && wrong > 50, `${sound} sound, ${wrong} wrong`);
}

describe("the config and the control plane refuse the same", () => {
  it("each amount of memory with each number of CPUs", () => {
    const told = CPUS.flatMap((cpu) =>
      MEMORY.map((memory) => {
        const config = problems({ web: { calls: [], resources: { cpu, memory } } });
        const containers = [{ image: IMAGE, resources: { limits: { cpu, memory }, cpuIdle: true } }];
        const google = refused(SERVICE, "web", { name: "web", location: REGION, template: { containers } });
        return { cpu, memory, config: config.length > 0, google: google !== undefined };
      }),
    );
    assert.deepEqual(
      told.filter(({ config, google }) => config !== google),
      [],
    );
    assert.ok(told.some(({ google }) => google) && told.some(({ google }) => !google));
  });

  it("CPU, memory and GPU of the containers of a service", () => {
    agree(instance, ({ main, sidecars, concurrency, executionEnvironment, accelerator }) => {
      const hasGpu = "gpu" in main;
      const beside = Object.fromEntries(sidecars.map((one, i) => [`side-${i}`, { image: IMAGE, resources: one }]));
      const config = problems({
        web: {
          calls: [],
          resources: main,
          sidecars: beside,
          concurrency,
          executionEnvironment,
          gpuType: hasGpu ? accelerator : undefined,
        },
      });
      const containers = [main, ...sidecars].map((one, i) => ({
        image: IMAGE,
        ...(i === 0 && { ports: { containerPort: 8080 } }),
        resources: { limits: limits(one), cpuIdle: one.cpuIdle ?? true },
      }));
      const template = {
        containers,
        maxInstanceRequestConcurrency: concurrency,
        executionEnvironment: executionEnvironment && `EXECUTION_ENVIRONMENT_${executionEnvironment.toUpperCase()}`,
        ...(hasGpu && { nodeSelector: { accelerator } }),
      };
      return { config, google: refused(SERVICE, "web", defined({ name: "web", location: REGION, template })) };
    });
  });

  it("CPU, memory and GPU of a job", () => {
    const job = fc.record({
      main: fc.oneof({ weight: 3, arbitrary: sized }, { weight: 1, arbitrary: withGpu }),
      accelerator: fc.constantFrom("nvidia-l4", "nvidia-rtx-pro-6000"),
    });
    agree(job, ({ main: { cpuIdle: _, ...main }, accelerator }) => {
      const hasGpu = "gpu" in main;
      const gpuType = hasGpu ? accelerator : undefined;
      const nightly = { image: IMAGE, resources: main, gpuType };
      const template = {
        containers: [{ image: IMAGE, resources: { limits: limits(main) } }],
        ...(hasGpu && { nodeSelector: { accelerator }, gpuZonalRedundancyDisabled: true }),
      };
      const inputs = { name: "nightly", location: REGION, template: { template } };
      return { config: problems({ config: { jobs: { nightly } } }), google: refused(JOB, "nightly", defined(inputs)) };
    });
  });

  it("where a container mounts its volumes", () => {
    const path = fc
      .array(fc.constantFrom("data", "cache", "..", ".", "", "dev", "proc", "cloudsql", "a:b"), { maxLength: 3 })
      .map((parts) => `/${parts.join("/")}`);
    agree(fc.array(fc.oneof(path, fc.constantFrom("/one", "/two")), { minLength: 1, maxLength: 3 }), (paths) => {
      const volumes = Object.fromEntries(paths.map((mountPath, i) => [`v${i}`, { mountPath, emptyDir: {} }]));
      const container = {
        image: IMAGE,
        volumeMounts: paths.map((mountPath, i) => ({ name: `v${i}`, mountPath })),
      };
      const template = { containers: [container], volumes: paths.map((_, i) => ({ name: `v${i}`, emptyDir: {} })) };
      return {
        config: problems({ web: { calls: [], volumes } }),
        google: refused(SERVICE, "web", defined({ name: "web", location: REGION, template })),
      };
    });
  });
});
