/**
 * The part of Google's IAM API that programs call beside the provider: OAuth clients and their credentials, read and
 * patched. Sources: https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.oauthClients,
 * https://cloud.google.com/apis/design/errors
 */
import type { ControlPlane } from "../control-plane";
import { GoogleError } from "../errors";
import { OAUTH_CLIENT, OAUTH_CREDENTIAL } from "../handlers/iam/names";
import { isObject, type Properties } from "../properties";

export interface RestRequest {
  readonly method: string;
  /** Path and query, after the host. */
  readonly target: string;
  readonly body: string;
}

const CLIENT = "projects/[^/]+/locations/[^/]+/oauthClients/[^/]+";
const KINDS: readonly { readonly type: string; readonly path: RegExp; readonly fields: readonly string[] }[] = [
  {
    type: OAUTH_CLIENT,
    path: new RegExp(`^/v1/(${CLIENT})$`),
    fields: ["allowedGrantTypes", "allowedRedirectUris", "allowedScopes", "description", "disabled", "displayName"],
  },
  {
    type: OAUTH_CREDENTIAL,
    path: new RegExp(`^/v1/(${CLIENT}/credentials/[^/]+)$`),
    fields: ["disabled", "displayName"],
  },
];

/** @throws GoogleError, and what the control plane throws */
export function answerIam(request: RestRequest, controlPlane: ControlPlane): Properties {
  const url = new URL(request.target, "https://iam.googleapis.com");
  for (const { type, path, fields } of KINDS) {
    const id = path.exec(decodeURIComponent(url.pathname))?.[1];
    if (id === undefined) continue;
    const found = controlPlane.get(type, id);
    if (!found) throw new GoogleError(404, "Requested entity was not found.");
    if (request.method === "GET") return message(found.state);
    if (request.method !== "PATCH") break;
    const changes = masked(url.searchParams.get("updateMask"), request.body, fields);
    return message(controlPlane.update({ type, id, inputs: { ...found.inputs, ...changes } }).state);
  }
  throw new GoogleError(404, `The sandbox does not play ${request.method} ${url.pathname}`);
}

/** What a request names in its mask, and nothing else of its body. */
function masked(mask: string | null, body: string, known: readonly string[]): Properties {
  const fields = (mask ?? "").split(",").filter((field) => field !== "");
  if (fields.length === 0) throw new GoogleError(400, "update_mask is required");
  const unknown = fields.find((field) => !known.includes(field));
  if (unknown !== undefined) throw new GoogleError(400, `Invalid field in update_mask: ${unknown}`);
  let sent: unknown;
  try {
    sent = JSON.parse(body);
  } catch {
    throw new GoogleError(400, "Invalid JSON payload received.");
  }
  if (!isObject(sent)) throw new GoogleError(400, "Invalid JSON payload received.");
  const changes: Properties = {};
  for (const field of fields) changes[field] = sent[field] ?? null;
  return changes;
}

/** A resource as the API says it: where it is stands in its name alone, and what is false or empty is left out. */
function message(state: Properties): Properties {
  const { location: _1, project: _2, oauthClientId: _3, oauthclient: _4, oauthClientCredentialId: _5, ...rest } = state;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== false && value !== ""));
}
