import { GoogleError } from "./errors";
import type { World } from "./handler";
import { type Properties, textAt } from "./properties";

/** A function of the provider, which programs call instead of creating a resource. */
type ProviderFunction = (args: Properties, world: World) => Properties;

/** The functions that are played, by their token. */
export const FUNCTIONS: ReadonlyMap<string, ProviderFunction> = new Map<string, ProviderFunction>([
  ["gcp:organizations/getProject:getProject", getProject],
  ["gcp:organizations/getClientConfig:getClientConfig", getClientConfig],
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
    orgId: "",
    pulumiLabels: {},
    tags: {},
  };
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
