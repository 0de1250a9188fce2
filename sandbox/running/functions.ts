/** How functions are started here: by the framework that Google starts them with. */
import { createRequire } from "node:module";
import * as path from "node:path";

/** What has to be known of a function to start it. */
export interface DeclaredFunction {
  /** e.g. `nodejs22` */
  readonly runtime: string;
  /** Name of the function in the code. */
  readonly entryPoint: string;
  /** Whether events start it, rather than requests. */
  readonly takesEvents: boolean;
}

const FRAMEWORK = "@google-cloud/functions-framework";

/**
 * Program and arguments, or why there are none. The framework is the function's own, or the project's.
 * Source: https://github.com/GoogleCloudPlatform/functions-framework-nodejs
 */
export function functionCommand(
  { runtime, entryPoint, takesEvents }: DeclaredFunction,
  folder: string,
): readonly string[] | string {
  if (!runtime.startsWith("nodejs")) {
    return `functions in ${runtime} need a command of their own; name it in sandbox.command`;
  }
  const main = frameworkMain(folder);
  if (main === undefined) return `${FRAMEWORK} is not installed; run "npm ci", or name the command in sandbox.command`;
  const kind = takesEvents ? "cloudevent" : "http";
  const [defaults, bind] = ["function.env", "bind-address.cjs"].map((file) => path.join(__dirname, file)) as [
    string,
    string,
  ];
  return [
    process.execPath,
    `--env-file=${defaults}`,
    "-r",
    bind,
    main,
    `--target=${entryPoint}`,
    `--signature-type=${kind}`,
  ];
}

function frameworkMain(folder: string): string | undefined {
  try {
    return path.join(path.dirname(createRequire(path.join(folder, "package.json")).resolve(FRAMEWORK)), "main.js");
  } catch {
    return undefined;
  }
}
