import type { Handler, Scope } from "../handler";
import { DEFAULTS_KEY, equal, isObject, isUnknown, type Properties, type PropertyValue } from "../properties";
import { inputsRead, isSuppressed, type ReadBackArguments } from "../read-back/read-back";
import { readBackOf } from "../read-back/table";
import { RESOURCE_TYPES } from "../type-table";
import { isExplicit, nameProperty } from "./check";
import { scopedInputs, scopeSource } from "./scope";

export interface DiffRequest {
  type: string;
  id: string;
  oldInputs: Properties;
  oldState?: Properties;
  news: Properties;
  /** Inputs, by path, whose changes the program ignores. */
  ignoreChanges?: readonly string[];
}

export type ChangeKind = "add" | "delete" | "update" | "add-replace" | "delete-replace" | "update-replace";

export interface DiffResult {
  changes: boolean;
  /** Top-level inputs that differ. */
  diffs: string[];
  /** Those that Google cannot change. */
  replaces: string[];
  deleteBeforeReplace: boolean;
  /** Every difference by its path, for example `template.containers[0].image`. */
  detailedDiff: Record<string, ChangeKind>;
}

/**
 * Compares what the provider read with what the program says, as the bridge does: what the provider's configuration or
 * Google filled in is no difference.
 */
export function diffInputs(request: DiffRequest, handler: Handler | undefined, scope: Scope): DiffResult {
  const { type } = request;
  const rows = readBackOf(type);
  const oldInputs = request.oldState ? inputsRead(rows, request.oldInputs, request.oldState) : request.oldInputs;
  const result: DiffResult = { changes: false, diffs: [], replaces: [], deleteBeforeReplace: false, detailedDiff: {} };
  const sometimes = handler?.replaces?.(request.oldInputs, request.news) ?? [];
  for (const key of comparedKeys(request)) {
    if (key === DEFAULTS_KEY || request.ignoreChanges?.includes(key)) continue;
    const [before, after] = sides({ ...request, oldInputs }, key, scope, rows);
    const found: Difference[] = [];
    walk(key, before, after, found, rows);
    const changed = found.filter(({ path }) => !ignored(path, request.ignoreChanges));
    if (changed.length === 0) continue;
    const replace = RESOURCE_TYPES.get(type)?.replaceOnChange.has(key) === true || sometimes.includes(key);
    result.diffs.push(key);
    if (replace) result.replaces.push(key);
    for (const { path, kind } of changed) result.detailedDiff[path] = replace ? `${kind}-replace` : kind;
  }
  result.changes = result.diffs.length > 0;
  result.deleteBeforeReplace = result.replaces.length > 0 && takesTheName({ ...request, oldInputs }, handler);
  return result;
}

/**
 * The values to compare: an input that is left out counts as what the provider's configuration fills in, or, where Google
 * says what it is, as what it was.
 */
function sides(
  request: DiffRequest,
  key: string,
  scope: Scope,
  rows: ReadBackArguments,
): [PropertyValue | undefined, PropertyValue | undefined] {
  const { oldInputs, oldState, news } = request;
  const source = scopeSource(request.type, key);
  const stays = news[key] === undefined && RESOURCE_TYPES.get(request.type)?.computed.includes(key) === true;
  if (stays) return [oldInputs[key], oldInputs[key]];
  if (source === undefined) return [oldInputs[key], news[key]];
  const before = oldState?.[key] ?? oldInputs[key];
  if (before === undefined && news[key] === undefined) return [undefined, undefined];
  if (rows[key]?.computed && news[key] === undefined) return [before, before];
  return [before ?? scope[source], news[key] ?? scope[source] ?? before];
}

/** What the provider's configuration stands in for is compared even where no inputs name it. */
function comparedKeys({ type, oldInputs, news }: DiffRequest): Set<string> {
  return new Set([...Object.keys(oldInputs), ...Object.keys(news), ...scopedInputs(type)]);
}

/**
 * Whether the new resource would collide with the old one. The bridge deletes first when a name was given by the
 * program and stays the same. Source: `nameRequiresDeleteBeforeReplace` in pulumi-terraform-bridge.
 */
function takesTheName(request: DiffRequest, handler: Handler | undefined): boolean {
  if (handler?.deleteBeforeReplace) return true;
  const property = nameProperty(request.type, handler);
  if (property === undefined || !isExplicit(request.news, property)) return false;
  return equal(request.oldInputs[property], request.news[property]);
}

interface Difference {
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
}

function walk(path: string, before: unknown, after: unknown, found: Difference[], rows: ReadBackArguments): void {
  if (equal(before, after) || isSuppressed(rows, path, before, after)) return;
  if (before === undefined || before === null) found.push({ path, kind: "add" });
  else if (after === undefined || after === null) found.push({ path, kind: "delete" });
  else if (isUnknown(before) || isUnknown(after)) found.push({ path, kind: "update" });
  else if (Array.isArray(before) && Array.isArray(after)) {
    for (let i = 0; i < Math.max(before.length, after.length); i++)
      walk(`${path}[${i}]`, before[i], after[i], found, rows);
  } else if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      walk(
        /^[\w$]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`,
        before[key],
        after[key],
        found,
        rows,
      );
    }
  } else found.push({ path, kind: "update" });
}

function ignored(path: string, ignoreChanges: readonly string[] = []): boolean {
  return ignoreChanges.some(
    (prefix) => path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`),
  );
}
