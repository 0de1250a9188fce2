/**
 * Runs a command to its end. Every command of this repository ends here, so that all of them tell errors, interrupts and
 * a reader that went away alike. It ends with
 *
 * - 0 where all is as it has to be,
 * - 1 where it is not: something was refused, failed or could not be done,
 * - 130 where the Pulumi engine was interrupted, and by the signal where nothing had to be put in order,
 * - 141 where nobody reads any more what it prints.
 */
import { type Command, CommanderError } from "commander";
import { endsProcess, onLastMoment } from "../../sandbox/data-plane/processes/last-moment";
import { onProcessError } from "../../sandbox/engine/stray-errors";
import type { JsonDocument } from "./document";
import { needTemporaryFolder } from "./temporary-folder";
import { systemError, TRACE, told } from "./told";

interface CommandOptions {
  /** What `--json` prints. @default the command has no `--json` */
  readonly document?: JsonDocument;
  /** Code with which it ends where it could not do its work. @default 1 */
  readonly failed?: number;
}

/** As of a process that SIGPIPE ended. */
const NO_READER = 141;

export async function runCommand(program: Command, { document, failed = 1 }: CommandOptions = {}): Promise<void> {
  for (const command of [program, ...program.commands]) command.exitOverride();
  endWithReader();
  const fail = (error: unknown, isStray: boolean) => {
    if (isReaderGone(error)) process.exit(NO_READER);
    const message = told(error, isStray);
    console.error(`error: ${message}`);
    if (process.env[TRACE] && error instanceof Error) console.error(error.stack);
    document?.print({ ok: false, error: message });
    process.exit(failed);
  };
  onProcessError((error) => fail(error, true));
  const forget = onLastMoment({
    close: async (isTheEnd) => {
      if (isTheEnd) document?.print({ ok: false, interrupted: true, error: "interrupted" });
    },
    kill: () => {},
  });
  program.hook("preAction", needTemporaryFolder);
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) return fail(error, false);
    // Commander has printed it, or the help that was asked for.
    if (error.exitCode !== 0) document?.print({ ok: false, error: error.message.replace(/^error: /, "") });
    process.exitCode = error.exitCode === 0 ? 0 : failed;
  } finally {
    forget();
  }
}

/** Where nobody reads any more, whoever works ends in good order, as on SIGTERM; nothing is said about it. */
function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => {
      if (!isReaderGone(error)) throw error;
      if (endsProcess("SIGTERM")) process.exit(NO_READER);
      process.once("exit", () => {
        process.exitCode = NO_READER;
      });
      process.emit("SIGTERM", "SIGTERM");
    });
  }
}

function isReaderGone(error: unknown): boolean {
  return systemError(error)?.code === "EPIPE";
}
