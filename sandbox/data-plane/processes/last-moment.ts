/** Lets no child outlive this process, whether it ends by itself, by Ctrl-C or by an error. */

export interface Mortal {
  /** Ends everything in good order. @param endsProcess the signal ends this process afterwards */
  close(endsProcess: boolean): Promise<void>;
  /** Ends everything at once. */
  kill(): void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Handlers of this file: they alone do not keep a signal from ending this process. */
const ours = new Set<unknown>();

/** Whether a signal ends this process after its children: nobody else listens to it, who would have work to end first. */
export function endsProcess(signal: NodeJS.Signals): boolean {
  return process.listeners(signal).every((one) => ours.has(one));
}

/** Returns what forgets it. Where nobody else listens to a signal, it still ends this process, after the children. */
export function onLastMoment(mortal: Mortal): () => void {
  let told = false;
  const kill = () => mortal.kill();
  const handlers = SIGNALS.map((signal) => {
    const handle = () => {
      if (told) return kill();
      told = true;
      const isOnlyOurs = endsProcess(signal);
      const end = () => {
        forget();
        if (isOnlyOurs && ours.size === 0) process.kill(process.pid, signal);
      };
      mortal.close(isOnlyOurs).then(end, () => {
        kill();
        end();
      });
    };
    ours.add(handle);
    process.on(signal, handle);
    return [signal, handle] as const;
  });
  process.on("exit", kill);
  function forget() {
    process.off("exit", kill);
    for (const [signal, handle] of handlers) {
      ours.delete(handle);
      process.off(signal, handle);
    }
  }
  return forget;
}
