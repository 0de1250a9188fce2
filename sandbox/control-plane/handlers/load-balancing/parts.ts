/** The parts of a load balancer: how they are named, and how they refer to each other. */
import { GoogleError } from "../../errors";
import type { Handler, Subject, World } from "../../handler";
import { numberAt, type Properties, textAt } from "../../properties";
import { shortName, stableEtag, withoutHost } from "../../rules/identifiers";
import type { StoredResource } from "../../state/store";
import { admitComputeName, selfLink } from "../network/network";
import { REFERENCES } from "./references";
import { COLLECTIONS } from "./types";

/** What all global parts have in common. */
export function globalPart(kind: string, collection: string) {
  const place = (project: unknown) => `projects/${String(project)}/global/${collection}`;
  return {
    kind,
    naming: { property: "name", maxLength: 63 },
    identify: (inputs) => `${place(inputs["project"])}/${String(inputs["name"])}`,
    parseId(id, world) {
      const parts = id.split("/");
      if (parts.length > 2) return id;
      return `${place(parts.length === 2 ? parts[0] : world.scope.project)}/${parts.at(-1)}`;
    },
    duplicate: ({ id }) => `The resource '${id}' already exists, alreadyExists`,
    mayDelete: admitUnused,
  } satisfies Partial<Handler>;
}

/** What Google computes of every part. A fingerprint follows from what a part says: it changes with every update. */
export function partOutputs({ id, inputs, incarnation, previous }: Subject, world: World): Properties {
  return {
    selfLink: selfLink(id),
    creationTimestamp: previous?.state["creationTimestamp"] ?? world.now().toISOString(),
    fingerprint: stableEtag(`${id} ${incarnation} ${JSON.stringify(inputs)}`).slice(1, 13),
  };
}

/** Refuses a bad name and references to what does not exist. */
export function admitPart({ type, inputs }: Subject, world: World): void {
  admitComputeName(inputs);
  for (const { field, said, collections } of REFERENCES[type]?.(inputs) ?? []) {
    const id = partId(said, collections[0] ?? "", inputs, world);
    const collection = id.split("/").at(-2) ?? "";
    if (!collections.includes(collection)) {
      throw invalidField(field, said, `Unexpected resource collection '${collection}'.`);
    }
    const known = COLLECTIONS[collection];
    if (known) needPart(known.type, id, world);
  }
}

/** The part with this id, global or of a region. Throws Google's 404 where there is none. */
export function needPart(type: string, id: string, world: World): StoredResource {
  const [, project = "", region] = /^projects\/([^/]+)\/(?:regions\/([^/]+)|global)\//.exec(id) ?? [];
  return world.need(type, { project, name: shortName(id), ...(region !== undefined && { region }) }, () => {
    return new GoogleError(404, `The resource '${id}' was not found, notFound`);
  });
}

/**
 * The id of a part that is named by its name, its path or its link.
 *
 * @param collection what a name alone is in, e.g. `backendServices`
 * @param home the arguments of the resource that refers to it, with their project
 */
export function partId(said: string, collection: string, home: Properties, world: World): string {
  const path = withoutHost(said);
  const [, project, rest] = /^projects\/([^/]+)\/(.+)$/.exec(path) ?? [];
  if (project !== undefined && rest !== undefined) return `projects/${world.projects.id(project)}/${rest}`;
  const place = `projects/${textAt(home, "project")}`;
  return path.includes("/") ? `${place}/${path}` : `${place}/global/${collection}/${path}`;
}

/** Refuses to delete what another part refers to. */
export function admitUnused(resource: StoredResource, world: World): void {
  const user = userOf(resource.id, world);
  if (user === undefined) return;
  const word = COLLECTIONS[resource.id.split("/").at(-2) ?? ""]?.word ?? "";
  throw new GoogleError(
    400,
    `The ${word} resource '${resource.id}' is already being used by '${user}', resourceInUseByAnotherResource`,
  );
}

function userOf(id: string, world: World): string | undefined {
  for (const [type, references] of Object.entries(REFERENCES)) {
    for (const one of world.all(type)) {
      if (one.external) continue;
      for (const { said, collections } of references(one.state)) {
        if (partId(said, collections[0] ?? "", one.state, world) === id) return one.id;
      }
    }
  }
  return undefined;
}

/** A refusal in Compute Engine's words, about one field of the request. */
export function invalidField(field: string, value: unknown, why: string): GoogleError {
  const shown = typeof value === "object" ? JSON.stringify(value) : String(value ?? "");
  return new GoogleError(400, `Invalid value for field 'resource.${field}': '${shown}'. ${why}, invalid`);
}

/** Refuses a number that is not between two others. */
export function admitBetween(field: string, inputs: Properties, key: string, least: number, most: number): void {
  const value = numberAt(inputs, key);
  if (value === undefined || (value >= least && value <= most)) return;
  throw invalidField(field, value, `Must be greater than or equal to ${least} and less than or equal to ${most}.`);
}
