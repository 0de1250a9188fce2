/** Signs somebody in with the company's directory that the mesh on this machine plays. */
import { findRunning, type WorkforceEntry } from "../../sandbox/running/find-running";
import { npm } from "../person";
import { providerName } from "./config";

export interface SandboxLogin extends WorkforceEntry {
  readonly stack: string;
}

/** @throws Error for people: no mesh runs, nobody of that name in the directory, no such provider */
export async function signInHere(
  as: string,
  { provider, state, mesh }: { readonly provider: string; readonly state: string; readonly mesh?: string },
): Promise<SandboxLogin> {
  const running = await findRunning(state, mesh, npm("start"));
  const entry = await running.enterWorkforce(as, providerName(provider) ?? provider);
  return { ...entry, stack: running.stack };
}
