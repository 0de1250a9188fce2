import { createHash } from "node:crypto";
import { GoogleError } from "../../errors";
import type { CheckFailure, Handler, World } from "../../handler";
import { at, isObject, isUnknown, listAt, objectAt, type Properties, textAt } from "../../properties";
import { invalidArgument, NOT_FOUND } from "../iam/names";
import { admitOrganization } from "../iam/oauth-client";
import { needWorkforcePool } from "../iam/workforce-pool-provider";
import { BACKEND_SERVICE } from "../load-balancing/types";

export const IAP_SETTINGS = "gcp:iap/settings:Settings";

/** Source: https://cloud.google.com/iap/docs/reference/rest/v1/IapSettings */
const NAME =
  /^(organizations\/\d+|folders\/\d+|projects\/([^/]+)(\/iap_web(\/(compute(-[a-z0-9-]+)?|forwarding_rule(-[a-z0-9-]+)?|cloud_run-[a-z0-9-]+|appengine-[^/]+)(\/services\/[^/]+(\/version\/[^/]+)?)?)?)?)$/;
const BACKEND = /^projects\/([^/]+)\/iap_web\/compute\/services\/([^/]+)$/;
const SOURCES = ["WORKFORCE_IDENTITY_FEDERATION"];
const METHODS = ["LOGIN", "SECURE_KEY", "ENROLLED_SECOND_FACTORS"];
const POLICIES = ["MINIMUM", "DEFAULT"];

/**
 * How IAP signs people in, for one resource and all below it. It is always there: to make one is to change it, and to delete
 * it is to take everything back. A project that is named by its id is read back by its number, which is another name.
 */
export const iapSettings: Handler = {
  kind: "Settings",
  idempotent: true,
  validate,
  context: (operation, id) => (operation === "create" ? "Error creating Settings" : `Error updating Settings "${id}"`),
  identify: (inputs) => `${String(inputs["name"])}/iapSettings`,
  parseId: (id) => (id.endsWith("/iapSettings") ? id : `${id}/iapSettings`),
  admit({ inputs }, world) {
    const name = String(inputs["name"]);
    const project = NAME.exec(name)?.[2];
    if (!NAME.test(name)) throw invalidArgument("name", `'${name}' is no resource of IAP`);
    admitBackend(name, world);
    const workforce = at(inputs, "accessSettings", "workforceIdentitySettings");
    if (workforce === undefined) return;
    if (project !== undefined) admitOrganization({ project: world.projects.id(project) }, world);
    const pool = textAt(workforce, "workforcePools") ?? "";
    needWorkforcePool(`locations/global/workforcePools/${pool.split("/").at(-1)}`, world);
  },
  compute: ({ inputs }, world) => ({
    name: byNumber(String(inputs["name"]), world),
    ...(isObject(inputs["accessSettings"]) && { accessSettings: hashed(inputs["accessSettings"]) }),
  }),
};

function byNumber(name: string, world: World): string {
  return name.replace(
    /^projects\/([^/]+)/,
    (_, project: string) => `projects/${world.projects.number(world.projects.id(project))}`,
  );
}

/** A backend is named by its name or by its number. */
function admitBackend(name: string, world: World): void {
  const [, project, service] = BACKEND.exec(name) ?? [];
  if (project === undefined || service === undefined) return;
  const home = `projects/${world.projects.id(project)}/global/backendServices/`;
  const backends = [...world.all(BACKEND_SERVICE)].filter(({ id }) => id.startsWith(home));
  const known = backends.some(
    ({ id, state }) => id === `${home}${service}` || String(state["generatedId"]) === service,
  );
  if (!known) throw new GoogleError(404, NOT_FOUND);
}

/** Google answers with a hash of a secret in its place, beside which the provider keeps the secret of its state. */
function hashed(settings: Properties): Properties {
  const sha256 = (secret: string) => createHash("sha256").update(secret).digest("hex");
  const withHash = (client: Properties): Properties => {
    const secret = textAt(client, "clientSecret");
    return secret === undefined ? client : { ...client, clientSecretSha256: sha256(secret) };
  };
  const { oauthSettings, workforceIdentitySettings } = settings;
  return {
    ...settings,
    ...(isObject(oauthSettings) && { oauthSettings: withHash(oauthSettings) }),
    ...(isObject(workforceIdentitySettings) && {
      workforceIdentitySettings: {
        ...workforceIdentitySettings,
        ...(isObject(workforceIdentitySettings["oauth2"]) && {
          oauth2: withHash(objectAt(workforceIdentitySettings, "oauth2")),
        }),
      },
    }),
  };
}

function validate(inputs: Properties): CheckFailure[] {
  const access = inputs["accessSettings"];
  const reauth = (key: string) => at(access, "reauthSettings", key);
  return [
    ...listAt(access, "identitySources").flatMap((source, i) =>
      oneOf(`accessSettings.identitySources[${i}]`, source, SOURCES),
    ),
    ...oneOf("accessSettings.reauthSettings.method", reauth("method"), METHODS),
    ...oneOf("accessSettings.reauthSettings.policyType", reauth("policyType"), POLICIES),
  ];
}

function oneOf(property: string, given: unknown, allowed: readonly string[]): CheckFailure[] {
  if (given === undefined || isUnknown(given) || allowed.includes(String(given))) return [];
  const list = allowed.map((word) => `"${word}"`).join(" ");
  return [{ property, reason: `expected ${property} to be one of [${list}], got ${String(given)}` }];
}
