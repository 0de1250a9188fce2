import { IMAGE as image } from "../../support";
import { type WrongConfig, wrongWebs } from "../wrong-config";

/** CPU, memory and GPU that Google does not give together. */

const SIZES = 'expected "1", "2", "4", "6" or "8", or a share from "0.08" to "1"';

/** A service, a job, a worker pool and a sidecar with these resources, each told by its own path. */
function everywhere(resources: Record<string, unknown>, problem: string): WrongConfig[] {
  const fact = (of: string) => `${of} with ${JSON.stringify(resources)}`;
  const task = (kind: "jobs" | "workerPools", of: string) => ({
    fact: fact(of),
    config: { [kind]: { nightly: { image, resources } } },
    problems: [`${kind}.nightly.resources.${problem}`],
  });
  return [
    { fact: fact("a service"), web: { resources }, problems: [`services.web.resources.${problem}`] },
    {
      fact: fact("a sidecar"),
      web: { sidecars: { proxy: { image, resources } } },
      problems: [`services.web.sidecars.proxy.resources.${problem}`],
    },
    task("jobs", "a job"),
    task("workerPools", "a worker pool"),
  ];
}

const gpu = { gpu: 1, cpuIdle: false };
const l4 = { gpuType: "nvidia-l4" };
const rtx = { gpuType: "nvidia-rtx-pro-6000" };

/** Jobs and worker pools that are wrong in the same way. */
function tasks(task: Record<string, unknown>, problem: (of: string) => string): WrongConfig[] {
  const kinds = { jobs: "job", workerPools: "worker pool" };
  return Object.entries(kinds).map(([kind, of]) => ({
    fact: `a ${of} with ${JSON.stringify(task)}`,
    config: { [kind]: { nightly: { image, ...task } } },
    problems: [`${kind}.nightly.${problem(of)}`],
  }));
}

function scored(resources: Record<string, unknown>, problem: string, more: Record<string, unknown> = {}): WrongConfig {
  const score = { source: "functions/score", runtime: "nodejs22", entryPoint: "score", resources, ...more };
  return {
    fact: `a function with ${JSON.stringify({ resources, ...more })}`,
    config: { functions: { score } },
    problems: [`functions.score.${problem}`],
  };
}

