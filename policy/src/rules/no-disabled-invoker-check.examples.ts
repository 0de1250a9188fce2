import type { Examples } from "../rule";
import { SERVICE } from "../tokens";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const service = (props: object) => ({
  ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY",
  template: { serviceAccount: "order@acme-dev.iam.gserviceaccount.com" },
  ...props,
});

export const examples: Examples = {
  compliant: [
    { because: "left out, the check is on", type: SERVICE, props: service({}) },
    { because: "the check is on", type: SERVICE, props: service({ invokerIamDisabled: false }) },
    { because: "null counts as left out", type: SERVICE, props: service({ invokerIamDisabled: null }) },
    {
      because: "the provider reads this text as false",
      type: SERVICE,
      props: service({ invokerIamDisabled: "false" }),
    },
  ],
  violating: [
    {
      because: "nobody is asked for run.invoker",
      type: SERVICE,
      props: service({ invokerIamDisabled: true }),
      path: "invokerIamDisabled",
    },
    {
      because: "internal ingress is a network, not a caller: any workload in it could call",
      type: SERVICE,
      props: service({ invokerIamDisabled: true, ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" }),
      path: "invokerIamDisabled",
    },
    {
      because: "the provider reads this text as true",
      type: SERVICE,
      props: service({ invokerIamDisabled: "True" }),
      path: "invokerIamDisabled",
    },
    {
      because: "what is not clearly false may be taken for true",
      type: SERVICE,
      props: service({ invokerIamDisabled: 1 }),
      path: "invokerIamDisabled",
    },
  ],
  unknown: [
    {
      because: "the switch is computed",
      type: SERVICE,
      props: service({ invokerIamDisabled: UNKNOWN }),
      path: "invokerIamDisabled",
    },
  ],
};
