import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface StackConfig {
  readonly values: Readonly<Record<string, string>>;
  readonly encrypted: ReadonlySet<string>;
}

/** What the checks ask of a CLI. */
export type Cli = Pick<
  PulumiCli,
  "isAtLeast" | "isLoggedIn" | "selectedStack" | "hasStack" | "config" | "protectedResources"
>;

/** The person's own Pulumi CLI, asked questions only. */
export class PulumiCli {
  private constructor(
    private readonly version: string,
    private readonly folder: string,
    private readonly program: string,
  ) {}

  /** The CLI on PATH, or nothing. */
  static async find(folder: string, program = "pulumi"): Promise<PulumiCli | undefined> {
    try {
      const { stdout } = await run(program, ["version"], { cwd: folder, env: quiet });
      return new PulumiCli(stdout.trim().replace(/^v/, ""), folder, program);
    } catch {
      return undefined;
    }
  }

  async isAtLeast(minimum: string): Promise<boolean> {
    const numbers = (version: string) => version.split("-")[0]!.split(".").map(Number);
    const [have, need] = [numbers(this.version), numbers(minimum)];
    const first = need.findIndex((part, i) => part !== (have[i] ?? 0));
    return first < 0 || (have[first] ?? 0) > need[first]!;
  }

  async isLoggedIn(): Promise<boolean> {
    return (await this.ask(["whoami"])) !== undefined;
  }

  async selectedStack(): Promise<string | undefined> {
    return (await this.ask(["stack", "--show-name"]))?.trim() || undefined;
  }

  async hasStack(stack: string): Promise<boolean> {
    return (await this.ask(["stack", "--stack", stack, "--show-name"])) !== undefined;
  }

  /** Config by full key, as the program will see it; encrypted values are named but not read. */
  async config(stack: string): Promise<StackConfig> {
    const text = (await this.ask(["config", "--json", "--stack", stack])) ?? "{}";
    const entries = Object.entries(JSON.parse(text) as Record<string, { value?: string; secret: boolean }>);
    return {
      values: Object.fromEntries(entries.map(([key, { value = "{}" }]) => [key, value])),
      encrypted: new Set(entries.filter(([, { secret }]) => secret).map(([key]) => key)),
    };
  }

  /** Names of what Google refuses to delete, as far as the stack knows; absent where its state cannot be read. */
  async protectedResources(stack: string): Promise<readonly string[] | undefined> {
    const text = await this.ask(["stack", "export", "--stack", stack]);
    try {
      const { deployment } = JSON.parse(text ?? "") as { deployment?: { resources?: readonly StateResource[] } };
      return (deployment?.resources ?? []).filter(isProtected).map(({ urn }) => urn.split("::").at(-1) ?? urn);
    } catch {
      return undefined;
    }
  }

  /** The stack's outputs, without those that are secret; absent where there are none to be had. */
  async outputs(stack: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const text = await this.ask(["stack", "output", "--json", "--stack", stack]);
    try {
      return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>);
    } catch {
      return undefined;
    }
  }

  private async ask(args: readonly string[]): Promise<string | undefined> {
    try {
      return (
        await run(this.program, [...args, "--non-interactive"], { cwd: this.folder, env: quiet, maxBuffer: 64 << 20 })
      ).stdout;
    } catch {
      return undefined;
    }
  }
}

interface StateResource {
  readonly urn: string;
  readonly outputs?: { readonly deletionProtection?: unknown; readonly deletionPolicy?: unknown };
}

function isProtected({ outputs }: StateResource): boolean {
  return outputs?.deletionProtection === true || outputs?.deletionPolicy === "PREVENT";
}

const quiet = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
