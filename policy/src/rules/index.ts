/** The list of rules, in the order in which they are documented and reported. */
import type { Rule } from "../rule";
import { noDefaultServiceAccount } from "./no-default-service-account";
import { noDisabledInvokerCheck } from "./no-disabled-invoker-check";
import { noPublicPrincipals } from "./no-public-principals";
import { noUnexplainedPublicIngress } from "./no-unexplained-public-ingress";

export const rules: readonly Rule[] = [
  noPublicPrincipals,
  noDisabledInvokerCheck,
  noUnexplainedPublicIngress,
  noDefaultServiceAccount,
];
