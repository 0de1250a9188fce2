import { IAP_AUDIENCE_VARIABLE, RESERVED_VARIABLES } from "../../../services/runtime/contract";
import { DATABASE_VARIABLE } from "../../cloud-sql";
import { callVariable } from "../../environment";
import { FUNCTION_VARIABLES_MAX_BYTES, RESERVED_PREFIX, VARIABLE_MAX_BYTES, VARIABLES_MAX } from "../../limits";
import type { Finding, Problem } from "../../problems";
import type { EnvValue } from "../../spec/container";
import type { ServiceSpec } from "../../spec/spec";

/** Environment variables: which names are taken, and how much there may be of them. */

type Variables = Pick<ServiceSpec, "calls" | "cloudSql" | "env" | "iap" | "routed" | "sidecars">;

/** What Cloud Run sets itself, by what runs; it refuses a deployment that sets one. */
const SET_BY_CLOUD_RUN = {
  service: RESERVED_VARIABLES,
  /** Set by the builder too. Source: https://cloud.google.com/functions/docs/configuring/env-var */
  function: [...RESERVED_VARIABLES, "FUNCTION_TARGET", "FUNCTION_SIGNATURE_TYPE"],
  /** Sources: https://cloud.google.com/run/docs/container-contract#jobs-env-vars, https://cloud.google.com/run/docs/configuring/jobs/environment-variables */
  job: [
    "PORT",
    "CLOUD_RUN_JOB",
    "CLOUD_RUN_EXECUTION",
    "CLOUD_RUN_TASK_INDEX",
    "CLOUD_RUN_TASK_ATTEMPT",
    "CLOUD_RUN_TASK_COUNT",
  ],
  /** Sources: https://cloud.google.com/run/docs/container-contract#worker-pools-env-vars, https://cloud.google.com/run/docs/configuring/workerpools/environment-variables */
  workerPool: ["PORT", "CLOUD_RUN_WORKER_POOL", "CLOUD_RUN_WORKER_POOL_REVISION"],
} as const;

export function checkEnvironment(spec: Variables, kind: keyof typeof SET_BY_CLOUD_RUN): Finding[] {
  const { env = {}, sidecars = {} } = spec;
  const beside = Object.entries(sidecars).map(([name, { env: own = {} }]) => ({
    env: own,
    path: `sidecars.${name}.env`,
  }));
  const taken = takenNames(spec);
  const names = (variables: Readonly<Record<string, EnvValue>>) => Object.keys(variables);
  return [
    ...names(env).flatMap((name) => checkName(name, "env", kind, kind === "service", taken)),
    ...beside.flatMap(({ env: own, path }) => names(own).flatMap((name) => checkName(name, path, kind, false))),
    ...[{ env, path: "env" }, ...beside].flatMap(({ env: own, path }) => checkValues(own, path)),
    ...checkCount([env, ...beside.map(({ env: own }) => own)].flatMap(names).length + taken.size),
    ...(kind === "function" ? checkTotal(env) : []),
  ];
}

/** Variables of the main container that the program sets, and what of the config makes it. */
function takenNames({ calls, cloudSql, iap, routed }: Variables): Map<string, string> {
  return new Map([
    ...calls.map((call) => [callVariable(call), `the call to "${call.service}"; remove one of the two`] as const),
    ...(cloudSql ? [[DATABASE_VARIABLE, '"cloudSql"; remove one of the two'] as const] : []),
    ...(iap || routed ? [[IAP_AUDIENCE_VARIABLE, `"${routed ? "loadBalancer" : "iap"}"; remove it`] as const] : []),
  ]);
}

function checkName(
  name: string,
  path: string,
  kind: keyof typeof SET_BY_CLOUD_RUN,
  hasPort: boolean,
  taken: ReadonlyMap<string, string> = new Map(),
): Problem[] {
  const problem = (message: string) => [{ path: `${path}.${name}`, message: `"${name}" ${message}` }];
  if ((SET_BY_CLOUD_RUN[kind] as readonly string[]).includes(name)) {
    return problem(`is set by Cloud Run; ${name === "PORT" && hasPort ? 'set "port" instead' : "remove it"}`);
  }
  if (name.startsWith(RESERVED_PREFIX)) return problem(`is reserved, as all of ${RESERVED_PREFIX}… is; choose another`);
  const by = taken.get(name);
  return by === undefined ? [] : problem(`is set by ${by}`);
}

function checkValues(env: Readonly<Record<string, EnvValue>>, path: string): Problem[] {
  return Object.entries(env).flatMap(([name, value]) => {
    const bytes = bytesOf(value);
    if (bytes <= VARIABLE_MAX_BYTES) return [];
    const message = `has ${bytes} bytes, at most ${VARIABLE_MAX_BYTES} are allowed; mount it as a file`;
    return [{ path: `${path}.${name}`, message }];
  });
}

function checkCount(count: number): Finding[] {
  if (count <= VARIABLES_MAX) return [];
  const message = `got ${count} variables in all, those of the calls included; at most ${VARIABLES_MAX} are allowed`;
  return [{ path: "env", message, restsOn: ["env", "sidecars", "calls"] }];
}

function checkTotal(env: Readonly<Record<string, EnvValue>>): Problem[] {
  const bytes = Object.entries(env).reduce((sum, [name, value]) => sum + bytesOf(name) + bytesOf(value), 0);
  if (bytes <= FUNCTION_VARIABLES_MAX_BYTES) return [];
  const message = `has ${bytes} bytes of names and values, at most ${FUNCTION_VARIABLES_MAX_BYTES} are allowed of a function`;
  return [{ path: "env", message }];
}

/** Bytes of a variable's value; 0 for a secret, whose value is not known here. */
function bytesOf(value: EnvValue): number {
  return typeof value === "object" ? 0 : new TextEncoder().encode(String(value)).length;
}
