import { GoogleError } from "../../errors";
import type { Handler, Subject, World } from "../../handler";
import { at, listAt, numberAt, type Properties, textAt } from "../../properties";
import { stableDigits } from "../../rules/identifiers";
import type { Change, StoredResource } from "../../state/store";
import { enumFailures } from "../run/audit";
import { SERVICE } from "../run/names";
import { admitPart, globalPart, invalidField, partId, partOutputs } from "./parts";
import { BACKEND_SERVICE, NEG, SECURITY_POLICY } from "./types";

const SCHEMES = ["EXTERNAL", "INTERNAL_SELF_MANAGED", "INTERNAL_MANAGED", "EXTERNAL_MANAGED"];
const PROTOCOLS = ["HTTP", "HTTPS", "HTTP2", "TCP", "SSL", "UDP", "GRPC", "UNSPECIFIED", "H2C"];
const HTTP = ["HTTP", "HTTPS", "HTTP2"];

/** A backend service of the whole world. Source: https://cloud.google.com/compute/docs/reference/rest/v1/backendServices */
export const backendService: Handler = {
  ...globalPart("BackendService", "backendServices"),
  validate: (inputs) => enumFailures(inputs, { loadBalancingScheme: SCHEMES, protocol: PROTOCOLS }),
  defaults: () => ({ loadBalancingScheme: "EXTERNAL_MANAGED", connectionDrainingTimeoutSec: 300 }),
  admit(subject, world) {
    admitPart(subject, world);
    const { inputs } = subject;
    const groups = serverlessGroups(inputs, world);
    if (groups.length > 0) admitServerless(subject, groups);
    admitLogging(inputs);
    admitPolicy(inputs, world);
    if (at(inputs, "iap", "enabled") === true) admitIap(inputs, groups, world);
  },
  /** Its policy of IAP goes with it. */
  cascade({ id }, world) {
    const target = id.replace("/global/backendServices/", "/iap_web/compute/services/");
    return [...world.grants.on(target)].map((grant): Change => ({ drop: { type: grant.type, id: grant.id } }));
  },
  compute(subject, world) {
    const { id, incarnation, inputs } = subject;
    return {
      ...partOutputs(subject, world),
      generatedId: Number(stableDigits(`${id} ${incarnation}`, 15)),
      protocol: textAt(inputs, "protocol") ?? "HTTP",
      sessionAffinity: textAt(inputs, "sessionAffinity") ?? "NONE",
      timeoutSec: numberAt(inputs, "timeoutSec") ?? 30,
      iap: at(inputs, "iap") ?? { enabled: false },
      logConfig: at(inputs, "logConfig") ?? { enable: false, optionalMode: "" },
    };
  },
};

/** The serverless groups behind a backend service. */
function serverlessGroups(inputs: Properties, world: World): StoredResource[] {
  return listAt(inputs, "backends").flatMap((backend) => {
    const found = world.find(NEG, partId(textAt(backend, "group") ?? "", "networkEndpointGroups", inputs, world));
    return found?.state["networkEndpointType"] === "SERVERLESS" ? [found] : [];
  });
}

/**
 * Words seen: the refusals of a timeout, a name of a port and a health check. Assumed: those of the others.
 * Source: https://cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts#limitations
 */
