/** The way into a mesh that runs in another process of this machine's user. */
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import type { Decision } from "../data-plane";
import { isRunning, type ProcessId } from "../files/process-id";
import type { Declared, RunningService } from "./running-mesh";

/** The file in a mesh's state folder that says where it runs; only its owner may read it. */
export const ANNOUNCEMENT = "running.json";

export interface Announcement extends ProcessId {
  readonly stack: string;
  /** The stack config that was deployed. */
  readonly file: string;
  readonly url: string;
  readonly secret: string;
}

/** How somebody gets into a mesh that runs in another process. */
export interface RunningRemote {
  readonly stack: string;
  readonly services: readonly RunningService[];
  /** What was deployed. */
  declared(): Promise<Declared>;
  /** All that is needed to call a service as somebody; without a name, as the first who may call it. */
  enter(service: string, as?: string): Promise<Entry>;
  /** What became of the latest request that told this trace; absent where none did. */
  decision(trace: string): Promise<Decision | undefined>;
  /** All that is needed to ask Google's APIs as somebody of a workforce pool. */
  enterWorkforce(as: string, provider: string): Promise<WorkforceEntry>;
}

export interface Entry {
  readonly as: string;
  /** E-mail address of the account whose token it is; absent where it is the caller's own. */
  readonly via?: string;
  /** Address of the caller. */
  readonly email: string;
  readonly token: string;
  readonly proxyUrl: string;
  readonly caFile: string;
}

export interface WorkforceEntry {
  readonly as: string;
  /** Of the company's directory, for the pool's provider; good for an hour. */
  readonly idToken: string;
  /** What leads a process into the mesh. */
  readonly env: Readonly<Record<string, string>>;
}

/** A mesh that has been announced, and the name of its folder below the state root. */
interface Found {
  readonly name: string;
  readonly announcement: Announcement;
}

/**
 * The running mesh of a stack, or the only one there is. Throws an error for people where there is none, or several.
 *
 * @param mesh name of its stack or of its state folder
 * @param start what starts one
 */
export async function findRunning(stateRoot: string, mesh?: string, start = "npm start"): Promise<RunningRemote> {
  const all = announced(stateRoot).filter(({ name, announcement: { stack } }) =>
    mesh === undefined ? true : mesh === name || mesh === stack,
  );
  const [only, ...more] = all.filter(({ announcement }) => isRunning(announcement));
  const which = mesh === undefined ? "" : ` of the stack "${mesh}"`;
  if (!only) {
    const [gone] = all;
    if (!gone) throw new Error(`no mesh${which} is running here; start one: ${start}`);
    const { stack, pid } = gone.announcement;
    throw new Error(`the mesh "${stack}" is not running any more: process ${pid} is gone; start it again: ${start}`);
  }
  if (more.length > 0) {
    const lines = [only, ...more].map(({ name, announcement: { file } }) => `  --mesh ${name}    # ${file}`);
    throw new Error(`several meshes${which} are running; name one:\n${lines.join("\n")}`);
  }
  const { announcement } = only;
  const services = (await ask(announcement, "/services")) as RunningService[];
  return {
    stack: announcement.stack,
    services,
    declared: async () => (await ask(announcement, "/declared")) as Declared,
    enter: async (service, as) => (await ask(announcement, "/enter", { service, as })) as Entry,
    decision: async (trace) => ((await ask(announcement, "/decision", { trace })) as { decision?: Decision }).decision,
    enterWorkforce: async (as, provider) =>
      (await ask(announcement, "/enter-workforce", { as, provider })) as WorkforceEntry,
  };
}

/** Names of the folders of other meshes that run below a state root. */
export function othersRunning(stateRoot: string, own: string): string[] {
  return announced(stateRoot).flatMap(({ name, announcement }) =>
    name !== own && isRunning(announcement) ? [name] : [],
  );
}

function announced(stateRoot: string): Found[] {
  return namesIn(stateRoot).flatMap((name) => {
    try {
      const text = readFileSync(path.join(stateRoot, name, ANNOUNCEMENT), "utf8");
      return [{ name, announcement: JSON.parse(text) as Announcement }];
    } catch {
      // No mesh was announced in this folder.
      return [];
    }
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

async function ask({ url, secret, stack, pid }: Announcement, target: string, body?: unknown): Promise<unknown> {
  const response = await fetch(url + target, {
    headers: { Authorization: `Bearer ${secret}` },
    redirect: "error",
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error(`the mesh "${stack}" does not answer: process ${pid} is ending, or is another by now`);
  });
  const answered = (await response.json()) as { error?: string };
  if (!response.ok) throw new Error(answered.error ?? `the running mesh answered ${response.status}`);
  return answered;
}
