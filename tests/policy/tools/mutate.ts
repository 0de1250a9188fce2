/**
 * Mutation testing of the pack: breaks its sources one small way at a time and sees whether the tests notice.
 * `node -r ./tools/typescript.cjs tests/policy/tools/mutate.ts [part of a path]`; some minutes. Prints who survives, and how many died.
 * Nothing is written: each mutant lives in the memory of a process that runs the tests on it.
 */
import { type ChildProcess, fork } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

import Mocha = require("mocha");

import * as ts from "typescript";
import { type Mutant, mutantsOf } from "./mutants";

const SRC = path.resolve(__dirname, "../../../policy/src");
const TESTS = ["read", "rules", "facts", "messages", "corpus", "forms", "pack"].map((name) =>
  path.resolve(__dirname, `../${name}.test.ts`),
);
/** An endless loop is noticed, too. */
const TIMEOUT_SECONDS = 20;
const PROCESSES = 2;
/** Modules that were loaded once stay in memory. */
const JOBS_A_PROCESS = 40;

type Job = Mutant & { readonly file: string };

function jobs(part: string): Job[] {
  return (readdirSync(SRC, { recursive: true }) as string[])
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".examples.ts") && file !== "index.ts")
    .filter((file) => file.includes(part))
    .sort()
    .flatMap((file) => mutantsOf(readFileSync(path.join(SRC, file), "utf8")).map((mutant) => ({ ...mutant, file })));
}

/** The parent: hands out jobs to a few processes and asks again where one is lost. */
async function main(): Promise<void> {
  const queue = jobs(process.argv[2] ?? "");
  let survivors = 0;
  const total = queue.length;
  const work = async () => {
    while (queue.length > 0) {
      const child = fork(__filename, ["--child"], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
      for (const job of queue.splice(0, JOBS_A_PROCESS)) {
        if (!child.connected) queue.push(job);
        else if ((await answer(child, job)) === "survived") {
          survivors++;
          console.log(`${job.file}:${job.line}  ${job.what}`);
        }
      }
      child.kill("SIGKILL");
      process.stderr.write(`${queue.length} of ${total} left\n`);
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, work));
  const killed = total - survivors;
  console.log(`${killed} of ${total} killed, ${((100 * killed) / total).toFixed(1)} %`);
}

/** A process that ends, or does not answer, has noticed. */
function answer(child: ChildProcess, job: Job): Promise<"killed" | "survived"> {
  return new Promise((resolve) => {
    const settle = (result: "killed" | "survived") => {
      clearTimeout(timer);
      child.off("message", settle);
      child.off("exit", lost);
      resolve(result);
    };
    const lost = () => settle("killed");
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      lost();
    }, TIMEOUT_SECONDS * 1000);
    child.on("message", settle);
    child.on("exit", lost);
    child.send(job);
  });
}

/** The child: loads pack and tests anew for each mutant. */
function serve(): void {
  // Each run of mocha listens anew.
  process.setMaxListeners(0);
  const compiled = new Map<string, string>();
  let mutant: Job | undefined;
  const output = (file: string) => {
    const mutated = mutant !== undefined && file === path.join(SRC, mutant.file);
    const known = mutated ? undefined : compiled.get(file);
    const text = known ?? compile(mutated ? mutant!.text : readFileSync(file, "utf8"));
    if (!mutated) compiled.set(file, text);
    return text;
  };
  require.extensions[".ts"] = (module, file) => {
    (module as unknown as { _compile(text: string, file: string): void })._compile(output(file), file);
  };
  process.on("message", async (job: Job) => {
    mutant = job;
    for (const file of Object.keys(require.cache)) {
      if (/\/(policy\/src|tests\/policy|policy\/tools)\//.test(file) && file !== __filename) delete require.cache[file];
    }
    process.send!((await passes()) ? "survived" : "killed");
  });
}

function compile(text: string): string {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  });
  return outputText;
}

function passes(): Promise<boolean> {
  try {
    const mocha = new Mocha({ bail: true, timeout: 10_000, reporter: "min" });
    for (const file of TESTS) mocha.addFile(file);
    return new Promise((resolve) => mocha.run((failures) => resolve(failures === 0)));
  } catch {
    return Promise.resolve(false);
  }
}

if (process.argv.includes("--child")) serve();
else main();
