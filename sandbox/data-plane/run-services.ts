/** The Cloud Run services of the control plane, as the data plane reads them: at every request, so that changes count at once. */
import type { ControlPlane, Properties, StoredResource } from "../control-plane";
import { SERVICE } from "../control-plane/handlers/run/names";
import { at, listAt, objectAt, textAt } from "../control-plane/properties";

/** One service, read from its state. */
export interface RunService {
  /** `projects/P/locations/R/services/N`. */
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly region: string;
  readonly state: Properties;
  readonly template: Properties;
  /** The service's own URLs, which are its audiences, too. */
  readonly urls: readonly string[];
  /** Every host that leads to it, tags included. */
  readonly hosts: ReadonlySet<string>;
  /** E-mail address of the account that it runs as. */
  readonly account: string;
  readonly timeoutMs: number;
  /** False while no revision can serve, for example because a secret is missing. */
  readonly isReady: boolean;
}

/** Cloud Run's own. Source: https://cloud.google.com/run/docs/configuring/request-timeout */
const DEFAULT_TIMEOUT_MS = 300_000;

/** Whether a host is that of a project's functions, which are told apart by their paths. */
export function isFunctionHost(host: string): boolean {
  return host.endsWith(".cloudfunctions.net");
}

/** Whether a host is one of Cloud Run's, or of the functions on it. */
export function isServiceHost(host: string): boolean {
  return host.endsWith(".run.app") || isFunctionHost(host);
}

/** Finds services by host and by name. */
export class RunServices {
  readonly #views = new WeakMap<StoredResource, RunService>();
  #byHost = new Map<string, string>();
  #byFunction = new Map<string, string>();

  constructor(private readonly controlPlane: ControlPlane) {}

  all(): RunService[] {
    return this.controlPlane.list({ type: SERVICE }).map((resource) => this.#view(resource));
  }

  byId(id: string): RunService | undefined {
    const resource = this.controlPlane.get(SERVICE, id);
    return resource && this.#view(resource);
  }

  byName(name: string): RunService | undefined {
    return this.all().find((service) => service.name === name);
  }

  /** The service that a host name leads to. What was found before is checked against the state as it is now. */
  byHost(host: string): RunService | undefined {
    const known = this.byId(this.#byHost.get(host) ?? "");
    if (known?.hosts.has(host)) return known;
    this.#byHost = new Map(this.all().flatMap(({ id, hosts }) => [...hosts].map((one) => [one, id] as const)));
    return this.byId(this.#byHost.get(host) ?? "");
  }

  /**
   * The service under a function's own URL, `https://REGION-PROJECT.cloudfunctions.net/NAME`, and what it is asked for.
   * Source: https://cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions. Assumed: that what is
   * behind the name is the path that the service hears.
   */
  byFunctionUrl(host: string, target: string): { readonly service: RunService; readonly target: string } | undefined {
    const [, name = "", rest = ""] = /^\/([^/?#]+)(.*)$/.exec(target) ?? [];
    const url = `https://${host}/${name}`;
    let service = this.byId(this.#byFunction.get(url) ?? "");
    if (!service?.urls.includes(url)) {
      this.#byFunction = new Map(this.all().flatMap(({ id, urls }) => urls.map((one) => [one, id] as const)));
      service = this.byId(this.#byFunction.get(url) ?? "");
    }
    return service && { service, target: rest.startsWith("/") ? rest : `/${rest}` };
  }

  #view(resource: StoredResource): RunService {
    let view = this.#views.get(resource);
    if (!view) {
      view = read(resource);
      this.#views.set(resource, view);
    }
    return view;
  }
}

function read({ id, state }: StoredResource): RunService {
  const [, project = "", , region = "", , name = ""] = id.split("/");
  const urls = listAt(state, "urls").map(String);
  const tags = listAt(state, "trafficStatuses").flatMap((status) => textAt(status, "tag") ?? []);
  const origins = urls.filter((url) => !isFunctionHost(new URL(url).hostname)).map((url) => new URL(url).hostname);
  return {
    id,
    name,
    project,
    region,
    state,
    urls,
    hosts: new Set([...origins, ...tags.flatMap((tag) => origins.map((host) => `${tag}---${host}`))]),
    template: objectAt(state, "template"),
    account: textAt(state, "template", "serviceAccount") ?? "",
    timeoutMs: durationMs(at(state, "template", "timeout")) ?? DEFAULT_TIMEOUT_MS,
    isReady: textAt(state, "latestReadyRevision") !== undefined,
  };
}

/** Google's durations: `300s`, `0.5s`. */
function durationMs(value: unknown): number | undefined {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(String(value))?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
