/**
 * Reads the IAM policies of a mesh from Google. Version 3 is asked for: without it a policy of Cloud Run hides its
 * conditions. Sources: the discovery documents of run v2, iam v1, iap v1 and cloudresourcemanager v3.
 */
import { type Clock, sleep } from "../../services/runtime/clock";
import type { Place } from "../grants/places";
import type { Policy, PolicySource } from "../grants/policy";
import type { Settings } from "../grants/settings";
import { ApiError, type GoogleApi } from "./google-api";
import { NotProbed } from "./not-probed";

/** Where each API is, its version included. */
export interface PolicyApis {
  /** @default https://run.googleapis.com/v2 */
  readonly run: string;
  /** @default https://iam.googleapis.com/v1 */
  readonly iam: string;
  /** @default https://iap.googleapis.com/v1 */
  readonly iap: string;
  /** @default https://cloudresourcemanager.googleapis.com/v3 */
  readonly resourceManager: string;
}

const BEHIND_IAP = "services with `iap`";
const BALANCED = "`loadBalancer`";

/** What is read and what it takes, in the order of `docs/permissions.md`. */
export const READS = {
  service: { does: "call", permission: "run.services.getIamPolicy", of: "each service and function" },
  account: { does: "act as the", permission: "iam.serviceAccounts.getIamPolicy", of: "each account" },
  iap: { does: "come through", permission: "iap.webServices.getIamPolicy", of: BEHIND_IAP },
  "iap-region": { does: "come through", permission: "iap.webTypes.getIamPolicy", of: BEHIND_IAP },
  "iap-backend": { does: "come through", permission: "iap.webServices.getIamPolicy", of: BALANCED },
  "iap-compute": { does: "come through", permission: "iap.webTypes.getIamPolicy", of: BALANCED },
  "iap-project": { does: "come through", permission: "iap.web.getIamPolicy", of: BEHIND_IAP },
  project: { does: "do what in", permission: "resourcemanager.projects.getIamPolicy", of: "the project" },
} as const satisfies Readonly<Record<Place["kind"], object>>;

/** What else it takes: how a service can be reached, and what a custom role holds. */
export const ALSO_READS = {
  settings: { permission: "run.services.get", of: "each service and function" },
  roles: { permission: "iam.roles.get", of: "custom roles that are granted on the project" },
} as const;

/** Between attempts where Google is busy: a large mesh asks often. */
const WAITS_MS = [1_000, 2_000, 4_000];

const IN_QUERY = "?options.requestedPolicyVersion=3";
const IN_BODY = { options: { requestedPolicyVersion: 3 } };

export class DeployedPolicies implements PolicySource {
  readonly #roles = new Map<string, Promise<readonly string[]>>();

  constructor(
    private readonly api: GoogleApi,
    private readonly apis: PolicyApis,
    private readonly at: { readonly project: string; readonly region: string },
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {}

  policy({ kind, name, label }: Place): Promise<Policy> {
    const { run, iam } = this.apis;
    const purpose = { to: `read who may ${READS[kind].does} ${label}`, permission: READS[kind].permission };
    switch (kind) {
      case "service":
        return this.#call("GET", `${run}/${this.#service(name)}:getIamPolicy${IN_QUERY}`, purpose);
      case "account":
        return this.#call("POST", `${iam}/projects/-/serviceAccounts/${name}:getIamPolicy${IN_QUERY}`, purpose);
      default:
        return this.#call("POST", `${this.#around(kind, name)}:getIamPolicy`, purpose, IN_BODY);
    }
  }

  #around(kind: Exclude<Place["kind"], "service" | "account">, name: string): string {
    const { iap, resourceManager } = this.apis;
    if (kind === "project") return `${resourceManager}/projects/${this.#project}`;
    const proxies = `${iap}/projects/${this.#project}/iap_web`;
    if (kind === "iap-project") return proxies;
    if (kind === "iap-compute") return `${proxies}/compute`;
    if (kind === "iap-backend") return `${proxies}/compute/services/${name}`;
    const here = `${proxies}/cloud_run-${this.at.region}`;
    return kind === "iap-region" ? here : `${here}/services/${name}`;
  }

  async settings({ name, label }: Place): Promise<Settings> {
    const purpose = { to: `read how ${label} can be reached`, permission: ALSO_READS.settings.permission };
    const service = await this.#call<Partial<Settings>>("GET", `${this.apis.run}/${this.#service(name)}`, purpose);
    // Google leaves out what is false.
    const { ingress = "unknown", invokerIamDisabled = false, iapEnabled = false, defaultUriDisabled = false } = service;
    return { ingress, invokerIamDisabled, iapEnabled, defaultUriDisabled };
  }

  permissionsIn(role: string): Promise<readonly string[]> {
    const known = this.#roles.get(role);
    if (known) return known;
    const organization = /^organizations\/(\d+)/.exec(role)?.[1];
    const purpose = {
      to: `read what ${role} holds`,
      permission: ALSO_READS.roles.permission,
      ...(organization && { on: `organization ${organization}` }),
    };
    const read = this.#call<{ includedPermissions?: string[] }>("GET", `${this.apis.iam}/${role}`, purpose).then(
      ({ includedPermissions = [] }) => includedPermissions,
    );
    this.#roles.set(role, read);
    return read;
  }

  /** A domain-scoped project has a colon in its id. */
  get #project(): string {
    return encodeURIComponent(this.at.project);
  }

  #service(name: string): string {
    return `projects/${this.#project}/locations/${this.at.region}/services/${name}`;
  }

  async #call<T>(...[method, url, purpose, body]: Parameters<GoogleApi["call"]>): Promise<T> {
    for (const waitMs of [...WAITS_MS, undefined]) {
      if (this.signal.aborted) break;
      try {
        return await this.api.call<T>(method, url, purpose, body);
      } catch (error) {
        // Without any answer (status 0) there is none for the other policies either.
        const isBusy = error instanceof ApiError && error.passes && error.status !== 0;
        if (waitMs === undefined || !isBusy) throw error;
        await sleep(this.clock, waitMs, this.signal).catch(() => {});
      }
    }
    throw new NotProbed("interrupted");
  }
}
