/** How an error is told to the person who ran a command: in words, and never with more of it than was meant for them. */
import * as path from "node:path";

const root = path.join(__dirname, "../..");

/** Errors of these classes are thrown by the language and by Node: their messages may quote any value. */
const DEFECTS = [TypeError, RangeError, ReferenceError, SyntaxError, EvalError, URIError, AggregateError];

/** The environment variable that asks for whole traces. */
export const TRACE = "MESH_TRACE";

/**
 * The message of an error that was thrown for people, or of one of the operating system; else where it broke.
 *
 * @param isStray nobody was there to handle it, so nobody wrote its message for people
 */
export function told(error: unknown, isStray = false): string {
  const fromSystem = systemError(error);
  if (fromSystem) return fromSystem.message;
  if (!isStray && error instanceof Error && !isDefect(error)) return error.message;
  return (
    `this is a defect of cloud-run-mesh: ${nameOf(error)}${placeOf(error)}; with ${TRACE}=1 the same command prints the ` +
    "whole trace, which may hold values of the config"
  );
}

/** `ENOSPC`, `ECONNREFUSED` and the like; `fetch` wraps them. */
export function systemError(error: unknown): (Error & { code: string }) | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  if (typeof code === "string" && /^E[A-Z0-9]+$/.test(code)) return error as Error & { code: string };
  return systemError(error.cause);
}

function isDefect(error: Error): boolean {
  return error.name === "AssertionError" || DEFECTS.some((defect) => error instanceof defect);
}

function nameOf(error: unknown): string {
  return error instanceof Error && /^\w+$/.test(error.name) ? error.name : "something that is no Error was thrown";
}

/** The first frame of this repository: ` in parseMesh (mesh/parse.ts)`. */
function placeOf(error: unknown): string {
  const { message = "", stack = "" } = error instanceof Error ? error : {};
  const frames = stack.slice(stack.indexOf(message) + message.length).split("\n");
  for (const frame of frames) {
    const [, name, file] = /^ +at (?:async )?(?:(.+) \()?(?:file:\/\/)?(\/[^:)]+):\d+/.exec(frame) ?? [];
    const relative = file && path.relative(root, file);
    if (relative && !/^\.\.|node_modules/.test(relative)) return name ? ` in ${name} (${relative})` : ` in ${relative}`;
  }
  return "";
}
