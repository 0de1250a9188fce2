import type { Handler, World } from "../handler";
import type { Properties } from "../properties";
import { shortName } from "../rules/identifiers";

/** Agents whose address does not follow from the API's name. Source: https://cloud.google.com/iam/docs/service-agents */
const AGENTS: Readonly<Record<string, string>> = {
  "run.googleapis.com": "serverless-robot-prod",
  "artifactregistry.googleapis.com": "gcp-sa-artifactregistry",
  "cloudfunctions.googleapis.com": "gcf-admin-robot",
  "storage.googleapis.com": "gs-project-accounts",
};

export const SERVICE_IDENTITY = "gcp:projects/serviceIdentity:ServiceIdentity";

/** The service agent of an API. Google makes it on demand, and never deletes it. */
export const serviceIdentity: Handler = {
  kind: "ServiceIdentity",
  idempotent: true,
  identify: (inputs) => `projects/${String(inputs["project"])}/services/${String(inputs["service"])}`,
  compute({ inputs }, world) {
    const email = agentEmail(inputs, world);
    return { email, member: `serviceAccount:${email}` };
  },
};

/** What the service agent with this address is the agent of; undefined for addresses of another form. */
export function agentOf(email: string, world: World): { project: string; service: string } | undefined {
  const [, number, agent] = /^service-(\d+)@([\w-]+)\.iam\.gserviceaccount\.com$/.exec(email) ?? [];
  if (number === undefined || agent === undefined) return undefined;
  const named = Object.entries(AGENTS).find(([, one]) => one === agent)?.[0];
  const service = named ?? /^gcp-sa-(.+)$/.exec(agent)?.[1]?.concat(".googleapis.com");
  return service === undefined ? undefined : { project: world.projects.id(number), service };
}

export function agentEmail(inputs: Properties, world: World): string {
  const service = shortName(String(inputs["service"]));
  const agent = AGENTS[service] ?? `gcp-sa-${service.replace(/\.googleapis\.com$/, "")}`;
  return `service-${world.projects.number(String(inputs["project"]))}@${agent}.iam.gserviceaccount.com`;
}
