/** The providers of workforce pools that the control plane's state names, and one for a pool of another stack. */
import type { ControlPlane } from "../../../control-plane";
import { WORKFORCE_POOL, WORKFORCE_PROVIDER } from "../../../control-plane/handlers/iam/names";
import { at, listAt, objectAt, textAt } from "../../../control-plane/properties";
import { shortName, stableDigits, stableUuid } from "../../../control-plane/rules/identifiers";
import { issuerOf, tenantOf } from "../entra/names";

export interface WorkforceProvider {
  /** `locations/global/workforcePools/POOL/providers/PROVIDER` */
  readonly name: string;
  /** `locations/global/workforcePools/POOL` */
  readonly pool: string;
  readonly title: string;
  readonly issuer: string;
  /** Of the app that is registered with the issuer. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** Asked for beside `openid`. */
  readonly scopes: readonly string[];
  readonly mapping: Readonly<Record<string, string>>;
  readonly condition?: string;
  readonly sessionSeconds: number;
  /** Not in the state: the pool is another stack's, and is taken to have this provider. */
  readonly assumed: boolean;
  /** Why nobody can sign in by it here. */
  readonly closed?: string;
}

/** Source: https://cloud.google.com/iam/docs/reference/rest/v1/locations.workforcePools */
const DEFAULT_SESSION_SECONDS = 3600;

/** Source: https://cloud.google.com/iam/docs/workforce-sign-in-microsoft-entra-id */
const ASSUMED_MAPPING = {
  "google.subject": "assertion.oid",
  "google.groups": "assertion.groups",
  "google.email": "assertion.email",
  "google.display_name": "assertion.preferred_username",
};

/** Names come from requests: there is no end of them. */
const MOST_ASSUMED = 100;

const NAME = /^(locations\/global\/workforcePools\/([a-z0-9-]+))\/providers\/([a-z0-9-]+)$/;

/** `locations/global/workforcePools/POOL`, whichever of its spellings is given. */
export function poolName(pool: string): string {
  return `locations/global/workforcePools/${shortName(pool)}`;
}

export class WorkforceProviders {
  readonly #assumedSoFar = new Map<string, WorkforceProvider>();

  /** @param attributes names of the attributes that a provider which is assumed maps, beside Google's own */
  constructor(
    private readonly controlPlane: ControlPlane,
    private readonly attributes: readonly string[],
  ) {}

  /** All that are in the state. */
  held(): WorkforceProvider[] {
    return this.controlPlane
      .list({ type: WORKFORCE_PROVIDER, external: false })
      .map(({ state }) => this.#provider(state));
  }

  /** All that are in the state, and those that were assumed so far. */
  all(): WorkforceProvider[] {
    return [...this.held(), ...this.#assumedSoFar.values()];
  }

  /** The providers of a pool; one that is assumed where the state has neither the pool nor a provider of it. */
  of(pool: string): WorkforceProvider[] {
    const name = poolName(pool);
    const held = this.held().filter((one) => one.pool === name);
    if (held.length > 0 || this.#pool(name)) return held;
    return [this.#assumed(name, "entra")];
  }

  /** The provider with a name. */
  named(name: string): WorkforceProvider | undefined {
    const [, pool, , id = ""] = NAME.exec(name) ?? [];
    if (pool === undefined) return undefined;
    const known = this.of(pool);
    if (known.some(({ assumed }) => assumed)) return this.#assumed(pool, id);
    return known.find((one) => one.name === name);
  }

  #assumed(pool: string, id: string): WorkforceProvider {
    const clientId = stableUuid(`app of ${pool}`);
    const attributes = this.attributes.map((name) => [`attribute.${name}`, `assertion.${name}`]);
    const provider = {
      ...{ name: `${pool}/providers/${id}`, pool, title: "Microsoft Entra ID" },
      ...{ issuer: issuerOf(stableUuid(`tenant of ${pool}`)), clientId, clientSecret: secretFor(clientId) },
      ...{ scopes: ["profile", "email"], mapping: { ...ASSUMED_MAPPING, ...Object.fromEntries(attributes) } },
      ...{ sessionSeconds: DEFAULT_SESSION_SECONDS, assumed: true },
    };
    if (this.#assumedSoFar.size < MOST_ASSUMED) this.#assumedSoFar.set(provider.name, provider);
    return provider;
  }

  #pool(name: string): Readonly<Record<string, unknown>> | undefined {
    // What others refer to is in the state too, as something that is taken to exist.
    const found = this.controlPlane.list({ type: WORKFORCE_POOL, external: false });
    return found.find(({ state }) => poolName(textAt(state, "workforcePoolId") ?? "") === name)?.state;
  }

  #provider(state: Readonly<Record<string, unknown>>): WorkforceProvider {
    const pool = poolName(textAt(state, "workforcePoolId") ?? "");
    const id = textAt(state, "providerId") ?? "";
    const poolState = this.#pool(pool);
    const clientId = textAt(state, "oidc", "clientId") ?? "";
    const condition = textAt(state, "attributeCondition");
    const closed = closedBy(state, poolState);
    return {
      name: `${pool}/providers/${id}`,
      pool,
      title: textAt(state, "displayName") ?? id,
      issuer: (textAt(state, "oidc", "issuerUri") ?? "").replace(/\/$/, ""),
      clientId,
      // A secret that was written and is not kept is not in the state: both sides then know the same one.
      clientSecret: textAt(state, "oidc", "clientSecret", "value", "plainText") ?? secretFor(clientId),
      scopes: listAt(state, "oidc", "webSsoConfig", "additionalScopes").map(String),
      mapping: objectAt(state, "attributeMapping") as Readonly<Record<string, string>>,
      ...(condition && { condition }),
      sessionSeconds: Number.parseInt(textAt(poolState, "sessionDuration") ?? "", 10) || DEFAULT_SESSION_SECONDS,
      assumed: false,
      ...(closed !== undefined && { closed }),
    };
  }
}

function closedBy(
  state: Readonly<Record<string, unknown>>,
  pool: Readonly<Record<string, unknown>> | undefined,
): string | undefined {
  const name = `the provider "${textAt(state, "providerId")}"`;
  if (state["disabled"] === true) return `${name} is disabled`;
  if (pool?.["disabled"] === true) return `the workforce pool "${textAt(pool, "workforcePoolId")}" is disabled`;
  if (at(state, "oidc") === undefined) return `${name} speaks SAML, which the sandbox does not play`;
  const issuer = textAt(state, "oidc", "issuerUri") ?? "";
  if (tenantOf(issuer) === undefined)
    return `the sandbox plays Entra ID alone, and not ${issuer}, the issuer of ${name}`;
  const type = textAt(state, "oidc", "webSsoConfig", "responseType") ?? "CODE";
  return type === "CODE" ? undefined : `${name} has responseType ${type}; the sandbox plays CODE alone`;
}

function secretFor(clientId: string): string {
  return `sandbox-${stableDigits(`secret of ${clientId}`, 30)}`;
}
