/** A part of an area, drawn at random and always the same for one seed: where all of it would take too long. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./areas";

export interface Sample {
  /** Share of the lines, 1 to 100. Changes that reach over more lines than one are not in it. */
  readonly percent: number;
  readonly seed: number;
}

/** The lines of the file that are drawn, as Stryker takes them: `FILE:LINE-LINE`. */
export function linesOf(file: string, { percent, seed }: Sample): string[] {
  const count = readFileSync(join(ROOT, file), "utf8").split("\n").length;
  const random = randomOf(`${seed} ${file}`);
  return Array.from({ length: count }, (_, i) => i + 1)
    .filter(() => random() * 100 < percent)
    .map((line) => `${file}:${line}-${line}`);
}

/** Numbers from 0 to 1: xorshift of 32 bits, from a hash (FNV-1a) of the text. */
function randomOf(text: string): () => number {
  let state = [...text].reduce((hash, char) => Math.imul(hash ^ char.charCodeAt(0), 0x01000193), 0x811c9dc5) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
