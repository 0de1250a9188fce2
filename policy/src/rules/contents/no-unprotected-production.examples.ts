import { JOB, SERVICE, WORKER_POOL } from "../../facts/tokens";
import type { Examples } from "../../rule";
import { job, pool, secret, service, UNKNOWN } from "../given.examples";

/** The examples stand in a stack that is called dev. */
const config = { productionStacks: ["prod", "dev"] };
const path = "deletionProtection";

export const examples: Examples = {
  compliant: [
    { because: "without a list no stack is production", type: SERVICE, props: service({ deletionProtection: false }) },
    {
      because: "another stack is",
      type: SERVICE,
      props: service({ deletionProtection: false }),
      config: { productionStacks: ["prod", "de", "development"] },
    },
    { because: "left out, the provider protects", type: SERVICE, props: service(), config },
    { because: "it is on", type: JOB, props: job({}, { deletionProtection: true }), config },
    ...["True", "t", "1", " true "].map((text) => ({
      because: `the provider reads "${text}" as true`,
      type: SERVICE,
      props: service({ deletionProtection: text }),
      config,
    })),
  ],
  violating: [
    { because: "a service", type: SERVICE, props: service({ deletionProtection: false }), config, path },
    {
      because: "every stack is production",
      type: SERVICE,
      props: service({ deletionProtection: false }),
      config: { productionStacks: ["*"] },
      path,
    },
    { because: "a job", type: JOB, props: job({}, { deletionProtection: false }), config, path },
    { because: "a worker pool", type: WORKER_POOL, props: pool({}, { deletionProtection: false }), config, path },
    {
      because: "a secret is no disguise",
      type: SERVICE,
      props: service({ deletionProtection: secret(false) }),
      config,
      path,
    },
    {
      because: "what is not clearly true may be taken for false",
      type: SERVICE,
      props: service({ deletionProtection: "no" }),
      config,
      path,
    },
  ],
  unknown: [
    { because: "the switch is computed", type: SERVICE, props: service({ deletionProtection: UNKNOWN }), config, path },
  ],
};
