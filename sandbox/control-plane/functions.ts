import { GoogleError, ProviderError } from "./errors";
import type { World } from "./handler";
import { runId, SERVICE } from "./handlers/run/names";
import { agentEmail, SERVICE_IDENTITY } from "./handlers/service-identity";
import { listAt, objectAt, type Properties, textAt } from "./properties";

/** Makes what Google makes on its own as soon as somebody asks for it; what is there stays. */
type Make = (type: string, inputs: Properties) => void;

/** A function of the provider, which programs call instead of creating a resource. */
type ProviderFunction = (args: Properties, world: World, make: Make) => Properties;

/** The functions that are played, by their token. */
export const FUNCTIONS: ReadonlyMap<string, ProviderFunction> = new Map<string, ProviderFunction>([
  ["gcp:cloudrunv2/getService:getService", getRunService],
  ["gcp:organizations/getProject:getProject", getProject],
  ["gcp:organizations/getClientConfig:getClientConfig", getClientConfig],
  ["gcp:storage/getProjectServiceAccount:getProjectServiceAccount", getStorageAgent],
]);

function getProject(args: Properties, world: World): Properties {
  const projectId = world.projects.id(textAt(args, "projectId") ?? world.scope.project ?? "");
  if (projectId === "") throw new GoogleError(400, "project_id: required field is not set");
  return {
    id: `projects/${projectId}`,
    projectId,
    name: projectId,
    number: world.projects.number(projectId),
    autoCreateNetwork: true,
    billingAccount: "",
    deletionPolicy: "PREVENT",
    effectiveLabels: {},
    folderId: "",
    labels: {},
    orgId: world.projects.organization(projectId),
    pulumiLabels: {},
    tags: {},
  };
}

/** To ask for it makes it. Source: https://cloud.google.com/storage/docs/json_api/v1/projects/serviceAccount/get */
function getStorageAgent(args: Properties, world: World, make: Make): Properties {
  const project = textAt(args, "project") ?? world.scope.project ?? "";
  const service = "storage.googleapis.com";
  make(SERVICE_IDENTITY, { project, service });
  const emailAddress = agentEmail({ project, service }, world);
  return { id: emailAddress, emailAddress, member: `serviceAccount:${emailAddress}`, project };
}

/** The token is no secret: nothing outside the sandbox accepts it. */
function getClientConfig(_args: Properties, world: World): Properties {
  const { project = "", region = "" } = world.scope;
  return {
    id: `projects/"${project}"/regions/"${region}"/zones/""`,
    accessToken: "sandbox-token",
    defaultLabels: {},
    project,
    region,
    zone: "",
  };
}

/**
 * A data source spells every block as a list, whose name is a plural, and has the words of its own for what is not there.
 * Source: `dataSourceGoogleCloudRunV2ServiceRead` in terraform-provider-google
 */
function getRunService(args: Properties, world: World): Properties {
  const { project = "", region = "" } = world.scope;
  const place = { project: textAt(args, "project") ?? project, location: textAt(args, "location") ?? region };
  const id = runId("services", { ...args, ...place });
  const found = world.find(SERVICE, id);
  if (!found) throw new ProviderError(`${id} not found`);
  const { template: _, ...state } = found.state;
  const template = objectAt(found.state, "template");
  const containers = listAt(template, "containers").map((container) => {
    const ports = objectAt(container, "ports");
    return { ...objectAt(container), ports: Object.keys(ports).length > 0 ? [ports] : [] };
  });
  return { ...state, ...place, id, templates: [{ ...template, containers }] };
}
