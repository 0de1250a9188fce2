/** The same stack judged by others: OPA and Checkov over the Terraform plan that it would be. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";

export interface Peer {
  readonly name: "OPA" | "Checkov";
  /** How to get it where it is not on PATH. */
  readonly missing?: string;
  /** How many grants to everybody it finds in the plan in this file; Checkov is asked only to go through all of it. */
  readonly judge: (planFile: string) => Promise<number>;
}

const RULES = path.join(__dirname, "peers/rules.rego");

export function peers(): Peer[] {
  return [
    {
      name: "OPA",
      ...(!isOnPath("opa") && { missing: "opa; go install github.com/open-policy-agent/opa@v1.22.2" }),
      judge: async (plan) => {
        const out = await run("opa", ["eval", "--format", "json", "--data", RULES, "--input", plan, "data.mesh.found"]);
        const { result } = JSON.parse(out) as { result: { expressions: { value: { public: number } }[] }[] };
        return result[0]!.expressions[0]!.value.public;
      },
    },
    {
      name: "Checkov",
      ...(!isOnPath("checkov") && { missing: "checkov; pip install checkov==3.3.30" }),
      judge: async (plan) => {
        const flags = ["--framework", "terraform_plan", "--quiet", "--compact", "--output", "json", "--skip-download"];
        const out = await run("checkov", ["--file", plan, ...flags, "--soft-fail"]);
        const { summary } = JSON.parse(out) as { summary: { passed: number; failed: number; resource_count: number } };
        if (summary.resource_count === 0 || summary.passed + summary.failed === 0) {
          throw new Error("Checkov judged nothing of the plan");
        }
        return summary.failed;
      },
    },
  ];
}

/** Prints and resolves what a command prints; a failure carries the end of what it said. */
export function run(command: string, args: readonly string[], cwd?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, maxBuffer: 1 << 30, timeout: 15 * 60_000 }, (error, stdout, stderr) =>
      error
        ? reject(new Error(`${command} failed: ${error.message.slice(0, 300)}\n${stderr.slice(-500)}`))
        : resolve(stdout),
    ).stdin?.end();
  });
}

function isOnPath(command: string): boolean {
  return (process.env["PATH"] ?? "").split(path.delimiter).some((folder) => existsSync(path.join(folder, command)));
}
