import { WORKFORCE_POOL_PROVIDER, WORKLOAD_POOL_PROVIDER } from "../../facts/tokens";
import type { Examples } from "../../rule";
import { secret, UNKNOWN } from "../given.examples";

const GITHUB = { oidc: { issuerUri: "https://token.actions.githubusercontent.com" } };
const OURS = 'assertion.repository_owner_id == "12345"';
const PATH = "attributeCondition";

export const examples: Examples = {
  compliant: [
    { because: "only our repositories", type: WORKLOAD_POOL_PROVIDER, props: { ...GITHUB, attributeCondition: OURS } },
    {
      because: "only one group of our people",
      type: WORKFORCE_POOL_PROVIDER,
      props: { attributeCondition: '"staff" in assertion.groups' },
    },
    {
      because: "a secret is read",
      type: WORKLOAD_POOL_PROVIDER,
      props: { ...GITHUB, attributeCondition: secret(OURS) },
    },
  ],
  violating: [
    ...[WORKLOAD_POOL_PROVIDER, WORKFORCE_POOL_PROVIDER].flatMap((type) => [
      { because: `left out of ${type}`, type, props: GITHUB, path: PATH },
      { because: `null in ${type}`, type, props: { attributeCondition: null }, path: PATH },
    ]),
    { because: "blank", type: WORKLOAD_POOL_PROVIDER, props: { attributeCondition: "  " }, path: PATH },
    { because: "always true", type: WORKLOAD_POOL_PROVIDER, props: { attributeCondition: " (true)" }, path: PATH },
    {
      because: "no text",
      type: WORKLOAD_POOL_PROVIDER,
      props: { attributeCondition: { expression: OURS } },
      path: PATH,
    },
    {
      because: "a mapping is no condition",
      type: WORKLOAD_POOL_PROVIDER,
      props: { attributeMapping: { "google.subject": "assertion.sub" } },
      path: PATH,
    },
  ],
  unknown: [
    {
      because: "the condition is computed",
      type: WORKLOAD_POOL_PROVIDER,
      props: { attributeCondition: UNKNOWN },
      path: PATH,
    },
  ],
};
