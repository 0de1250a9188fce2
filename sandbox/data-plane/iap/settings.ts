/**
 * How Identity-Aware Proxy is set for a resource. Each setting is taken from the narrowest resource that has it.
 * Source: https://cloud.google.com/iap/docs/reference/rest/v1/IapSettings
 */
import type { ControlPlane, Properties } from "../../control-plane";
import { IAP_SETTINGS } from "../../control-plane/handlers/iap/settings";
import { at, listAt, objectAt, textAt } from "../../control-plane/properties";
import type { IapResource } from "./resource";

export interface OauthClient {
  readonly id: string;
  readonly secret: string;
}

export interface IapSettings {
  /** `locations/global/workforcePools/POOL`. @default - Google accounts sign in */
  readonly workforcePool?: string;
  /** As whom the proxy asks for codes. @default - Google's own client, for Google accounts alone */
  readonly client?: OauthClient;
  /** OAuth clients whose ID tokens are taken, beside the resource's own. */
  readonly programmaticClients: readonly string[];
  /** How long after signing in somebody has to do so again. @default - never */
  readonly reauthMaxAgeMs?: number;
  /** Lets OPTIONS pass without an identity. */
  readonly allowsOptions: boolean;
  /** Where whoever has no access is sent. @default - the proxy's own page */
  readonly accessDeniedPageUri?: string;
}

export function settingsOf(resource: IapResource, controlPlane: ControlPlane): IapSettings {
  const all = controlPlane.list({ type: IAP_SETTINGS }).map(({ state }) => state);
  const applying = resource.settingsNames.flatMap((name) => {
    return all.filter((state) => (textAt(state, "name") ?? "").replace(/\/iapSettings$/, "") === name);
  });
  const first = (...path: string[]) =>
    applying.map((state) => at(state, ...path)).find((found) => found !== undefined && found !== null);
  const access = (key: string) => objectAt(first("accessSettings", key));
  const workforce = access("workforceIdentitySettings");
  const pool = workforcePool(workforce, listAt(first("accessSettings", "identitySources")).map(String));
  const client =
    pool === undefined
      ? (clientIn(access("oauthSettings")) ?? resource.client)
      : clientIn(objectAt(workforce, "oauth2"));
  const reauthMaxAgeMs = reauth(applying);
  const page = textAt(first("applicationSettings", "accessDeniedPageSettings"), "accessDeniedPageUri");
  return {
    programmaticClients: listAt(access("oauthSettings"), "programmaticClients").map(String),
    allowsOptions: access("corsSettings")["allowHttpOptions"] === true,
    ...(pool !== undefined && { workforcePool: pool }),
    ...(client && { client }),
    ...(reauthMaxAgeMs !== undefined && { reauthMaxAgeMs }),
    ...(page !== undefined && { accessDeniedPageUri: page }),
  };
}

/**
 * Without `identitySources`, workforce settings that are there count. Source: the reference of `identitySources`. The pool
 * is a list in Google's API and a text in the provider; a bare `POOL` is read as its full name.
 */
function workforcePool(settings: Properties, sources: readonly string[]): string | undefined {
  if (sources.length > 0 && !sources.includes("WORKFORCE_IDENTITY_FEDERATION")) return undefined;
  const given = [settings["workforcePools"] ?? []].flat()[0];
  if (typeof given !== "string" || given === "") return undefined;
  return given.includes("/") ? given : `locations/global/workforcePools/${given}`;
}

function clientIn(settings: Properties): OauthClient | undefined {
  const id = textAt(settings, "clientId");
  return id === undefined ? undefined : { id, secret: textAt(settings, "clientSecret") ?? "" };
}

/**
 * The narrowest policy, and none longer than a wider one that is a minimum.
 * Source: https://cloud.google.com/iap/docs/configuring-reauth#set_up_a_reauthentication_policy
 */
function reauth(applying: readonly Properties[]): number | undefined {
  const policies = applying.flatMap((state) => {
    const policy = objectAt(state, "accessSettings", "reauthSettings");
    const seconds = /^(\d+(?:\.\d+)?)s$/.exec(textAt(policy, "maxAge") ?? "")?.[1];
    return seconds === undefined
      ? []
      : { maxAgeMs: Number(seconds) * 1000, isMinimum: policy["policyType"] === "MINIMUM" };
  });
  const binding = policies.filter(({ isMinimum }, index) => index === 0 || isMinimum).map(({ maxAgeMs }) => maxAgeMs);
  return binding.length === 0 ? undefined : Math.min(...binding);
}
