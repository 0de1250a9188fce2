/** Where each kind of workload keeps its identity, its containers and its variables. */

import { FUNCTION_V1, FUNCTION_V2, JOB, SERVICE, SERVICE_V1, WORKER_POOL } from "../facts/tokens";
import type { Props } from "../rule";
import { elements, type Place, placeAt } from "./places";
import { type Reading, read } from "./read";

type Keys = readonly string[];

export interface Identity {
  readonly keys: Keys;
  /** The block without which this identity is not used at all. @default always used */
  readonly onlyWith?: string;
  /** What takes a default account where none is named. */
  readonly who: string;
}

export interface WorkloadType {
  /** The one that it runs as, first. */
  readonly identities: readonly Identity[];
  /** The list of containers. */
  readonly containers?: Keys;
  /** Maps of variables, by name. */
  readonly variables: readonly Keys[];
}

const RUNS = "Cloud Run";

/** A job nests one template more: the execution's, and in it the task's. */
export const WORKLOADS: ReadonlyMap<string, WorkloadType> = new Map<string, WorkloadType>([
  [
    SERVICE,
    {
      identities: [
        { keys: ["template", "serviceAccount"], who: RUNS },
        { keys: ["buildConfig", "serviceAccount"], onlyWith: "buildConfig", who: "the service's build" },
      ],
      containers: ["template", "containers"],
      variables: [["buildConfig", "environmentVariables"]],
    },
  ],
  [
    JOB,
    {
      identities: [{ keys: ["template", "template", "serviceAccount"], who: RUNS }],
      containers: ["template", "template", "containers"],
      variables: [],
    },
  ],
  [
    WORKER_POOL,
    {
      identities: [{ keys: ["template", "serviceAccount"], who: RUNS }],
      containers: ["template", "containers"],
      variables: [],
    },
  ],
  [
    SERVICE_V1,
    {
      identities: [{ keys: ["template", "spec", "serviceAccountName"], who: RUNS }],
      containers: ["template", "spec", "containers"],
      variables: [],
    },
  ],
  [
    // Defaults: https://docs.cloud.google.com/functions/docs/securing/function-identity, …/docs/securing/build-custom-sa
    // and the field eventTrigger.serviceAccountEmail of the API, "If empty, defaults to the Compute Engine default".
    FUNCTION_V2,
    {
      identities: [
        { keys: ["serviceConfig", "serviceAccountEmail"], who: "Cloud Run functions" },
        { keys: ["buildConfig", "serviceAccount"], who: "the function's build" },
        { keys: ["eventTrigger", "serviceAccountEmail"], onlyWith: "eventTrigger", who: "the function's trigger" },
      ],
      variables: [
        ["serviceConfig", "environmentVariables"],
        ["buildConfig", "environmentVariables"],
      ],
    },
  ],
  [
    // A first generation function is built by the account that `buildServiceAccount` names.
    FUNCTION_V1,
    {
      identities: [
        { keys: ["serviceAccountEmail"], who: "Cloud Run functions" },
        { keys: ["buildServiceAccount"], who: "the function's build" },
      ],
      variables: [["environmentVariables"], ["buildEnvironmentVariables"]],
    },
  ],
]);

export const WITH_CONTAINERS = [...WORKLOADS].filter(([, { containers }]) => containers).map(([type]) => type);

/** The image of each container; a place that is unknown may hold any. */
export function images(props: Props, type: string): Place[] {
  const keys = WORKLOADS.get(type)?.containers ?? [];
  return elements(props, ...keys).map((container) =>
    container.reading.state === "unknown" ? container : placeAt(props, ...container.keys, "image"),
  );
}

export interface Variable {
  /** Where the variable stands. */
  readonly path: string;
  readonly name: Reading;
  readonly value: Reading;
}

/** Every variable that is given as plain text; what comes from Secret Manager has no value here. */
export function* variables(props: Props, type: string): Generator<Variable> {
  const workload = WORKLOADS.get(type);
  for (const container of elements(props, ...(workload?.containers ?? []))) {
    if (container.reading.state === "unknown") yield unseen(container);
    else
      for (const variable of elements(props, ...container.keys, "envs")) {
        if (variable.reading.state === "unknown") yield unseen(variable);
        else {
          const name = read(props, ...variable.keys, "name");
          yield { path: variable.path, name, value: read(props, ...variable.keys, "value") };
        }
      }
  }
  for (const keys of workload?.variables ?? []) {
    const map = placeAt(props, ...keys);
    if (map.reading.state === "unknown") yield unseen(map);
    if (map.reading.state !== "known" || typeof map.reading.value !== "object" || map.reading.value === null) continue;
    for (const name of Object.keys(map.reading.value)) {
      const place = placeAt(props, ...keys, name);
      yield { path: place.path, name: { state: "known", value: name }, value: place.reading };
    }
  }
}

function unseen({ path, reading }: Place): Variable {
  return { path, name: reading, value: reading };
}
