import { posix } from "node:path";
import { at, listAt, numberAt, objectAt, type PropertyValue, textAt } from "../../properties";
import { violation } from "./names";
import { admitResources } from "./resources";
import type { Template } from "./template";

/**
 * What a container may be given by name: variables, volumes and probes. Sources: the pages that each table names; the
 * words are those that public reports cite, but for the lists in them.
 */

/** Set by Cloud Run itself. Source: https://cloud.google.com/run/docs/container-contract#env-vars */
const RESERVED_ENV: Readonly<Record<Template["of"], readonly string[]>> = {
  service: ["PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"],
  job: [
    "PORT",
    "CLOUD_RUN_JOB",
    "CLOUD_RUN_EXECUTION",
    "CLOUD_RUN_TASK_INDEX",
    "CLOUD_RUN_TASK_ATTEMPT",
    "CLOUD_RUN_TASK_COUNT",
  ],
  worker_pool: ["PORT", "CLOUD_RUN_WORKER_POOL", "CLOUD_RUN_WORKER_POOL_REVISION"],
};
/** Source: https://cloud.google.com/run/docs/configuring/services/overview-environment-variables. Assumed of services. */
const RESERVED_PREFIX = "X_GOOGLE_";
/** Source: https://cloud.google.com/run/quotas */
const VALUE_MAX_BYTES = 32_768;

/** Source: https://cloud.google.com/run/docs/configuring/services/secrets */
const DISALLOWED = ["/dev", "/proc", "/sys"];

/** Source: https://cloud.google.com/run/docs/configuring/healthchecks */
const PROBES = {
  startupProbe: { field: "startup_probe", period: 240, timeout: 240, delay: 240 },
  livenessProbe: { field: "liveness_probe", period: 3600, timeout: 3600, delay: 3600 },
  readinessProbe: { field: "readiness_probe", period: Number.POSITIVE_INFINITY, timeout: 300, delay: 0 },
} as const;

export function admitContainers(subject: Template): void {
  const { of, field, template } = subject;
  const containers = listAt(template, "containers");
  if (containers.length === 0) throw violation(`${field}.containers`, "at least one container is required.");
  const withPorts = containers.filter((container) => at(container, "ports") !== undefined);
  if (of === "service" && (withPorts.length > 1 || (containers.length > 1 && withPorts.length === 0))) {
    throw violation(
      `${field}.containers`,
      "Revision template should contain exactly one container with an exposed port.",
    );
  }
  const volumes = listAt(template, "volumes");
  for (const [i, volume] of volumes.entries()) admitVolume(volume, `${field}.volumes[${i}]`);
  const names = new Set(volumes.map((volume) => textAt(volume, "name")));
  containers.forEach((container, index) => {
    const place = `${field}.containers[${index}]`;
    if (textAt(container, "image") === undefined) throw violation(`${place}.image`, "must not be empty.");
    admitEnv(`${place}.env`, listAt(container, "envs"), RESERVED_ENV[of]);
    admitMounts(place, listAt(container, "volumeMounts"), names);
    admitProbes(place, container);
  });
  admitResources(subject);
}

function admitEnv(place: string, envs: PropertyValue[], reserved: readonly string[]): void {
  const seen = new Set<string>();
  envs.forEach((env, i) => {
    const name = textAt(env, "name") ?? "";
    if (name === "") throw violation(place, "the name of an environment variable must not be empty.");
    if (reserved.includes(name) || name.startsWith(RESERVED_PREFIX)) {
      const message = `The following reserved env names were provided: ${name}. These values are automatically set by the system.`;
      throw violation(place, message);
    }
    if (seen.has(name)) throw violation(place, `Duplicate env name '${name}'.`);
    if (Buffer.byteLength(textAt(env, "value") ?? "") > VALUE_MAX_BYTES)
      throw violation(`${place}[${i}].value`, `length cannot exceed ${VALUE_MAX_BYTES}.`);
    seen.add(name);
  });
}

function admitVolume(volume: PropertyValue, place: string): void {
  const isSocket = at(volume, "cloudSqlInstance") !== undefined;
  if (isSocket === (textAt(volume, "name") === "cloudsql")) return;
  throw violation(`${place}.name`, "Cloud SQL volume must be named 'cloudsql'.");
}

/** That two mounts of a container stand at one path is refused as Knative does; its place and words are assumed here. */
function admitMounts(container: string, mounts: PropertyValue[], volumes: ReadonlySet<string | undefined>): void {
  const place = `${container}.volume_mounts`;
  const seen: string[] = [];
  mounts.forEach((mount, i) => {
    const [name, written = ""] = [textAt(mount, "name"), textAt(mount, "mountPath")];
    if (!volumes.has(name)) throw violation(place, `the volume '${name}' is not defined.`);
    if (!/^\/[^:]*$/.test(written))
      throw violation(`${place}[${i}].mount_path`, `'${written}' must be a valid unix absolute path.`);
    const path = posix.resolve(written);
    const isBelow = (folder: string) => path === folder || path.startsWith(`${folder}/`);
    if (path === "/" || DISALLOWED.some(isBelow)) {
      throw violation(place, `mount paths ${path} are in one of disallowed mount points: ${DISALLOWED.join(", ")}.`);
    }
    if (seen.some((other) => isBelow(other) || other.startsWith(`${path}/`)))
      throw violation(place, `'${path}' must be unique.`);
    seen.push(path);
  });
}

function admitProbes(container: string, spec: PropertyValue): void {
  for (const [name, { field, period, timeout, delay }] of Object.entries(PROBES)) {
    const probe = objectAt(spec, name);
    for (const [key, written, most] of [
      ["periodSeconds", "period_seconds", period],
      ["timeoutSeconds", "timeout_seconds", timeout],
      ["initialDelaySeconds", "initial_delay_seconds", delay],
    ] as const) {
      const value = numberAt(probe, key) ?? 0;
      if (value >= 0 && value <= most) continue;
      throw violation(`${container}.${field}`, `${written} must be a number between 0 and ${most}.`);
    }
  }
}
