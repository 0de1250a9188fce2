/** The Pulumi CLI for tests, found or made once for the whole run. */
import { mkdtempSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { findPulumi, type PulumiFound } from "../../sandbox/engine";
import { needs } from "./needs";

let search: ReturnType<typeof findPulumi> | undefined;

/**
 * Call it inside `describe`: its tests need a Pulumi CLI, which is downloaded or built if it is not there, once for the
 * whole run. The answer is the CLI, to be asked for inside a test.
 */
export function usesPulumi(): () => PulumiFound {
  let cli: PulumiFound | undefined;
  before("a Pulumi CLI", async function () {
    this.timeout(30 * 60_000);
    search ??= findPulumi({ obtain: true, onProgress: (line) => console.log(`      ${line}`) });
    const answer = await search;
    needs(this, "a Pulumi CLI", answer.found);
    if (answer.found) cli = answer;
  });
  return () => {
    if (!cli) throw new Error("the Pulumi CLI is known inside of tests only");
    return cli;
  };
}

export function temporaryFolder(): string {
  return mkdtempSync(path.join(os.tmpdir(), "cloud-run-mesh-"));
}

/** Tests must run on a developer's machine that is signed in to Google Cloud. */
export function withoutCredentials(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(GOOGLE_|GCLOUD_|CLOUDSDK_)/.test(name)));
}
