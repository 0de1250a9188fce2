/** Leaves nothing behind: jobs are deleted when they have served, and those of a run that was killed at the next one. */
import { sleep } from "../../../services/runtime/clock";
import { ApiError } from "../google-api";
import { reasonOf } from "../not-probed";
import type { JobTools } from "./tools";

/** What marks a job as one of these, so that left-overs are found: both, so that nobody else's is taken for one. */
export const JOB_PREFIX = "mesh-probe-";
export const JOB_LABEL = "mesh-probe";
export const JOB_LABEL_VALUE = "temporary";

/** Whatever happened before, and when interrupted too: it tries four times, then says how to do it by hand. */
export async function deleteJob(name: string, { api, location, clock, ...tools }: JobTools): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await api.call("DELETE", `${location}/jobs/${name}`, { to: "delete the job", permission: "run.jobs.delete" });
      return;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return;
      const again = error instanceof ApiError && (error.passes || error.status === 409);
      if (!again || attempt === 4) {
        const command = `gcloud run jobs delete ${name} --region ${tools.region} --project ${tools.project}`;
        tools.onProgress(`the job ${name} is still there: ${reasonOf(error)}; delete it: ${command}`);
        return;
      }
      await sleep(clock, 1_000 * 2 ** (attempt - 1));
    }
  }
}

interface Jobs {
  readonly jobs?: readonly {
    readonly name?: string;
    readonly createTime?: string;
    readonly labels?: Readonly<Record<string, string>>;
  }[];
  readonly nextPageToken?: string;
}

const LEFT_OVER_AFTER_MS = 3_600_000;

/** Deletes jobs that a run which was killed could not: they are older than any run takes. */
export async function deleteLeftOvers(tools: JobTools): Promise<void> {
  const { api, location, clock, onProgress, signal } = tools;
  const purpose = { to: "look for jobs that an earlier run left behind", permission: "run.jobs.list" };
  try {
    const found: NonNullable<Jobs["jobs"]>[number][] = [];
    let page: string | undefined;
    do {
      const query = page === undefined ? "" : `&pageToken=${encodeURIComponent(page)}`;
      const { jobs = [], nextPageToken } = await api.call<Jobs>(
        "GET",
        `${location}/jobs?pageSize=100${query}`,
        purpose,
      );
      found.push(...jobs);
      page = nextPageToken || undefined;
    } while (page !== undefined && !signal.aborted);
    for (const { name = "", createTime = "", labels } of found) {
      const id = name.split("/").at(-1) ?? "";
      const isOurs = id.startsWith(JOB_PREFIX) && labels?.[JOB_LABEL] === JOB_LABEL_VALUE;
      if (signal.aborted || !isOurs || !(clock.now() - Date.parse(createTime) > LEFT_OVER_AFTER_MS)) continue;
      onProgress(`deletes the job ${id}, which an earlier run left behind`);
      await deleteJob(id, tools);
    }
  } catch (error) {
    onProgress(reasonOf(error));
  }
}
