/** Runs commands of this repository in processes of their own, as people run them. */
import { spawn } from "node:child_process";
import * as path from "node:path";
import { withoutCredentials } from "./pulumi-cli";
import { TYPESCRIPT } from "./typescript";

export const ROOT = path.join(__dirname, "../..");

export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Files that node loads first. @default none */
  readonly preload?: readonly string[];
  /** Text for its standard input. @default nothing */
  readonly input?: string;
  /** Told all that it has printed so far; may send a signal, or stop reading. */
  readonly onOutput?: (printed: string, act: { kill(signal: NodeJS.Signals): void; close(): void }) => void;
}

/** A file of the repository with its arguments, as the scripts of package.json run it. */
export function runCommandFile(file: string, args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  const preloads = (options.preload ?? []).flatMap((one) => ["-r", one]);
  return run(process.execPath, [...TYPESCRIPT, ...preloads, path.join(ROOT, file), ...args], options);
}

/** `npm run SCRIPT -- ARGS`, by npm itself. */
export function npm(script: string, args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  return run("npm", ["run", "-s", script, "--", ...args], options);
}

function run(command: string, args: readonly string[], options: CommandOptions): Promise<Ended> {
  const { env = {}, cwd = ROOT, input = "", onOutput = () => {} } = options;
  const child = spawn(command, args, { cwd, env: { ...withoutCredentials(process.env), ...env } });
  child.stdin.on("error", () => {}).end(input);
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      printed[name] += text;
      onOutput(printed.stdout + printed.stderr, {
        kill: (signal) => void child.kill(signal),
        close: () => void child.stdout.destroy(),
      });
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, ...printed }));
  });
}
