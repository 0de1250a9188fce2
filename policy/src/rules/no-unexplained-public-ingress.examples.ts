import type { Examples } from "../rule";
import { SERVICE } from "../tokens";
import { INGRESS_ALL_REASON } from "./no-unexplained-public-ingress";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const ALL = "INGRESS_TRAFFIC_ALL";
const REASON = "partners call it with ID tokens of their own";

const service = (ingress: unknown, annotations?: unknown) => ({
  template: { serviceAccount: "order@acme-dev.iam.gserviceaccount.com" },
  ...(ingress === undefined ? {} : { ingress }),
  ...(annotations === undefined ? {} : { annotations }),
});

export const examples: Examples = {
  compliant: [
    {
      because: "only the project's networks reach it",
      type: SERVICE,
      props: service("INGRESS_TRAFFIC_INTERNAL_ONLY"),
    },
    {
      because: "the internet reaches it through the load balancer only",
      type: SERVICE,
      props: service("INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"),
    },
    {
      because: "the reason travels with the service",
      type: SERVICE,
      props: service(ALL, { [INGRESS_ALL_REASON]: REASON }),
    },
    {
      because: "ten characters are enough",
      type: SERVICE,
      props: service(ALL, { [INGRESS_ALL_REASON]: "0123456789" }),
    },
    {
      because: "left out means all, and the reason is there",
      type: SERVICE,
      props: service(undefined, { [INGRESS_ALL_REASON]: REASON }),
    },
    {
      because: "other annotations do not matter, even unknown ones",
      type: SERVICE,
      props: service(ALL, { [INGRESS_ALL_REASON]: REASON, other: UNKNOWN }),
    },
  ],
  violating: [
    { because: "left out, Cloud Run takes all", type: SERVICE, props: service(undefined), path: "ingress" },
    { because: "null counts as left out", type: SERVICE, props: service(null), path: "ingress" },
    { because: "empty counts as left out", type: SERVICE, props: service(""), path: "ingress" },
    { because: "no reason is given", type: SERVICE, props: service(ALL), path: "ingress" },
    { because: "there are no annotations at all", type: SERVICE, props: service(ALL, null), path: "ingress" },
    {
      because: "a blank reason is none",
      type: SERVICE,
      props: service(ALL, { [INGRESS_ALL_REASON]: " \t\n            " }),
      path: "ingress",
    },
    {
      because: "nine characters explain nothing",
      type: SERVICE,
      props: service(ALL, { [INGRESS_ALL_REASON]: " 012345678 " }),
      path: "ingress",
    },
    {
      because: "a reason is text",
      type: SERVICE,
      props: service(ALL, { [INGRESS_ALL_REASON]: 1234567890123 }),
      path: "ingress",
    },
    {
      because: "the reason stands under another name",
      type: SERVICE,
      props: service(ALL, { "ingress-all-reason": REASON }),
      path: "ingress",
    },
    {
      because: "an unknown value is not one of the three, not even with a reason",
      type: SERVICE,
      props: service("INGRESS_TRAFFIC_SOME", { [INGRESS_ALL_REASON]: REASON }),
      path: "ingress",
    },
    {
      because: "Cloud Run's values are in upper case",
      type: SERVICE,
      props: service("ingress_traffic_internal_only"),
      path: "ingress",
    },
    {
      because: "this is the spelling of Cloud Functions",
      type: SERVICE,
      props: service("ALLOW_INTERNAL_ONLY"),
      path: "ingress",
    },
    { because: "a list is no value", type: SERVICE, props: service([ALL]), path: "ingress" },
  ],
  unknown: [
    { because: "the ingress is computed", type: SERVICE, props: service(UNKNOWN), path: "ingress" },
    {
      because: "the reason is computed",
      type: SERVICE,
      props: service(ALL, { [INGRESS_ALL_REASON]: UNKNOWN }),
      path: `annotations["${INGRESS_ALL_REASON}"]`,
    },
    { because: "the annotations are computed", type: SERVICE, props: service(ALL, UNKNOWN), path: "annotations" },
  ],
};
