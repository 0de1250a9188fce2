import { createHash } from "node:crypto";
import type { CheckFailure, Handler, Naming } from "../handler";
import { DEFAULTS_KEY, listAt, type Properties } from "../properties";
import { RESOURCE_TYPES } from "../type-table";

const SUFFIX_LENGTH = 7;

/** How the engine wants automatic names: a name it proposes, or none at all. */
export interface Autonaming {
  proposedName: string;
  mode: "propose" | "enforce" | "disable";
}

export interface CheckRequest {
  type: string;
  /** The resource's name in the program, from which an automatic name is made. */
  name: string;
  news: Properties;
  /** The inputs of the last update. */
  olds?: Properties;
  /** Makes automatic names unique and repeatable. @default - derived from the type and the name */
  randomSeed?: Uint8Array;
  autonaming?: Autonaming;
}

export interface CheckResult {
  inputs: Properties;
  failures: CheckFailure[];
}

/** Fills in what the bridge fills in - automatic names - and finds what the provider refuses without asking Google. */
export function checkInputs(request: CheckRequest, handler: Handler | undefined): CheckResult {
  const inputs: Properties = {};
  for (const [key, value] of Object.entries(request.news)) {
    if (key !== DEFAULTS_KEY && value !== undefined) inputs[key] = value;
  }
  const failures: CheckFailure[] = [];
  const naming = handler?.naming ?? namingOf(request.type);
  if (naming && (inputs[naming.property] === undefined || inputs[naming.property] === null)) {
    const name = automaticName(request, naming);
    if (name === undefined) {
      failures.push({ property: naming.property, reason: `automatic naming is disabled; set "${naming.property}"` });
    } else {
      inputs[naming.property] = name;
      inputs[DEFAULTS_KEY] = [naming.property];
    }
  }
  failures.push(...shapeFailures(request.type, inputs));
  if (failures.length === 0) failures.push(...(handler?.validate?.(inputs) ?? []));
  return { inputs, failures };
}

/** Inputs of a known type that are missing, or that the type does not have. */
function shapeFailures(type: string, inputs: Properties): CheckFailure[] {
  const known = RESOURCE_TYPES.get(type);
  if (!known) return [];
  const failures: CheckFailure[] = [];
  for (const property of known.required) {
    if (inputs[property] === undefined || inputs[property] === null) {
      failures.push({
        property,
        reason: `Missing required argument. The argument "${property}" is required, but no definition was found.`,
      });
    }
  }
  for (const property of Object.keys(inputs)) {
    if (property === DEFAULTS_KEY || known.inputs.has(property)) continue;
    failures.push({ property, reason: `Invalid or unknown key. "${property}" is not an input of ${type}.` });
  }
  return failures;
}

/** The bridge names every resource whose optional `name` is left out. */
function namingOf(type: string): Naming | undefined {
  return RESOURCE_TYPES.get(type)?.optional.includes("name") ? { property: "name", maxLength: 63 } : undefined;
}

function automaticName(request: CheckRequest, naming: Naming): string | undefined {
  const old = request.olds?.[naming.property];
  if (typeof old === "string" && listAt(request.olds, DEFAULTS_KEY).includes(naming.property)) return old;
  if (request.autonaming?.mode === "disable") return undefined;
  if (request.autonaming?.proposedName) return request.autonaming.proposedName;
  const seed = createHash("sha256");
  if (request.randomSeed?.length) seed.update(request.randomSeed);
  const suffix = seed.update(`${request.type} ${request.name}`).digest("hex").slice(0, SUFFIX_LENGTH);
  const prefix = request.name.toLowerCase().slice(0, naming.maxLength - SUFFIX_LENGTH - 1);
  return `${prefix}-${suffix}`;
}

/** True when the input was given by the program rather than filled in. */
export function isExplicit(inputs: Properties, property: string): boolean {
  if (inputs[property] === undefined || inputs[property] === null) return false;
  return !listAt(inputs, DEFAULTS_KEY).includes(property);
}

/** The property that names a resource of this type. */
export function nameProperty(type: string, handler: Handler | undefined): string | undefined {
  return handler?.naming?.property ?? namingOf(type)?.property;
}
