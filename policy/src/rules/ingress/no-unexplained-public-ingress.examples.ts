import { FUNCTION_V1, FUNCTION_V2, SERVICE, SERVICE_V1 } from "../../facts/tokens";
import { INGRESS_ALL_REASON, INGRESS_ALL_REASON_LABEL } from "../../inputs/ingress";
import type { Examples } from "../../rule";
import { functionV1, functionV2, secret, serviceV1, UNKNOWN } from "../given.examples";

const INGRESS_V1 = "run.googleapis.com/ingress";
const PATH_V1 = `metadata.annotations["${INGRESS_V1}"]`;
const PATH_FUNCTION = "serviceConfig.ingressSettings";
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
    { because: "a secret value is read", type: SERVICE, props: service(secret("INGRESS_TRAFFIC_INTERNAL_ONLY")) },
    { because: "a v1 service is internal", type: SERVICE_V1, props: serviceV1() },
    {
      because: "a v1 service stands behind a load balancer",
      type: SERVICE_V1,
      props: serviceV1({ [INGRESS_V1]: "internal-and-cloud-load-balancing" }),
    },
    {
      because: "a v1 service carries its reason",
      type: SERVICE_V1,
      props: serviceV1({ [INGRESS_V1]: "all", [INGRESS_ALL_REASON]: REASON }),
    },
    {
      because: "a function stands behind a load balancer",
      type: FUNCTION_V2,
      props: functionV2({ ingressSettings: "ALLOW_INTERNAL_AND_GCLB" }),
    },
    {
      because: "a function carries its reason as a label",
      type: FUNCTION_V2,
      props: functionV2(
        { ingressSettings: "ALLOW_ALL" },
        { labels: { [INGRESS_ALL_REASON_LABEL]: "partners-call-it" } },
      ),
    },
    {
      because: "a first generation function that events start has no URL",
      type: FUNCTION_V1,
      props: functionV1({
        triggerHttp: undefined,
        eventTrigger: { eventType: "google.storage.object.finalize" },
        ingressSettings: undefined,
      }),
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
    {
      because: "left out, a v1 service is open",
      type: SERVICE_V1,
      props: serviceV1({ [INGRESS_V1]: undefined }),
      path: PATH_V1,
    },
    {
      because: "a v1 service without annotations is open",
      type: SERVICE_V1,
      props: { ...serviceV1(), metadata: {} },
      path: PATH_V1,
    },
    { because: "a v1 service says all", type: SERVICE_V1, props: serviceV1({ [INGRESS_V1]: "all" }), path: PATH_V1 },
    {
      because: "the status tells what Cloud Run made of it, it sets nothing",
      type: SERVICE_V1,
      props: serviceV1({ [INGRESS_V1]: undefined, "run.googleapis.com/ingress-status": "internal" }),
      path: PATH_V1,
    },
    {
      because: "this is the spelling of v2",
      type: SERVICE_V1,
      props: serviceV1({ [INGRESS_V1]: "INGRESS_TRAFFIC_INTERNAL_ONLY" }),
      path: PATH_V1,
    },
    {
      because: "left out, a function is open",
      type: FUNCTION_V2,
      props: functionV2({ ingressSettings: undefined }),
      path: PATH_FUNCTION,
    },
    {
      because: "a function says all",
      type: FUNCTION_V2,
      props: functionV2({ ingressSettings: "ALLOW_ALL" }),
      path: PATH_FUNCTION,
    },
    {
      because: "this is the spelling of Cloud Run",
      type: FUNCTION_V2,
      props: functionV2({ ingressSettings: "INGRESS_TRAFFIC_INTERNAL_ONLY" }),
      path: PATH_FUNCTION,
    },
    {
      because: "a first generation function says nothing",
      type: FUNCTION_V1,
      props: functionV1({ ingressSettings: undefined }),
      path: "ingressSettings",
    },
    {
      because: "a trigger beside HTTP does not close it",
      type: FUNCTION_V1,
      props: functionV1({ eventTrigger: {}, ingressSettings: "ALLOW_ALL" }),
      path: "ingressSettings",
    },
  ],
  unknown: [
    {
      because: "a v1 service's annotations are computed",
      type: SERVICE_V1,
      props: { ...serviceV1(), metadata: UNKNOWN },
      path: "metadata",
    },
    {
      because: "a function's setting is computed",
      type: FUNCTION_V2,
      props: functionV2({ ingressSettings: UNKNOWN }),
      path: PATH_FUNCTION,
    },
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
