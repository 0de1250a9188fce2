/** What is wrong with the arguments of a component, told all at once and before anything is made. */
import * as pulumi from "@pulumi/pulumi";

/** What is wrong with one argument, after its path; nothing where it is right. */
export type ArgProblems = Readonly<Record<string, string | undefined>>;

/** @throws RunError that names every wrong argument */
export function refuseProblems(component: string, name: string, problems: ArgProblems): void {
  const wrong = Object.entries(problems).filter(([, problem]) => problem !== undefined);
  if (wrong.length === 0) return;
  const lines = wrong.map(([path, problem]) => `  ${path}: ${problem}`);
  const error = new pulumi.RunError([`${component} "${name}" cannot be made as it is:`, ...lines].join("\n"));
  // The mistake is in the arguments, not in what checks them; and the SDK takes a minute to print its own frames.
  error.stack = "";
  throw error;
}
