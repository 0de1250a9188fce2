import { IMAGE as image } from "../support";
import { type WrongConfig, wrongWebs } from "./wrong-config";

/** Wrong containers: variables, probes, resources, volumes, sidecars; what Google limits is in `limits/`. */

const secret = { secret: "db-password", version: "3" };

/** Probes of a service and of its sidecar that are wrong in the same way. */
function probes(rows: readonly (readonly [probe: object, problem: string])[]): WrongConfig[] {
  return rows.flatMap(([probe, problem]) =>
    wrongWebs([
      [{ startupProbe: probe }, `startupProbe.${problem}`],
      [{ livenessProbe: probe }, `livenessProbe.${problem}`],
      [{ sidecars: { proxy: { image, startupProbe: probe } } }, `sidecars.proxy.startupProbe.${problem}`],
    ]),
  );
}

export const wrongContainers: readonly WrongConfig[] = [
  {
    fact: "a variable that Cloud Run sets",
    web: { env: { PORT: 8080, K_SERVICE: "x" } },
    problems: [
      'services.web.env.PORT: "PORT" is set by Cloud Run; set "port" instead',
      'services.web.env.K_SERVICE: "K_SERVICE" is set by Cloud Run; remove it',
    ],
  },
  {
    fact: "a variable that a call sets",
    web: { env: { API_URL: "https://example.com" } },
    problems: ['services.web.env.API_URL: "API_URL" is set by the call to "api"; remove one of the two'],
  },
  {
    fact: "a variable that is a list, its content unprinted",
    web: { env: { PASSWORD: ["hunter2"] } },
    problems: ["services.web.env.PASSWORD: got a list, expected text, a number, true or false or { secret, version }"],
  },
  {
    fact: "a variable with a hyphen",
    web: { env: { "MY-VAR": "x" } },
    problems: ['services.web.env.MY-VAR: key "MY-VAR" must be a variable name: letters, digits and underscores'],
  },
  {
    fact: "a secret without a version",
    web: { env: { PASSWORD: { secret: "db-password" } } },
    problems: ["services.web.env.PASSWORD.version: is missing; text is needed"],
  },
  {
    fact: "a secret version that is a word",
    web: { env: { PASSWORD: { ...secret, version: "newest" } } },
    problems: [
      'services.web.env.PASSWORD.version: got a string, must be a version number in quotes, e.g. "3", or "latest" on purpose',
    ],
  },
  {
    fact: "two kinds of probe",
    web: { startupProbe: { httpGet: { path: "/health" }, tcpSocket: { port: 80 } } },
    problems: [
      "services.web.startupProbe: got httpGet and tcpSocket, expected exactly one of httpGet, tcpSocket, grpc",
    ],
  },
  {
    fact: "no kind of probe",
    web: { livenessProbe: {} },
    problems: ["services.web.livenessProbe: got no kind of probe, expected exactly one of httpGet, tcpSocket, grpc"],
  },
  {
    fact: "a readiness probe by TCP",
    web: { readinessProbe: { tcpSocket: { port: 80 } } },
    problems: [
      'services.web.readinessProbe.tcpSocket: unknown key "tcpSocket"; allowed are httpGet, grpc, periodSeconds, timeoutSeconds, failureThreshold',
    ],
  },
  {
    fact: "successes in a row, which the readiness probe of Cloud Run's API does not count",
    web: { readinessProbe: { grpc: {}, successThreshold: 2 } },
    problems: [
      'services.web.readinessProbe.successThreshold: unknown key "successThreshold"; allowed are httpGet, grpc, periodSeconds, timeoutSeconds, failureThreshold',
    ],
  },
  {
    fact: "a probe whose timeout exceeds its period",
    web: { livenessProbe: { grpc: {}, periodSeconds: 5, timeoutSeconds: 6 } },
    problems: ["services.web.livenessProbe.timeoutSeconds: got 6, expected at most periodSeconds (5)"],
  },
  {
    fact: "concurrency on half a CPU",
    web: { resources: { cpu: "0.5" }, concurrency: 80 },
    problems: ['services.web.concurrency: got 80, expected 1 with less than one CPU; set "resources.cpu"'],
  },
  {
    fact: "memory without a unit",
    web: { resources: { memory: "512" } },
    problems: ['services.web.resources.memory: got "512", must be an amount with a unit, e.g. "512Mi"'],
  },
  {
    fact: "a GPU of no type",
    web: { resources: { gpu: 1, cpuIdle: false } },
    problems: ['services.web.gpuType: is missing; "resources.gpu" needs the accelerator\'s type, e.g. nvidia-l4'],
  },
  {
    fact: "a volume of two kinds",
    web: { volumes: { data: { mountPath: "/data", emptyDir: {}, gcs: { bucket: "b" } } } },
    problems: [
      "services.web.volumes.data: got emptyDir and gcs, expected exactly one of secret, emptyDir, gcs, nfs, cloudSql",
    ],
  },
  {
    fact: "a sidecar that mounts an unknown volume and waits for an unknown container",
    web: {
      volumes: { cache: { mountPath: "/cache", emptyDir: {} } },
      sidecars: { proxy: { image, mounts: { cach: "/c" }, dependsOn: ["mian"] } },
    },
    problems: [
      'services.web.sidecars.proxy.mounts.cach: unknown volume "cach"; did you mean "cache"?',
      'services.web.sidecars.proxy.dependsOn[0]: unknown container "mian"; did you mean "main"?',
    ],
  },
  {
    fact: "a sidecar without an image",
    web: { sidecars: { proxy: { dependsOn: ["main"] } } },
    problems: ["services.web.sidecars.proxy.image: is missing; text is needed"],
  },
  {
    fact: "a sidecar that waits for itself",
    web: { sidecars: { proxy: { image, dependsOn: ["proxy"] } } },
    problems: ['services.web.sidecars.proxy.dependsOn[0]: "proxy" waits for itself; remove the entry'],
  },
  {
    fact: "a sidecar called main",
    web: { sidecars: { main: { image } } },
    problems: ['services.web.sidecars.main: "main" is the name of the service\'s own container; choose another'],
  },
  ...wrongWebs([
    [{ workingDir: "srv" }, 'workingDir: got "srv", must start with "/"'],
    [{ port: 0 }, "port: got 0, expected at least 1"],
    [{ port: 65536 }, "port: got 65536, expected at most 65535"],
    [{ resources: { cpu: "two" } }, 'resources.cpu: got "two", must be a number of CPUs in quotes, e.g. "1" or "0.5"'],
    [{ resources: { memory: "1 GB" } }, 'resources.memory: got "1 GB", must be an amount with a unit, e.g. "512Mi"'],
    [{ gpuType: "nvidia-l4", resources: { gpu: 0 } }, "resources.gpu: got 0, expected at least 1"],
    [{ gpuType: "nvidia-l4", resources: { gpu: 2 } }, "resources.gpu: got 2, expected at most 1"],
    [
      { env: { PASSWORD: { ...secret, secret: "db/password" } } },
      'env.PASSWORD.secret: got a string, must be a secret\'s name, or "projects/PROJECT/secrets/NAME" for one in another project',
    ],
    [
      { sidecars: { proxy: { image, env: { "MY-VAR": "x" } } } },
      'sidecars.proxy.env.MY-VAR: key "MY-VAR" must be a variable name: letters, digits and underscores',
    ],
    [
      { sidecars: { proxy: { image, env: { PORT: "8080" } } } },
      'sidecars.proxy.env.PORT: "PORT" is set by Cloud Run; remove it',
    ],
    [
      { sidecars: { Proxy: { image } } },
      'sidecars.Proxy: key "Proxy" must be at most 63 lower-case letters, digits and hyphens, starting with a letter',
    ],
  ]),
  ...probes([
    [{ httpGet: { path: "health" } }, 'httpGet.path: got "health", must start with "/"'],
    [{ httpGet: { path: "/", port: 0 } }, "httpGet.port: got 0, expected at least 1"],
    [{ grpc: { port: 65536 } }, "grpc.port: got 65536, expected at most 65535"],
    [{ tcpSocket: { port: 0 } }, "tcpSocket.port: got 0, expected at least 1"],
    [{ tcpSocket: {} }, "tcpSocket.port: is missing; a number is needed"],
    [{ grpc: {}, initialDelaySeconds: -1 }, "initialDelaySeconds: got -1, expected at least 0"],
    [{ grpc: {}, periodSeconds: 0 }, "periodSeconds: got 0, expected at least 1"],
    [{ grpc: {}, timeoutSeconds: 0 }, "timeoutSeconds: got 0, expected at least 1"],
    [{ grpc: {}, timeoutSeconds: 11 }, "timeoutSeconds: got 11, expected at most periodSeconds (10)"],
    [{ grpc: {}, failureThreshold: 0 }, "failureThreshold: got 0, expected at least 1"],
  ]),
  ...wrongWebs([
    [
      { volumes: { Data: { mountPath: "/data", emptyDir: {} } } },
      'volumes.Data: key "Data" must be at most 63 lower-case letters, digits and hyphens, starting with a letter',
    ],
    [
      { volumes: { data: { mountPath: "/data" } } },
      "volumes.data: got no kind of volume, expected exactly one of secret, emptyDir, gcs, nfs, cloudSql",
    ],
    [
      { volumes: { data: { mountPath: "data", emptyDir: {} } } },
      'volumes.data.mountPath: got "data", must start with "/", and hold no ":"',
    ],
    [
      { volumes: { data: { mountPath: "/data", secret: { ...secret, version: "0" } } } },
      'volumes.data.secret.version: got "0", must be a version number in quotes, e.g. "3", or "latest" on purpose',
    ],
    [
      { volumes: { sql: { mountPath: "/cloudsql", cloudSql: { instances: [] } } } },
      "volumes.sql.cloudSql.instances: is empty; list at least one entry",
    ],
    [{ args: "--password=hunter2" }, "args: got a string, expected a list"],
    [{ command: ["/app", 20271231] }, "command[1]: got a number, expected text; write it in quotes"],
  ]),
];
