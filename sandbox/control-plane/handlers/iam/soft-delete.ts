/** What IAM deletes for good after 30 days only: until then, nothing else can have its id. */
import { GoogleError } from "../../errors";
import type { Subject, World } from "../../handler";
import { EXISTS } from "./names";

const KEPT_DAYS = 30;

/** Whether the id is that of something deleted that can still be undeleted. */
export function isDeleted(type: string, id: string, world: World): boolean {
  const time = world.find(type, id) ? undefined : world.deletedAt(type, id);
  return time !== undefined && world.now().getTime() < time.getTime() + KEPT_DAYS * 86_400_000;
}

/**
 * Refuses an id that something had in the last 30 days.
 * Source: https://cloud.google.com/iam/docs/reference/rest/v1/locations.workforcePools/create
 */
export function admitFresh({ type, id, previous }: Subject, world: World): void {
  if (previous === undefined && isDeleted(type, id, world)) throw new GoogleError(409, EXISTS);
}
