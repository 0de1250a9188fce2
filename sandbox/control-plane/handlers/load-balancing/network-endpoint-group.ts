import type { Handler } from "../../handler";
import { at, listAt, type Properties, textAt } from "../../properties";
import { selfLink } from "../network/network";
import { enumFailures } from "../run/audit";
import { admitPart, admitUnused, invalidField } from "./parts";

const TYPES = ["SERVERLESS", "PRIVATE_SERVICE_CONNECT", "INTERNET_IP_PORT", "INTERNET_FQDN_PORT", "GCE_VM_IP_PORTMAP"];
const SERVERLESS = ["cloudRun", "appEngine", "cloudFunction", "serverlessDeployment"];

/** Source: https://cloud.google.com/compute/docs/reference/rest/v1/regionNetworkEndpointGroups */
const CLOUD_RUN_SERVICE = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * A network endpoint group of a region; here the serverless kind, which stands for a service of Cloud Run in its region.
 * Assumed: Google takes the name of a service that does not exist yet, and answers 404 in its place until it does.
 */
export const networkEndpointGroup: Handler = {
  kind: "RegionNetworkEndpointGroup",
  naming: { property: "name", maxLength: 63 },
  defaults: () => ({ networkEndpointType: "SERVERLESS" }),
  validate: (inputs) => enumFailures(inputs, { networkEndpointType: TYPES }),
  identify: (inputs) =>
    `projects/${String(inputs["project"])}/regions/${String(inputs["region"])}/networkEndpointGroups/${String(inputs["name"])}`,
  duplicate: ({ id }) => `The resource '${id}' already exists, alreadyExists`,
  admit(subject, world) {
    admitPart(subject, world);
    if ((textAt(subject.inputs, "networkEndpointType") ?? "SERVERLESS") === "SERVERLESS")
      admitServerless(subject.inputs);
  },
  compute: ({ id }) => ({ selfLink: selfLink(id) }),
  mayDelete: admitUnused,
};

/** Google's words: assumed. */
function admitServerless(inputs: Properties): void {
  const said = SERVERLESS.filter((key) => inputs[key] !== undefined);
  if (said.length !== 1) {
    throw invalidField("networkEndpointType", "SERVERLESS", `Exactly one of ${SERVERLESS.join(", ")} must be set.`);
  }
  if (inputs["network"] !== undefined || inputs["subnetwork"] !== undefined || listAt(inputs, "pscData").length > 0) {
    throw invalidField("network", inputs["network"], "A Serverless network endpoint group is in no network.");
  }
  const cloudRun = at(inputs, "cloudRun");
  if (cloudRun === undefined) return;
  const service = textAt(cloudRun, "service");
  if (service === undefined && textAt(cloudRun, "urlMask") === undefined) {
    throw invalidField("cloudRun", "", "One of service and urlMask must be set.");
  }
  if (service !== undefined && !CLOUD_RUN_SERVICE.test(service)) {
    throw invalidField("cloudRun.service", service, "Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'");
  }
}
