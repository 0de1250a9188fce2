/**
 * `npm run mutation -- AREA [PART]`: changes sources one small way at a time and sees whether the tests notice. Prints
 * who survives, and how many died. Stryker does it, in a copy of the repository under `.cache/mutation`.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Argument, Command, InvalidArgumentError } from "commander";
import { runCommand } from "../../tools/command/run";
import { AREAS, type AreaName, ROOT, sourcesOf } from "./areas";
import { type Asked, keptAs, reportOf, strykerOptions } from "./options";
import { outcomeOf, type Report, sumOf } from "./report";
import { INSTALL, STRYKER } from "./stryker/program";

interface Options extends Pick<Asked, "processes" | "static" | "force"> {
  readonly sample?: number;
  readonly seed: number;
}

async function main(area: AreaName, part: string, { sample: percent, seed, ...options }: Options): Promise<void> {
  const asked = { area, part, ...options, ...(percent && { sample: { percent, seed } }) };
  if (!existsSync(STRYKER)) throw new Error(`Stryker is not installed: ${INSTALL}`);
  const sources = sourcesOf(AREAS[area], part);
  if (sources.length === 0) {
    throw new Error(`no file of ${area} has "${part}" in its path; it has ${sourcesOf(AREAS[area]).join(", ")}`);
  }
  const config = join(ROOT, `${keptAs(asked)}.config.json`);
  mkdirSync(join(config, ".."), { recursive: true });
  writeFileSync(config, JSON.stringify(strykerOptions(asked), undefined, 2));
  const code = await stryker(config);
  if (code !== 0) throw new Error(`Stryker ended with code ${code}; what it found wrong stands above`);
  const outcome = outcomeOf(JSON.parse(readFileSync(join(ROOT, reportOf(asked)), "utf8")) as Report, sources);
  for (const survivor of outcome.survivors) console.log(survivor);
  console.log(sumOf(outcome));
}

/** Its progress goes to standard error: standard output has survivors only. */
function stryker(config: string): Promise<number | null> {
  const child = spawn(process.execPath, [STRYKER, "run", config], { cwd: ROOT, stdio: ["ignore", 2, 2] });
  return new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
}

function count(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError("expected a number from 1 to 99");
  return Number(text);
}

const program = new Command("npm run mutation --")
  .description("Changes the sources of an area one small way at a time and lists what its tests do not notice.")
  .addArgument(
    new Argument("<area>", "what is changed; fixture only tries the runner itself").choices(Object.keys(AREAS)),
  )
  .argument("[part]", "only files whose path has this part", "")
  .option("--processes <count>", "processes that run tests side by side", count, 1)
  .option("--sample <percent>", "change only this share of the lines, drawn at random", count)
  .option("--seed <number>", "draw the lines that this number always draws", count, 1)
  .option("--static", "also change what runs while a module is loaded: seconds for each change", false)
  .option("--force", "ask again what an earlier run answered; else only what changed since, its tests included", false)
  .action(main);

runCommand(program);
