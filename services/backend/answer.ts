import { ServiceError } from "../runtime/index";

/** One turn of a conversation, as a client may send the earlier ones along. */
export interface Turn {
  readonly role: "user" | "assistant";
  readonly text: string;
}

export interface Question {
  readonly message: string;
  readonly history: readonly Turn[];
}

const LONGEST_MESSAGE = 4_000;
const MOST_TURNS = 100;

/** @throws ServiceError `body-invalid` with everything that is wrong */
export function questionIn(body: unknown): Question {
  const { message, history = [] } = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const text = typeof message === "string" ? message.trim() : "";
  const details = [];
  if (text === "" || text.length > LONGEST_MESSAGE) {
    details.push({ path: "message", message: `allowed: text of 1 to ${LONGEST_MESSAGE} characters` });
  }
  if (!Array.isArray(history) || history.length > MOST_TURNS || !history.every(isTurn)) {
    const turn = '{ "role": "user" or "assistant", "text": "…" }';
    details.push({ path: "history", message: `allowed: a list of at most ${MOST_TURNS} turns, each ${turn}` });
  }
  if (details.length === 0) return { message: text, history: history as Turn[] };
  const summary = details.map(({ path, message: what }) => `${path}: ${what}`).join("; ");
  throw new ServiceError("body-invalid", summary, { details });
}

/**
 * A fixed answer: the same question gets the same words. There is no language model here; this stands where a service of
 * your own would be, and shows that what it says arrives as it is said.
 *
 * @param user whom the proxy in front has verified, if anybody
 */
export function answerTo({ message, history }: Question, user: string | undefined): string {
  const words = message.split(/\s+/).length;
  const before = history.filter(({ role }) => role === "user").length;
  return [
    `Hello${user === undefined ? "" : `, ${user}`}.`,
    `You wrote ${words === 1 ? "one word" : `${words} words`}: “${message}”.`,
    before === 0 ? "It is your first message." : `It is message ${before + 1} of this conversation.`,
    "I am a small program with one fixed answer and no language model; each of these words reaches you as it is sent.",
  ].join(" ");
}

function isTurn(value: unknown): value is Turn {
  const { role, text } = (value ?? {}) as Record<string, unknown>;
  return (role === "user" || role === "assistant") && typeof text === "string";
}
