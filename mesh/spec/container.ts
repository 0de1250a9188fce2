import { z } from "zod";
import { CPU_PATTERN, MEMORY_PATTERN } from "../../google/quantities";
import { PROBE_MAX_SECONDS } from "../limits";
import { connectionName } from "./cloud-sql";

/** The part of a service's config that describes its containers, as written in stack config. */

const port = z.int().min(1).max(65535);
const seconds = (max: number) => z.int().min(1).max(max);
const period = (schema: z.ZodInt) => schema.optional().describe("Seconds between probes; default: 10");
const timeout = (max: number) =>
  seconds(max).optional().describe("Seconds until one probe has failed, at most the period; default: 1");
const failureThreshold = z.int().min(1).optional().describe("Failures in a row until the probe has failed; default: 3");
const httpGet = z
  .strictObject({
    path: z.string().regex(/^\//, 'must start with "/"').describe("Path that answers 2xx or 3xx when healthy"),
    port: port.optional().describe("Container port; default: the container's `port`"),
  })
  .optional()
  .describe("Probe by HTTP GET");
const grpc = z
  .strictObject({
    port: port.optional().describe("Container port; default: the container's `port`"),
    service: z.string().optional().describe("Service name in the health request; default: empty"),
  })
  .optional()
  .describe("Probe by the gRPC health protocol");

/** @param max most seconds of the delay, the period and the timeout */
const probe = (max: number) =>
  z.strictObject({
    httpGet,
    tcpSocket: z
      .strictObject({ port: port.describe("Container port") })
      .optional()
      .describe("Probe by opening a TCP connection"),
    grpc,
    initialDelaySeconds: z
      .int()
      .min(0)
      .max(max)
      .optional()
      .describe("Seconds to wait before the first probe; default: 0"),
    periodSeconds: period(seconds(max)),
    timeoutSeconds: timeout(max),
    failureThreshold,
  });
const startupProbe = probe(PROBE_MAX_SECONDS.startup);
const livenessProbe = probe(PROBE_MAX_SECONDS.liveness);
/** Cloud Run's API knows no `successThreshold`. Source: https://cloud.google.com/run/docs/reference/rest/v2/Container#Probe */
const readinessProbe = z.strictObject({
  httpGet,
  grpc,
  periodSeconds: period(z.int().min(1)),
  timeoutSeconds: timeout(PROBE_MAX_SECONDS.readinessTimeout),
  failureThreshold,
});

const secretRef = z.strictObject({
  secret: z
    .string()
    .regex(
      /^([A-Za-z0-9_-]{1,255}|projects\/[^/\s]+\/secrets\/[A-Za-z0-9_-]{1,255})$/,
      'must be a secret\'s name, or "projects/PROJECT/secrets/NAME" for one in another project',
    )
    .describe("Secret in Secret Manager: its name, or `projects/PROJECT/secrets/NAME`"),
  version: z
    .string()
    .regex(/^(latest|[1-9]\d*)$/, 'must be a version number in quotes, e.g. "3", or "latest" on purpose')
    .describe('Pinned version, e.g. `"3"`, or `latest` on purpose'),
});
export type SecretRef = z.infer<typeof secretRef>;

const envValue = z
  .union([z.string(), z.number(), z.boolean(), secretRef])
  .describe("A plain value, or `{ secret, version }` from Secret Manager");

/** What runs. A service may leave it out for the schema, so that its absence is told in our own words. */
const requiredImage = z
  .string()
  .regex(/^\S+$/, "must be a container image reference without spaces")
  .describe("Container image, best pinned by digest: `REGION-docker.pkg.dev/PROJECT/REPOSITORY/IMAGE@sha256:…`");

const MEMORY_FORM = 'must be an amount with a unit, e.g. "512Mi"';

const container = z.strictObject({
  command: z.array(z.string()).optional().describe("Entry point; default: the image's"),
  args: z.array(z.string()).optional().describe("Arguments of the entry point; default: the image's"),
  workingDir: z
    .string()
    .regex(/^\//, 'must start with "/"')
    .optional()
    .describe("Working directory; default: the image's"),
  env: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be a variable name: letters, digits and underscores"),
      envValue,
    )
    .optional()
    .describe("Environment variables; the URL of each called service is added: `BACKEND_API_URL` for `backend-api`"),
  port: port.optional().describe("Port that receives requests; default: 8080, told to the container as `PORT`"),
  startupProbe: startupProbe.optional().describe("When the container has started; default: Cloud Run's TCP probe"),
  livenessProbe: livenessProbe.optional().describe("When the container has to be restarted; default: never"),
  readinessProbe: readinessProbe.optional().describe("When the instance receives requests; default: once started"),
  resources: z
    .strictObject({
      cpu: z
        .string()
        .regex(CPU_PATTERN, 'must be a number of CPUs in quotes, e.g. "1" or "0.5"')
        .optional()
        .describe('CPUs: `"1"`, `"2"`, `"4"`, `"6"` or `"8"`, or a share from `"0.08"` on; default: 1'),
      memory: z
        .string()
        .regex(MEMORY_PATTERN, MEMORY_FORM)
        .optional()
        .describe("Memory with its unit, e.g. `512Mi`, as much as goes with the CPUs; default: 512Mi"),
      gpu: z
        .int()
        .min(1)
        .max(1)
        .optional()
        .describe("GPUs (`nvidia.com/gpu`), 1 of an instance; needs `gpuType` beside `resources`"),
      cpuIdle: z.boolean().optional().describe("Whether CPU is given only during requests; default: true"),
      startupCpuBoost: z.boolean().optional().describe("Whether a starting container gets more CPU; default: true"),
    })
    .optional()
    .describe("CPU and memory"),
});

const name63 = z
  .string()
  .regex(
    /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
    "must be at most 63 lower-case letters, digits and hyphens, starting with a letter",
  );
const mountPath = z.string().regex(/^\/[^:]*$/, 'must start with "/", and hold no ":"');

export const sidecar = container.omit({ port: true, readinessProbe: true }).extend({
  image: requiredImage,
  env: container.shape.env.describe(
    "Environment variables; the URLs of called services are the main container's alone",
  ),
  dependsOn: z
    .array(z.string())
    .optional()
    .describe("Containers that have to be up first; the main one is called `main`"),
  mounts: z
    .record(name63, mountPath)
    .optional()
    .describe("The service's volumes by name, and where this container sees them"),
});

const volume = z.strictObject({
  mountPath: mountPath.describe("Where the main container sees the volume"),
  secret: secretRef
    .extend({ path: z.string().optional().describe("File name in the volume; default: the secret's name") })
    .optional()
    .describe("One secret as a file; the account gets access to it"),
  emptyDir: z
    .strictObject({
      sizeLimit: z
        .string()
        .regex(MEMORY_PATTERN, MEMORY_FORM)
        .optional()
        .describe("e.g. `128Mi`; default: half of the container's memory"),
    })
    .optional()
    .describe("Memory, shared by the containers of an instance"),
  gcs: z
    .strictObject({
      bucket: z.string().describe("Name of the bucket"),
      readOnly: z.boolean().optional().describe("Whether writing is refused; default: false"),
      mountOptions: z.array(z.string()).optional().describe("Options of Cloud Storage FUSE; default: none"),
    })
    .optional()
    .describe("A Cloud Storage bucket; give the account a role on it"),
  nfs: z
    .strictObject({
      server: z.string().describe("Host name or address"),
      path: z.string().describe("Exported path"),
      readOnly: z.boolean().optional().describe("Whether writing is refused; default: false"),
    })
    .optional()
    .describe("An NFS share"),
  cloudSql: z
    .strictObject({ instances: z.array(connectionName).min(1).describe("Connection names, `PROJECT:REGION:INSTANCE`") })
    .optional()
    .describe("Cloud SQL sockets; give the account `roles/cloudsql.client`"),
});

export const image = requiredImage.optional();

/** What the main container of a service and its surroundings may say, beyond its image. */
export const containerKeys = {
  ...container.shape,
  volumes: z.record(name63, volume).optional().describe("Volumes by name"),
  sidecars: z.record(name63, sidecar).optional().describe("Further containers by name"),
};

export type ContainerSpec = z.infer<typeof container>;
export type SidecarSpec = z.infer<typeof sidecar>;
export type VolumeSpec = z.infer<typeof volume>;
export type ProbeSpec = z.infer<typeof startupProbe>;
export type ReadinessProbeSpec = z.infer<typeof readinessProbe>;
export type EnvValue = z.infer<typeof envValue>;
