import table = require("./resource-types.json");

/**
 * One resource type: which inputs there are, and which of them Google cannot change. The table is an extract of the
 * schema that the provider publishes with @pulumi/gcp 9.37.0 (`requiredInputs`, `inputProperties`,
 * `willReplaceOnChanges`, the properties that are no inputs, and `secret`); lists are written with spaces. `computed` is from
 * the provider's own definitions (`Optional` and `Computed`), which the schema does not tell of.
 */
export interface ResourceType {
  required: readonly string[];
  optional: readonly string[];
  replaceOnChange: ReadonlySet<string>;
  outputOnly: readonly string[];
  /** Optional inputs that the provider plans as unknown where a program leaves them out: Google says what they are. */
  computed: readonly string[];
  secret: readonly string[];
  /** Required and optional ones. */
  inputs: ReadonlySet<string>;
}

/** As the table has it. `computed` is of those types only whose previews policies and programs look into. */
interface Row {
  required: string;
  optional: string;
  computed?: string;
  replaceOnChange: string;
  outputOnly: string;
  secret: string;
}

/** The version of the provider that the table is taken from, and that the control plane says it is. */
export const PROVIDER_VERSION = "9.37.0";

/** The types that the table knows, by their token. */
export const RESOURCE_TYPES: ReadonlyMap<string, ResourceType> = new Map(
  Object.entries<Row>(table).map(([token, row]) => {
    const [required, optional] = [words(row.required), words(row.optional)];
    const type: ResourceType = {
      required,
      optional,
      replaceOnChange: new Set(words(row.replaceOnChange)),
      outputOnly: words(row.outputOnly),
      computed: words(row.computed ?? ""),
      secret: words(row.secret),
      inputs: new Set([...required, ...optional]),
    };
    return [token, type];
  }),
);

function words(list: string): string[] {
  return list === "" ? [] : list.split(" ");
}
