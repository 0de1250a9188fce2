/** What a process and all that it has started are doing, as Linux tells it; other systems tell nothing here. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { type Listener, listenersOf } from "./listeners";

export interface Activity {
  /** Names of the programs that run. Their arguments may hold secrets and are not looked at. */
  readonly programs: readonly string[];
  /** Processor time that all of them have used, those that have ended included. */
  readonly cpuMs: number;
  /** Where they listen. */
  readonly listeners: readonly Listener[];
}

/** Of one second. Source: https://man7.org/linux/man-pages/man3/sysconf.3.html, "_SC_CLK_TCK"; Linux tells 100 everywhere. */
const TICKS_PER_SECOND = 100;

/** @param leader number of a process that leads a group; `undefined` where nothing is known */
export function activityOf(leader: number): Activity | undefined {
  if (process.platform !== "linux") return undefined;
  const group = processesOf(leader);
  const inodes = new Set(group.flatMap(({ pid }) => socketsOf(pid)));
  return {
    programs: [...new Set(group.map(({ name }) => name))],
    cpuMs: (group.reduce((sum, { ticks }) => sum + ticks, 0) * 1000) / TICKS_PER_SECOND,
    listeners: inodes.size === 0 ? [] : listenersOf(leader).filter(({ inode }) => inodes.has(inode)),
  };
}

interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly name: string;
  readonly ticks: number;
}

/** Those of the group, and those below them that have left it; the oldest first. */
function processesOf(leader: number): Running[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => running(Number(name)))
    .sort((a, b) => a.pid - b.pid);
  const found = new Set(all.filter(({ group }) => group === leader).map(({ pid }) => pid));
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all.filter(({ pid }) => found.has(pid));
}

/** Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function running(pid: number): Running[] {
  try {
    const [, name = "", rest = ""] = /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    const [state, parent, group, ...fields] = rest.split(" ");
    if (state === "Z" || state === "X") return [];
    // utime, stime, cutime and cstime: the 14th to the 17th.
    const ticks = fields.slice(8, 12).reduce((sum, field) => sum + Number(field), 0);
    return [{ pid, parent: Number(parent), group: Number(group), name, ticks }];
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

/** Numbers of the sockets that a process holds. */
function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}
