/**
 * IAM conditions, as far as they are decided here: bounds on the time of the request, joined by `&&`. The rest of CEL
 * is accepted when its brackets and quotes close, and taken to hold.
 * Source: https://cloud.google.com/iam/docs/conditions-overview#date-time
 */
const BOUND = /^request\.time\s*(<|<=|>|>=)\s*timestamp\(\s*(?:"([^"]*)"|'([^']*)')\s*\)$/;

/** RFC 3339, which CEL's `timestamp` takes. */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

interface Bound {
  operator: string;
  time: number;
}

/** What is wrong with a condition's expression, if Google would refuse it. */
export function conditionProblem(expression: string): string | undefined {
  if (!balanced(expression)) return "brackets or quotes do not match";
  for (const clause of expression.split("&&").map((part) => part.trim())) {
    if (clause === "") return "an operand is missing";
    if (!/^request\.time\b(?!\.)/.test(clause)) continue;
    const match = BOUND.exec(clause);
    if (!match) return `expected request.time compared with timestamp("..."), got ${clause}`;
    if (bound(match) === undefined) return `"${match[2] ?? match[3]}" is not a timestamp`;
  }
  return undefined;
}

/** Whether a condition is in force: `undefined` where only Google could tell. */
export function conditionHolds(expression: string, now: Date): boolean | undefined {
  let decided = true;
  for (const clause of expression.split("&&").map((part) => part.trim())) {
    const match = BOUND.exec(clause);
    const parsed = match ? bound(match) : undefined;
    if (!parsed) decided = false;
    else if (!within(parsed, now.getTime())) return false;
  }
  return decided ? true : undefined;
}

function bound(match: RegExpExecArray): Bound | undefined {
  const text = match[2] ?? match[3] ?? "";
  const time = Date.parse(text);
  return TIMESTAMP.test(text) && !Number.isNaN(time) ? { operator: match[1] ?? "", time } : undefined;
}

function within({ operator, time }: Bound, now: number): boolean {
  if (operator === "<") return now < time;
  if (operator === "<=") return now <= time;
  return operator === ">" ? now > time : now >= time;
}

function balanced(expression: string): boolean {
  const unquoted = expression.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, "");
  if (/["']/.test(unquoted)) return false;
  let depth = 0;
  for (const character of unquoted) {
    if ("([{".includes(character)) depth += 1;
    if (")]}".includes(character)) depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}
