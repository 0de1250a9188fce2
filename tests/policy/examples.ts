/** Every rule with the examples that stand beside it. */
import type { Examples, Rule } from "../../policy/src/rule";
import { rules } from "../../policy/src/rules";

export const exampled: readonly { readonly rule: Rule; readonly examples: Examples }[] = rules.map((rule) => ({
  rule,
  examples: require(`../../policy/src/rules/${rule.name}.examples`).examples,
}));
