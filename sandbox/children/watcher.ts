/**
 * Ends the children of this process when it is gone, whatever ended it: SIGKILL and a crash leave no time to do it here.
 * One shell for all of them holds the other end of a pipe; when that closes, what is still on its list is ended.
 */
import { type ChildProcess, spawn } from "node:child_process";

/** Seconds between SIGTERM and SIGKILL, as on Cloud Run. */
const GRACE_SECONDS = 10;

/** Lines of `+ GROUP` and `- GROUP`; signals to a whole terminal are not for it. */
const SCRIPT = `
trap '' INT TERM HUP QUIT
groups=
while read -r sign group; do
  case $sign in
  +) groups="$groups $group" ;;
  -) others=
     for one in $groups; do [ "$one" = "$group" ] || others="$others $one"; done
     groups=$others ;;
  esac
done
tell() { for one in $groups; do kill -s "$1" -- "-$one" 2>/dev/null && alive=yes; done; }
alive=; tell TERM
second=0
while [ $second -lt ${GRACE_SECONDS} ]; do
  second=$((second + 1)); alive=; tell 0
  [ -n "$alive" ] || exit 0
  sleep 1
done
tell KILL
`;

let watcher: ChildProcess | undefined;
const groups = new Set<number>();

/**
 * Has a group of processes end with this process.
 *
 * @param group number of its leader
 * @returns what takes it from the list, once it has ended
 */
export function endWithThisProcess(group: number): () => void {
  if (process.platform === "win32") return () => {};
  groups.add(group);
  if (watcher) tell(watcher, `+ ${group}`);
  else start();
  return () => {
    if (groups.delete(group) && watcher) tell(watcher, `- ${group}`);
  };
}

function start(): void {
  const started = spawn("/bin/sh", ["-c", SCRIPT], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  watcher = started;
  // Whoever killed it did not mean the children: the next one has the whole list.
  const lost = () => {
    if (watcher === started) watcher = undefined;
    if (watcher === undefined && groups.size > 0) setTimeout(() => watcher ?? start(), 100).unref();
  };
  started.once("error", lost).once("exit", lost);
  started.stdin.on("error", () => {});
  started.unref();
  (started.stdin as unknown as { unref(): void }).unref();
  for (const group of groups) tell(started, `+ ${group}`);
}

function tell({ stdin }: ChildProcess, line: string): void {
  if (stdin?.writable) stdin.write(`${line}\n`);
}
