/** What a preview could not see, said once for the whole stack instead of once for each resource. */
import type { Finding } from "./rule";

export const BLIND_SPOTS = "preview-blind-spots";

/** How many resources the line names. */
const NAMED = 5;

/** Collects the unknowns that rules meet during one operation of the engine. */
export class BlindSpots {
  /** By resource, then path: a path that two rules ask for is one blind spot. */
  readonly #paths = new Map<string, Set<string>>();

  note(findings: readonly Finding[]): void {
    for (const { kind, urn, path } of findings) {
      if (kind !== "unknown") continue;
      const paths = this.#paths.get(urn) ?? new Set();
      this.#paths.set(urn, paths.add(path));
    }
  }

  /** The line for these resources, if any was in part unseen; forgets everything, for the next operation. */
  take(urns: Iterable<string>): string | undefined {
    const spots = [...urns].flatMap((urn) => {
      const paths = this.#paths.get(urn);
      return paths === undefined ? [] : [{ name: nameOf(urn), paths: [...paths].sort() }];
    });
    this.#paths.clear();
    // Resources register in parallel: sorted, the line is the same at every preview.
    return blindSpotLine(spots.sort((a, b) => (a.name < b.name ? -1 : 1)));
  }
}

interface BlindSpot {
  readonly name: string;
  readonly paths: readonly string[];
}

export function blindSpotLine(spots: readonly BlindSpot[]): string | undefined {
  if (spots.length === 0) return undefined;
  const count = spots.reduce((sum, spot) => sum + spot.paths.length, 0);
  const named = spots.slice(0, NAMED).map(({ name, paths }) => `${name} (${paths.slice(0, NAMED).join(", ")})`);
  if (spots.length > NAMED) named.push(`${spots.length - NAMED} more`);
  const [what, are, them] = count === 1 ? ["1 value", "is", "it"] : [`${count} values`, "are", "them"];
  return (
    `this preview could not judge ${what} on ${spots.length === 1 ? "1 resource" : `${spots.length} resources`}, ` +
    `which ${are} known only once other resources exist: ${named.join(", ")}; ` +
    `the update judges ${them} and refuses what is wrong before it reaches Google Cloud`
  );
}

/** The last part of a URN: https://www.pulumi.com/docs/iac/concepts/resources/names/#urns. */
function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}
