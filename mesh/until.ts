/**
 * The last day on which a grant holds, UTC, the day included.
 *
 * Two spellings are read: `2027-03-31`, and what an unquoted YAML date becomes on its way through Pulumi's config,
 * `2027-03-31 00:00:00 +0000 UTC` (also the form that `pulumi config set` writes back into the file).
 */
const SPELLINGS = /^(\d{4})-(\d{2})-(\d{2})(?: 00:00:00 \+0000 UTC|T00:00:00Z)?$/;

export const UNTIL_PATTERN = SPELLINGS.source;

/**
 * Who keeps the end of a grant: IAM by a condition, or the first deployment after the last day, which leaves the grant
 * out. No condition stands on a policy of Cloud Run, as the provider reads these policies without their conditions.
 */
export type Keeper = "IAM" | "deployment";

export type Until = { readonly day: string; readonly isOver: boolean } | { readonly problem: string };

/**
 * The condition names the start of the day after, and no timestamp of a condition is past the year 9999.
 * Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#timestamps
 */
const LAST_DAY = "9999-12-30";

/**
 * Reads an end date.
 *
 * Where IAM keeps the end, a date in the past is a problem rather than a grant that never holds: the expired condition
 * would stay in the IAM policy and show no diff.
 *
 * @param today the current day in UTC, `YYYY-MM-DD`
 */
export function parseUntil(text: string, today: string, keeper: Keeper): Until {
  const match = SPELLINGS.exec(text.trim());
  if (!match) return { problem: `"${text}" is not a date; write the last day as YYYY-MM-DD, e.g. "2027-03-31"` };
  const day = `${match[1]}-${match[2]}-${match[3]}`;
  const parsed = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== day) {
    return { problem: `"${day}" is not a day of the calendar` };
  }
  if (day > LAST_DAY && keeper === "IAM") return { problem: `"${day}" is later than IAM counts; set an earlier day` };
  const isOver = day < today;
  if (isOver && keeper === "IAM") {
    return { problem: `"${day}" is in the past (today is ${today}, UTC); set a later day or remove the grant` };
  }
  return { day, isOver };
}

/** How a grant whose end the deployment keeps is going to end, or has ended, in words for people. */
export function deploymentEnd(day: string, isOver: boolean): string {
  return isOver ? `ended on ${day}` : `ends at the first deployment after ${day}`;
}

/** Grants without those that have ended, which are as if nobody had declared them. */
export function standing<T extends { readonly isOver?: true }>(grants: readonly T[]): T[] {
  return grants.filter(({ isOver }) => !isOver);
}

/**
 * The IAM condition that ends a grant after its last day.
 * Source: https://cloud.google.com/iam/docs/configuring-temporary-access
 */
export function untilCondition(day: string): { title: string; expression: string } {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  const instant = next.toISOString().replace(".000Z", "Z");
  return { title: `until ${day}`, expression: `request.time < timestamp("${instant}")` };
}