export const wrongInstances: readonly WrongConfig[] = [
  ...everywhere(
    { cpu: "1", memory: "8Gi" },
    'memory: got "8Gi", which needs at least 2 CPUs; set cpu: "2", or memory: 4Gi',
  ),
  ...everywhere({ memory: "8Gi" }, 'memory: got "8Gi", which needs at least 2 CPUs; set cpu: "2", or memory: 4Gi'),
  ...everywhere(
    { cpu: "4", memory: "1Gi" },
    'memory: got "1Gi", expected at least 2Gi with 4 CPUs; set memory: 2Gi, or cpu: "2"',
  ),
  ...everywhere(
    { cpu: "4" },
    'memory: is missing, and the default is 512Mi, expected at least 2Gi with 4 CPUs; set memory: 2Gi, or cpu: "2"',
  ),
  ...everywhere({ memory: "64Gi" }, 'memory: got "64Gi", expected at most 32Gi, with cpu: "8"'),
  ...everywhere({ memory: "127Mi" }, 'memory: got "127Mi", expected at least 128Mi'),
  ...everywhere({ cpu: "3", memory: "2Gi" }, `cpu: got "3", ${SIZES}`),
  ...everywhere({ cpu: "9", memory: "8Gi" }, `cpu: got "9", ${SIZES}`),
  ...wrongWebs([
    [{ resources: { cpu: "0" } }, `resources.cpu: got "0", ${SIZES}`],
    [{ resources: { cpu: "0.079" } }, `resources.cpu: got "0.079", ${SIZES}`],
    [{ resources: { cpu: "1.5" } }, `resources.cpu: got "1.5", ${SIZES}`],
    [{ resources: { cpu: "1500m" } }, `resources.cpu: got "1500m", ${SIZES}`],
    [
      { resources: { cpu: "8", memory: "4095Mi" } },
      'resources.memory: got "4095Mi", expected at least 4Gi with 8 CPUs; set memory: 4Gi, or cpu: "4"',
    ],
    [
      { resources: { cpu: "0.25", memory: "513Mi" } },
      'resources.memory: got "513Mi", which needs at least 0.5 CPU; set cpu: "0.5", or memory: 512Mi',
    ],
    [
      { resources: { cpu: "500m", memory: "1.5Gi" } },
      'resources.memory: got "1.5Gi", which needs at least 1 CPU; set cpu: "1", or memory: 1Gi',
    ],
    [
      { resources: { cpu: "0.5", cpuIdle: false } },
      'resources.cpuIdle: got false with less than one CPU; remove it, or set cpu: "1"',
    ],
    [
      { resources: { cpu: "0.5" }, executionEnvironment: "gen2" },
      'executionEnvironment: got "gen2" with less than one CPU; remove it, or set "resources.cpu" to "1"',
    ],
    [
      { resources: { memory: "256Mi" }, executionEnvironment: "gen2" },
      'resources.memory: got 256Mi, expected at least 512Mi with "executionEnvironment: gen2"',
    ],
    [
      { resources: { memory: "256Mi", cpuIdle: false } },
      'resources.memory: got 256Mi, expected at least 512Mi with "cpuIdle: false"',
    ],
    [
      { resources: { memory: "256Mi" }, volumes: { files: { mountPath: "/files", gcs: { bucket: "b" } } } },
      'resources.memory: got 256Mi, expected at least 512Mi with the volume "files", which needs the second generation',
    ],
    [
      {
        resources: { memory: "128Mi" },
        sidecars: { proxy: { image, resources: { memory: "256Mi" } } },
        executionEnvironment: "gen2",
      },
      'resources.memory: got 384Mi in all containers, expected at least 512Mi with "executionEnvironment: gen2"',
    ],
    [
      {
        executionEnvironment: "gen1",
        volumes: { share: { mountPath: "/share", nfs: { server: "10.0.0.2", path: "/x" } } },
      },
      'executionEnvironment: got "gen1"; the volume "share" needs "gen2"',
    ],
    [
      { concurrency: 2, resources: { cpu: "0.4" }, sidecars: { proxy: { image, resources: { cpu: "0.5" } } } },
      'concurrency: got 2, expected 1 with less than one CPU; set "resources.cpu"',
    ],
    [
      {
        resources: { cpu: "8", memory: "4Gi" },
        sidecars: { proxy: { image, resources: { cpu: "0.08", memory: "128Mi" } } },
      },
      "sidecars: the containers have 8.08 CPUs together, at most 8 are allowed",
    ],
    [
      {
        resources: { cpu: "4", memory: "16Gi" },
        sidecars: { proxy: { image, resources: { cpu: "4", memory: "16385Mi" } } },
      },
      'sidecars.proxy.resources.memory: got "16385Mi", which needs at least 6 CPUs; set cpu: "6", or memory: 16Gi',
    ],
    [
      {
        resources: { cpu: "1", memory: "512Mi" },
        sidecars: Object.fromEntries(
          Array.from({ length: 10 }, (_, i) => [`side-${i}`, { image, resources: { cpu: "0.08" } }]),
        ),
      },
      'sidecars: got 10, at most 9 are allowed beside "main"',
    ],
    [
      { ...l4, resources: { ...gpu, cpu: "4", memory: "15Gi" } },
      'resources.memory: got "15Gi"; nvidia-l4 needs at least 16Gi: set memory: 16Gi',
    ],
    [
      { ...l4, resources: { gpu: 1, cpu: "4", memory: "16Gi" } },
      "resources.cpuIdle: is missing, and the default is true; a GPU needs its CPU all the time: set cpuIdle: false",
    ],
    [
      { ...l4, resources: { ...gpu, cpu: "4", memory: "16Gi" }, executionEnvironment: "gen1" },
      'executionEnvironment: got "gen1"; a GPU needs "gen2"',
    ],
    [
      { sidecars: { model: { image, resources: { ...gpu, cpu: "4", memory: "16Gi" } } } },
      'gpuType: is missing; "resources.gpu" needs the accelerator\'s type, e.g. nvidia-l4',
    ],
    [
      {
        ...l4,
        resources: { ...gpu, cpu: "4", memory: "16Gi" },
        sidecars: { model: { image, resources: { ...gpu, cpu: "4", memory: "16Gi" } } },
      },
      'sidecars.model.resources.gpu: an instance has one GPU, and "resources.gpu" takes it; remove one of the two',
    ],
    [
      { ...rtx, resources: { ...gpu, cpu: "21", memory: "80Gi" } },
      'resources.cpu: got "21", expected "20", "22", "24", "26", "28" or "30" with nvidia-rtx-pro-6000',
    ],
    [
      { ...rtx, resources: { ...gpu, cpu: "20", memory: "81Gi" } },
      'resources.memory: got "81Gi", which needs at least 22 CPUs; set cpu: "22", or memory: 80Gi',
    ],
  ]),
  {
    fact: "a service with a GPU and a number of CPUs that is too few for it and that no container has",
    web: { ...l4, resources: { ...gpu, cpu: "3", memory: "16Gi" } },
    problems: ['services.web.resources.cpu: got "3"; nvidia-l4 needs at least 4 CPUs: set cpu: "4"'],
  },
  {
    fact: "a service with a GPU and two problems, one of the GPU and one of the memory alone",
    web: { ...l4, resources: { gpu: 1, cpu: "4", memory: "17Gi" } },
    problems: [
      "services.web.resources.cpuIdle: is missing, and the default is true; a GPU needs its CPU all the time: set cpuIdle: false",
      'services.web.resources.memory: got "17Gi", which needs at least 6 CPUs; set cpu: "6", or memory: 16Gi',
    ],
  },
  {
    fact: "a service with a GPU, and nothing that it needs",
    web: { ...l4, resources: { gpu: 1 } },
    problems: [
      'services.web.resources.cpu: is missing, and the default is 1; nvidia-l4 needs at least 4 CPUs: set cpu: "4"',
      "services.web.resources.memory: is missing, and the default is 512Mi; nvidia-l4 needs at least 16Gi: set memory: 16Gi",
      "services.web.resources.cpuIdle: is missing, and the default is true; a GPU needs its CPU all the time: set cpuIdle: false",
    ],
  },
  ...tasks(
    { resources: { cpu: "0.5" } },
    (of) => `resources.cpu: got "0.5", expected at least "1": a ${of} has its CPU all the time`,
  ),
  ...tasks(
    { resources: { memory: "511Mi" } },
    (of) => `resources.memory: got 511Mi, expected at least 512Mi with a ${of}`,
  ),
  ...tasks(
    { ...l4, resources: { gpu: 1, cpu: "4", memory: "15Gi" } },
    () => 'resources.memory: got "15Gi"; nvidia-l4 needs at least 16Gi: set memory: 16Gi',
  ),
  {
    fact: "a job with a GPU for more than an hour",
    config: {
      jobs: { nightly: { image, ...l4, resources: { gpu: 1, cpu: "4", memory: "16Gi" }, timeoutSeconds: 3601 } },
    },
    problems: ["jobs.nightly.timeoutSeconds: got 3601, expected at most 3600 with a GPU"],
  },
  scored(
    { cpu: "1", memory: "8Gi" },
    'resources.memory: got "8Gi", which needs at least 2 CPUs; set cpu: "2", or memory: 4Gi',
  ),
  scored({ cpu: "3" }, `resources.cpu: got "3", ${SIZES}`),
  scored({ memory: "33Gi" }, 'resources.memory: got "33Gi", expected at most 32Gi, with cpu: "8"'),
  scored({ memory: "64Mi" }, 'resources.memory: got "64Mi", expected at least 128Mi'),
  scored(
    { cpu: "4" },
    'resources.memory: is missing, and the default is 256Mi, expected at least 2Gi with 4 CPUs; set memory: 2Gi, or cpu: "2"',
  ),
  scored({ memory: "1Gi" }, 'concurrency: got 2, expected 1 with less than one CPU; set "resources.cpu"', {
    concurrency: 2,
  }),
];
