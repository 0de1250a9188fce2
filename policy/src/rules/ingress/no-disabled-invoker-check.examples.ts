import { SERVICE, SERVICE_V1 } from "../../facts/tokens";
import type { Examples } from "../../rule";
import { secret, serviceV1, UNKNOWN } from "../given.examples";

const OFF = "run.googleapis.com/invoker-iam-disabled";
const OFF_PATH = `metadata.annotations["${OFF}"]`;

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
    { because: "left out, the check of a v1 service is on", type: SERVICE_V1, props: serviceV1() },
    { because: "a v1 service says so", type: SERVICE_V1, props: serviceV1({ [OFF]: "false" }) },
    {
      because: "on a revision the annotation does nothing",
      type: SERVICE_V1,
      props: { ...serviceV1(), template: { ...serviceV1().template, metadata: { annotations: { [OFF]: "true" } } } },
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
    {
      because: "a secret is no disguise",
      type: SERVICE,
      props: service({ invokerIamDisabled: secret(true) }),
      path: "invokerIamDisabled",
    },
    {
      because: "the annotation switches a v1 service's check off",
      type: SERVICE_V1,
      props: serviceV1({ [OFF]: "true" }),
      path: OFF_PATH,
    },
    { because: "in any case", type: SERVICE_V1, props: serviceV1({ [OFF]: "TRUE" }), path: OFF_PATH },
    { because: "a boolean is taken for its text", type: SERVICE_V1, props: serviceV1({ [OFF]: true }), path: OFF_PATH },
  ],
  unknown: [
    {
      because: "the annotation is computed",
      type: SERVICE_V1,
      props: serviceV1({ [OFF]: UNKNOWN }),
      path: OFF_PATH,
    },
    {
      because: "the switch is computed",
      type: SERVICE,
      props: service({ invokerIamDisabled: UNKNOWN }),
      path: "invokerIamDisabled",
    },
  ],
};
