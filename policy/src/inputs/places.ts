/** Finds the parts of a resource's inputs that a rule asks for, each with the path at which it stands. */

import type { Props } from "../rule";
import { lengthOf, pathOf, type Reading, read } from "./read";

/** A part of the inputs with its path: what is read there, and how to read on below it. */
export interface Place {
  readonly path: string;
  readonly keys: readonly (string | number)[];
  readonly reading: Reading;
}

export function placeAt(props: Props, ...keys: (string | number)[]): Place {
  const path = keys.reduce<string>((parent, key) => pathOf(parent, key), "");
  return { path, keys, reading: read(props, ...keys) };
}

/** Each element of the list at these keys; the list itself where it is unknown. */
export function elements(props: Props, ...keys: (string | number)[]): Place[] {
  const list = placeAt(props, ...keys);
  if (list.reading.state === "unknown") return [list];
  if (list.reading.state === "absent") return [];
  return Array.from({ length: lengthOf(list.reading.value) }, (_, i) => placeAt(props, ...keys, i));
}

/**
 * Every place that a pattern leads to, in which `*` stands for each element of a list: `rules.*.action`. Where a part of
 * the way is unknown, that part stands for all below it.
 */
export function placesAt(props: Props, pattern: string): Place[] {
  let found: Place[] = [{ path: "", keys: [], reading: { state: "known", value: props } }];
  for (const step of pattern === "" ? [] : pattern.split(".")) {
    found = found.flatMap((place) => {
      if (place.reading.state === "unknown") return [place];
      return step === "*" ? elements(props, ...place.keys) : [placeAt(props, ...place.keys, step)];
    });
  }
  return found;
}
