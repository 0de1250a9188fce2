/** The laptops of a stack's developers: what a program there is told, so that it calls in the name of their account. */

import { rmSync } from "node:fs";
import * as path from "node:path";
import { projectOfEmail } from "../../google/accounts";
import { fromHere, quoted } from "../../tools/person";
import { loginOf, workforceLoginOf } from "../data-plane/identity/logins";
import { workforceIdentity } from "../data-plane/identity/workforce";
import { KeptFiles } from "../files/kept-files";
import { type StackOutputs, startScript } from "./declared";
import type { RunningMesh } from "./running-mesh";

/** How a program starts as one of the `developers` of a stack config. */
export interface Laptop {
  /** Key of the developer in the stack config. */
  readonly key: string;
  /** The environment that it adds, which a shell can read, too. */
  readonly env: Readonly<Record<string, string>>;
  /** A line for a shell. */
  readonly command: string;
  /** Who that is, and in whose name they call. */
  readonly as: string;
}

interface Folders {
  /** Folder in which `services/KEY` may hold the developer's own program. */
  readonly projectFolder: string;
  /** Folder that the files are written to; only their owner may read them. */
  readonly stateFolder: string;
  /** Told where they cannot be written, and once they could. @default nobody is told */
  readonly tell?: (line: string) => void;
}

/** Signs in every developer of a stack, and writes down what their programs need; `withdraw` takes the files away. */
export async function openLaptops(
  mesh: RunningMesh,
  outputs: StackOutputs,
  { projectFolder, stateFolder, tell = () => {} }: Folders,
): Promise<{ readonly all: readonly Laptop[]; withdraw(): void }> {
  const folder = path.join(stateFolder, "developers");
  const files = new KeptFiles(tell);
  const forget = () => {
    files.close();
    rmSync(folder, { recursive: true, force: true });
  };
  // Of a run that was killed.
  rmSync(folder, { recursive: true, force: true });
  process.once("exit", forget);
  const all: Laptop[] = [];
  for (const [key, account] of Object.entries(outputs.serviceAccounts)) {
    const minting = outputs.accessMatrix.find(({ callee }) => callee === account);
    if (minting === undefined) continue;
    const [credentialsFile, envFile] = [path.join(folder, `${key}.json`), path.join(folder, `${key}.env`)];
    const person = mesh.identity(minting.caller);
    const accessToken = mesh.plane.accessToken(person.email);
    const { pool } = workforceIdentity(person.person) ?? {};
    const login = pool === undefined ? loginOf(accessToken) : workforceLoginOf(accessToken, pool);
    files.write(credentialsFile, JSON.stringify(login));
    const env = {
      ...(await mesh.access(person)).env,
      GOOGLE_APPLICATION_CREDENTIALS: credentialsFile,
      GOOGLE_IMPERSONATE_SERVICE_ACCOUNT: account,
      // Otherwise Google's library looks for a project with gcloud and on the network.
      GOOGLE_CLOUD_PROJECT: projectOfEmail(account) ?? "",
      METADATA_SERVER_DETECTION: "none",
      ...urlsFor(account, mesh),
    };
    const lines = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}\n`);
    files.write(envFile, lines.join(""));
    const until = minting.until === undefined ? "" : ` until ${minting.until}`;
    const as = `${minting.caller}, who mints tokens of ${account}${until}`;
    all.push({ key, env, command: commandFor(key, envFile, projectFolder), as });
  }
  return {
    all,
    withdraw() {
      process.off("exit", forget);
      forget();
    },
  };
}

/** In the variables that the deployment tells services: spelled here once more, so that a program proves both right. */
function urlsFor(account: string, { services }: RunningMesh): Record<string, string> {
  const callees = services.filter(({ invokers }) => invokers.some(({ caller }) => caller.endsWith(`:${account}`)));
  return Object.fromEntries(callees.map(({ key, url }) => [`${key.toUpperCase().replaceAll("-", "_")}_URL`, url]));
}

/** `node --env-file` would let what is set already win, such as a company's own proxy and authorities. */
function commandFor(key: string, envFile: string, projectFolder: string): string {
  const source = path.join(projectFolder, "services", key);
  const script = startScript(source);
  const program = typeof script === "string" ? "PROGRAM" : `cd ${quoted(fromHere(source))} && exec ${script.join(" ")}`;
  // A name without a slash would be looked for on PATH.
  const sourced = fromHere(envFile).includes("/") ? fromHere(envFile) : `./${fromHere(envFile)}`;
  return `(set -a; . ${quoted(sourced)}; ${program})`;
}
