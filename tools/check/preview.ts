/**
 * Reads what a preview is about to make out of `pulumi preview --json --show-sames`, and where it is there out of the plan
 * that `--save-plan --show-secrets` writes.
 *
 * The JSON has every input, unknown ones as Pulumi's sentinels, but replaces secrets by `[secret]`, also with
 * `--show-secrets`. The plan has the secrets and what the provider foresees as outputs, but of an unchanged resource no
 * inputs. Together they hold what the engine hands to a policy pack.
 */
import { givenIn } from "../../policy/src/inputs/given";
import type { Resource } from "../../policy/src/judge";
import type { Props, StackResource } from "../../policy/src/rule";

export interface Previewed {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: Props;
  /** As the plan foresees them. Undefined without a plan. */
  readonly outputs?: Props;
  readonly sources: NonNullable<StackResource["sources"]>;
  /** How many secrets of it are masked, and in no plan. */
  readonly masked: number;
}

/** Names what is wrong with a file that a person gave. */
export class UnusableInput extends Error {}

interface Preview {
  readonly steps?: readonly { readonly op: string; readonly newState?: State }[];
  readonly changeSummary?: Readonly<Record<string, number>>;
  readonly diagnostics?: readonly { readonly severity: string; readonly message: string }[];
}
interface State {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: Props;
  readonly propertyDependencies?: StackResource["sources"];
}
interface Plan {
  readonly resourcePlans?: Readonly<
    Record<string, { readonly state?: Props; readonly goal?: { readonly inputDiff?: { readonly adds?: Props } } }>
  >;
}

/** What the engine masks in its JSON. */
const MASK = "[secret]";
/** How Pulumi writes a text that is not known yet. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** Of each resource that will exist, in the order of the preview; what is only read is not judged, as by the engine. */
export function previewedIn(previewJson: string, planJson?: string): Previewed[] {
  const preview = parsed<Preview>(previewJson, "the preview");
  if (!Array.isArray(preview.steps)) {
    throw new UnusableInput('the preview has no "steps"; make it with "pulumi preview --json --show-sames"');
  }
  const left = missing(preview);
  if (left > 0) {
    throw new UnusableInput(
      `the preview leaves out ${left} unchanged resources, without which calls and grants cannot be judged; add --show-sames to it`,
    );
  }
  const plans = planJson === undefined ? {} : (parsed<Plan>(planJson, "the plan").resourcePlans ?? {});
  const states = new Map<string, State>();
  for (const { op, newState } of preview.steps) {
    if (newState !== undefined && !NOT_MADE.has(op)) states.set(newState.urn, newState);
  }
  return [...states.values()].map(({ urn, type, inputs = {}, propertyDependencies = {} }) => {
    const plan = plans[urn];
    const outputs = plan?.state && revealed(plan.state);
    const adds = revealed(plan?.goal?.inputDiff?.adds ?? {});
    let masked = 0;
    const shown = unmasked(inputs, [adds, outputs], () => masked++);
    return {
      urn,
      type,
      name: urn.slice(urn.lastIndexOf("::") + 2),
      inputs: shown as Props,
      ...(outputs && { outputs }),
      sources: propertyDependencies,
      masked,
    };
  });
}

const NOT_MADE: ReadonlySet<string> = new Set(["delete", "delete-replaced", "read", "read-replacement", "discard"]);

/** For {@link judge}: a resource rule reads inputs, as the engine gives them before anything is made. */
export const asResource = ({ urn, type, name, inputs }: Previewed): Resource => ({ urn, type, name, props: inputs });

/** For {@link judgeStack}: a stack rule reads outputs, where they are foreseen, and knows what the program left out. */
export const asStackResource = ({ urn, type, name, inputs, outputs, sources }: Previewed): StackResource => ({
  urn,
  type,
  name,
  props: { ...inputs, ...outputs },
  sources,
  given: givenIn(inputs),
});

/** How many resources the preview counts and does not list. */
function missing({ steps = [], changeSummary = {} }: Preview): number {
  return (changeSummary["same"] ?? 0) - steps.filter(({ op }) => op === "same").length;
}

function parsed<T>(json: string, what: string): T {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null) return value as T;
  } catch {
    // Told below; the text may hold secrets, so the parser's message is not.
  }
  throw new UnusableInput(`${what} is no JSON object; make it with "pulumi preview --json --show-sames"`);
}

/** The same with each mask replaced by the secret at its place in one of the others, or by "not known". */
function unmasked(value: unknown, others: readonly unknown[], missed: () => void): unknown {
  if (value === MASK) {
    const secret = others.find(isSecret);
    if (secret === undefined) missed();
    return secret ?? UNKNOWN;
  }
  if (typeof value !== "object" || value === null) return value;
  const within = (key: string | number) => others.map((other) => (other as Record<string | number, unknown>)?.[key]);
  if (Array.isArray(value)) return value.map((element, i) => unmasked(element, within(i), missed));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unmasked(part, within(key), missed)]));
}

const isSecret = (value: unknown) => typeof value === "object" && value !== null && SIGNATURE in value;

/** A plan writes a secret's value as JSON in JSON, or encrypted: then it is not known here. */
function revealed<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(revealed) as T;
  const { plaintext, ...rest } = value as Record<string, unknown>;
  if (SIGNATURE in rest) {
    const inner = typeof plaintext === "string" ? revealed(JSON.parse(plaintext)) : UNKNOWN;
    return { [SIGNATURE]: rest[SIGNATURE], value: inner } as T;
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, revealed(part)])) as T;
}
