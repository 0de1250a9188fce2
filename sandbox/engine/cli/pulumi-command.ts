/**
 * How the Pulumi CLI is started. The Automation API's own command starts it in our process group and with all of our
 * environment; here the child gets exactly the environment it is given, and a process group of its own: a Ctrl-C in the
 * terminal would otherwise reach it twice, once from the terminal and once from us, and the CLI takes the second for
 * "terminate at once, leave operations pending".
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import * as path from "node:path";
import { CommandError, type PulumiCommand } from "@pulumi/pulumi/automation";
import type { SemVer } from "semver";
import { endWithThisProcess } from "../../children/watcher";

/** The package that Pulumi itself compares versions with. */
export const semver = createRequire(require.resolve("@pulumi/pulumi"))("semver") as typeof import("semver");

type Output = (text: string) => void;

/** One finished run of the CLI. */
export interface CliResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** What the Automation API calls on a `PulumiCommand`; the method is not in its published types. */
export class PulumiProcess {
  readonly command: string;
  readonly version: SemVer | null;
  private child: ChildProcess | undefined;

  constructor(
    command: string,
    version: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {
    this.command = command;
    this.version = semver.parse(version);
  }

  /** The same object in the type that `LocalWorkspace` asks for. */
  get asPulumiCommand(): PulumiCommand {
    return this as unknown as PulumiCommand;
  }

  /** Tells the running child to stop in good order; false when none runs. */
  interrupt(): boolean {
    return this.child?.kill("SIGINT") ?? false;
  }

  async run(
    args: string[],
    cwd: string,
    env: Record<string, string>,
    onOutput?: Output,
    onError?: Output,
  ): Promise<CliResult> {
    const result = await this.spawn([...args, "--non-interactive"], cwd, env, onOutput, onError);
    if (result.code !== 0) throw failedWith(result);
    return result;
  }

  private spawn(
    args: string[],
    cwd: string,
    env: Record<string, string>,
    onOutput?: Output,
    onError?: Output,
  ): Promise<CliResult> {
    const childEnv: NodeJS.ProcessEnv = { ...this.env, ...env, PULUMI_AUTOMATION_API: "true" };
    childEnv.PATH = [path.dirname(this.command), childEnv.PATH].join(path.delimiter);
    return new Promise((resolve) => {
      const child = spawn(this.command, args, {
        cwd,
        env: childEnv,
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
      });
      this.child = child;
      const forget = child.pid === undefined ? () => {} : endWithThisProcess(child.pid);
      const text = { stdout: "", stderr: "" };
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        text.stdout += chunk;
        onOutput?.(chunk);
      });
      child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
        text.stderr += chunk;
        onError?.(chunk);
      });
      const end = (code: number, reason?: string) => {
        if (this.child === child) this.child = undefined;
        forget();
        resolve({ ...text, stderr: reason ? `${text.stderr}\n${reason}`.trim() : text.stderr, code });
      };
      child.on("error", (error) => end(-1, `cannot run "${this.command}": ${error.message}`));
      child.on("close", (code, signal) =>
        end(code ?? -1, signal ? `the Pulumi CLI was ended by ${signal}` : undefined),
      );
    });
  }
}

/** The constructor of `CommandError` is left out of its published types; callers of the Automation API expect it. */
function failedWith(result: CliResult): CommandError {
  return Reflect.construct(CommandError, [result]) as CommandError;
}

/** What the CLI printed before it failed, if this error comes from it. */
export function cliResultOf(thrown: unknown): CliResult | undefined {
  if (!(thrown instanceof CommandError)) return undefined;
  return (thrown as unknown as { commandResult: CliResult }).commandResult;
}
