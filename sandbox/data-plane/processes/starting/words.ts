/** What a process that does not listen on its port is doing, in words. */
import type { Activity } from "./process-group";

const NAMES_SHOWN = 4;

/**
 * @param idleMs for how long it has done nothing; absent where it is at work, or that is not known
 */
export function doingInWords(activity: Activity | undefined, port: number, idleMs?: number): string {
  if (!activity) return "it still runs";
  const names = activity.programs.slice(0, NAMES_SHOWN).join(", ");
  const more = activity.programs.length > NAMES_SHOWN ? ", …" : "";
  const runs = `it runs ${names || "nothing any more"}${more}`;
  if (activity.listeners.length === 0) {
    return idleMs === undefined ? runs : `${runs}, and has done nothing for ${Math.round(idleMs / 100) / 10} s`;
  }
  const places = [...new Set(activity.listeners.map((one) => `${one.address}:${one.port}`))];
  const fix = activity.listeners.some((one) => one.port === port)
    ? "let it listen on 0.0.0.0 or on BIND_ADDRESS"
    : "let it take its port from the variable PORT";
  return `${runs}, and listens on ${places.join(", ")}; ${fix}`;
}
