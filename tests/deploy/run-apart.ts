/**
 * Runs one operation in a process of its own. After a failed one the SDK leaves calls behind that fail later, and the
 * next inline program of the same process would be blamed for them.
 */
import { fork } from "node:child_process";
import { type EngineResult, type Operation, openPulumiEngine } from "../../sandbox/engine";
import { withoutCredentials } from "../support/pulumi-cli";
import { TYPESCRIPT } from "../support/typescript";

export interface Apart {
  readonly cli: { readonly command: string; readonly version: string };
  readonly stateFolder: string;
  readonly port: number;
  readonly providerSettings: Readonly<Record<string, string>>;
  /** File of the program. @default the project's own index.ts */
  readonly programFile?: string;
  readonly operation: Operation;
  readonly config: Readonly<Record<string, string>>;
}

export function runApart(run: Apart): Promise<EngineResult> {
  const child = fork(__filename, {
    execArgv: [...TYPESCRIPT],
    env: withoutCredentials(process.env),
  });
  child.send(run);
  return new Promise((resolve, reject) => {
    child.once("message", (result) => resolve(result as EngineResult));
    child.once("exit", (code) => reject(new Error(`the run apart ended with code ${code} before its result`)));
  });
}

if (require.main === module) {
  process.once("message", async ({ operation, port, programFile = "../../index", ...rest }: Apart) => {
    const program = require(programFile);
    const engine = openPulumiEngine({
      ...rest,
      project: "cloud-run-mesh",
      stack: "test",
      program,
      providers: { gcp: port },
    });
    const result = await engine.run(operation);
    process.send?.(result, () => process.exit());
  });
}
