/** Deploys a stack into a sandbox that is open, and reports what was made and what the policies said. */
import type { EngineResult, Progress } from "./engine";
import { isComponent, type Report, summary } from "./report";
import type { StackOutputs } from "./running";
import type { Sandbox } from "./sandbox";

/** @param recover first bring the state in line */
export async function deploy({ engine }: Sandbox, recover: boolean, report: Report): Promise<EngineResult> {
  report.heading("Resources");
  const onEvent = (progress: Progress) => report.progress(progress);
  const recovered = recover ? await engine.run("recover", { onEvent }) : undefined;
  const result = recovered?.ok === false ? recovered : await engine.run("up", { onEvent });
  report.line(`  ${summary(result.steps)} in ${(result.durationMs / 1000).toFixed(1)} s`);
  // A recovery changes nothing, so the policies are not asked about it.
  const judged = result.operation === "up" ? result.steps.filter((step) => !isComponent(step)).length : 0;
  report.verdicts(result.findings, judged);
  if (result.ok) {
    const { urls, serviceAccounts } = result.outputs as unknown as StackOutputs;
    report.urls(urls, serviceAccounts);
  }
  report.problems(result);
  return result;
}
