/** The probes of a stack config against the sandbox: the mesh that runs here. */
import type { ServiceLog } from "../sandbox/data-plane";
import { EngineError, failureOf, type ProjectConfig } from "../sandbox/engine";
import { RunningMesh, type StackOutputs } from "../sandbox/running";
import { openSandbox } from "../sandbox/sandbox";
import type { GrantReport } from "./grants/judge";
import { deployedGraph } from "./graph";
import { probes } from "./probes";
import { type Result, verify } from "./result";
import { sandboxGrants } from "./sandbox-policies";
import { SandboxTarget } from "./sandbox-target";

/** Sends every probe into a mesh that runs. */
export async function verifyRunning(
  mesh: RunningMesh,
  { config }: ProjectConfig,
  onResult?: (result: Result) => void,
): Promise<Result[]> {
  const urls = Object.fromEntries(mesh.services.map(({ key, url }) => [key, url]));
  const graph = deployedGraph(config, urls, new Date().toISOString().slice(0, 10));
  const target = new SandboxTarget(mesh);
  try {
    return await verify(probes(graph), target, onResult);
  } finally {
    await target.close();
  }
}

export interface VerifyingOptions {
  onResult?(result: Result): void;
  /** Called with what becomes of the services' processes until they run, which may take minutes. */
  onProgress?(line: string): void;
}

/**
 * Deploys a stack config into a sandbox of its own, runs it, sends every probe, reads every policy and takes it all down.
 *
 * @throws EngineError for people, with every problem, where the stack config cannot be deployed or run
 */
export async function verifyInSandbox(
  projectFolder: string,
  stackConfig: ProjectConfig,
  { onResult, onProgress }: VerifyingOptions = {},
): Promise<{ results: Result[]; grants: GrantReport }> {
  const sandbox = await openSandbox({ projectFolder, stackConfig, engine: "embedded" });
  try {
    const result = await sandbox.engine.run("up");
    if (!result.ok) {
      const problems = result.diagnostics.filter(({ severity }) => severity === "error");
      const refusals = result.findings.filter(({ level }) => level === "mandatory");
      const lines = [...problems, ...refusals].map(({ message }) => message.trim());
      const message = refusals.length > 0 ? [`${failureOf(result)}:`, ...new Set(lines)].join("\n") : failureOf(result);
      throw new EngineError("stack-config", message);
    }
    const outputs = result.outputs as unknown as StackOutputs;
    const { controlPlane } = sandbox;
    const onLog = ({ stream, line }: ServiceLog) => {
      if (stream === "sandbox") onProgress?.(line);
    };
    const mesh = await RunningMesh.open({ controlPlane, stackConfig, outputs, onLog });
    try {
      const results = await verifyRunning(mesh, stackConfig, onResult);
      return { results, grants: await sandboxGrants(controlPlane, stackConfig, outputs) };
    } finally {
      await mesh.close();
    }
  } finally {
    await sandbox.close();
  }
}