function admitServerless({ inputs, previous }: Subject, groups: readonly StoredResource[]): void {
  const suffix = "is not supported for a backend service with Serverless network endpoint groups.";
  const { timeoutSec, portName, protocol } = inputs;
  if (listAt(inputs, "healthChecks").length > 0 || textAt(inputs, "healthChecks") !== undefined) {
    throw new GoogleError(
      400,
      "Invalid value for field 'resource.healthChecks': ''. A backend service cannot have a healthcheck with Serverless network endpoint group backends., invalid",
    );
  }
  if (timeoutSec !== undefined && timeoutSec !== previous?.state["timeoutSec"])
    throw invalidField("timeoutSec", timeoutSec, `Timeout sec ${suffix}`);
  if (portName !== undefined) throw invalidField("portName", portName, `Port name ${suffix}`);
  if (protocol !== undefined && !HTTP.includes(String(protocol))) {
    throw invalidField("protocol", protocol, `Protocol ${String(protocol)} ${suffix}`);
  }
  if (inputs["loadBalancingScheme"] === "INTERNAL_SELF_MANAGED") {
    throw invalidField("loadBalancingScheme", "INTERNAL_SELF_MANAGED", `This load balancing scheme ${suffix}`);
  }
  if (groups.length < listAt(inputs, "backends").length) {
    throw invalidField("backends", "", "Serverless network endpoint groups cannot be mixed with other backends.");
  }
  const regions = groups.map(({ state }) => String(state["region"]));
  const twice = regions.find((region, i) => regions.indexOf(region) < i);
  if (twice === undefined) return;
  throw invalidField(
    "backends",
    "",
    `A backend service cannot have two Serverless network endpoint groups in ${twice}.`,
  );
}

function admitLogging(inputs: Properties): void {
  const rate = numberAt(inputs, "logConfig", "sampleRate");
  if (rate === undefined) return;
  if (rate < 0 || rate > 1) {
    throw invalidField(
      "logConfig.sampleRate",
      rate,
      "Must be greater than or equal to 0.0 and less than or equal to 1.0.",
    );
  }
}

/** Cloud Armor's policies for backends and for the edge are two kinds. */
function admitPolicy(inputs: Properties, world: World): void {
  const said = textAt(inputs, "securityPolicy");
  if (said === undefined) return;
  const policy = world.find(SECURITY_POLICY, partId(said, "securityPolicies", inputs, world));
  const type = textAt(policy?.state, "type") ?? "CLOUD_ARMOR";
  if (type === "CLOUD_ARMOR") return;
  throw invalidField(
    "securityPolicy",
    said,
    `A security policy of type ${type} cannot be the policy of a backend service.`,
  );
}

/**
 * Words: assumed. Sources: https://cloud.google.com/iap/docs/concepts-overview and, that IAP is either on the service or on
 * the balancer before it, https://cloud.google.com/iap/docs/enabling-cloud-run
 */
function admitIap(inputs: Properties, groups: readonly StoredResource[], world: World): void {
  if (inputs["loadBalancingScheme"] === "INTERNAL_SELF_MANAGED") {
    throw invalidField("iap", "", "IAP is not supported for the load balancing scheme INTERNAL_SELF_MANAGED.");
  }
  const protocol = textAt(inputs, "protocol") ?? "HTTP";
  if (!HTTP.includes(protocol)) throw invalidField("iap", "", `IAP is not supported for the protocol ${protocol}.`);
  if (inputs["enableCdn"] === true) throw invalidField("iap", "", "IAP and Cloud CDN cannot be enabled together.");
  for (const group of groups) {
    const service = world.find(SERVICE, serviceOf(group) ?? "");
    if (service?.state["iapEnabled"] !== true) continue;
    throw invalidField("iap", "", `IAP is enabled on '${service.id}' itself, and cannot be enabled in front of it.`);
  }
}

/** The id of the service of Cloud Run that a group stands for, whether it exists or not. */
export function serviceOf({ state }: StoredResource): string | undefined {
  const service = textAt(state, "cloudRun", "service");
  return service && `projects/${String(state["project"])}/locations/${String(state["region"])}/services/${service}`;
}

/** The backend service with IAP that has this service of Cloud Run behind it. */
export function iapInFrontOf(service: string, world: World): StoredResource | undefined {
  for (const backend of world.all(BACKEND_SERVICE)) {
    if (backend.external || at(backend.state, "iap", "enabled") !== true) continue;
    if (serverlessGroups(backend.state, world).some((group) => serviceOf(group) === service)) return backend;
  }
  return undefined;
}
