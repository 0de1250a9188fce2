/** A load balancer in the control plane's state, made by hand, and a browser before it. */
import type { ControlPlane, Properties } from "../../../sandbox/control-plane";
import type { ProxyAccess } from "../../../sandbox/data-plane";
import { TYPES } from "../../../sandbox/data-plane/load-balancer/resources";
import { NUMBER, PROJECT, REGION } from "../control-plane/cloud";
import { type Answer, type Asked, ask } from "./mesh";

export const HOST = "ailab.example";
export const SETTINGS = "gcp:iap/settings:Settings";
export const ACCESSOR = "gcp:iap/webBackendServiceIamMember:WebBackendServiceIamMember";
const ADDRESS = "203.0.113.80";

/** A backend service for a Cloud Run service, with Identity-Aware Proxy unless told otherwise. */
export function backend(controlPlane: ControlPlane, service: string, more: Properties = {}): void {
  const group = { name: `${service}-neg`, region: REGION, networkEndpointType: "SERVERLESS", cloudRun: { service } };
  controlPlane.seed(TYPES.endpointGroup, { project: PROJECT, ...group });
  const backends = [{ group: `projects/${PROJECT}/regions/${REGION}/networkEndpointGroups/${group.name}` }];
  const self = { name: `${service}-backend`, loadBalancingScheme: "EXTERNAL_MANAGED", iap: { enabled: true } };
  controlPlane.seed(TYPES.backendService, { project: PROJECT, ...self, backends, ...more });
}

/** What stands before the backends: address, rules for both ports, proxies, certificate map, and the URL maps. */
export function frontend(controlPlane: ControlPlane, routes: Readonly<Record<string, string>>): void {
  const seed = (type: string, inputs: Properties) => controlPlane.seed(type, { project: PROJECT, ...inputs });
  const link = (kind: string, name: string) =>
    `https://www.googleapis.com/compute/v1/projects/${PROJECT}/global/${kind}/${name}`;
  const service = (name: string) => link("backendServices", `${name}-backend`);
  const { "/": main = "", ...others } = routes;
  seed(TYPES.urlMap, {
    name: "entrance",
    defaultUrlRedirect: { hostRedirect: HOST, httpsRedirect: true, stripQuery: false },
    hostRules: [{ hosts: [HOST], pathMatcher: "routes" }],
    pathMatchers: [
      {
        name: "routes",
        defaultService: service(main),
        pathRules: Object.entries(others).map(([path, name]) => ({
          paths: [path, `${path}/*`],
          service: service(name),
        })),
      },
    ],
  });
  seed(TYPES.urlMap, { name: "to-https", defaultUrlRedirect: { httpsRedirect: true, stripQuery: false } });
  const map = `projects/${PROJECT}/locations/global/certificateMaps/entrance`;
  seed(TYPES.certificateMap, { name: "entrance" });
  for (const hostname of [HOST, `www.${HOST}`]) {
    seed(TYPES.certificateMapEntry, {
      name: hostname.replace(/\./g, "-"),
      map: "entrance",
      hostname,
      certificates: [],
    });
  }
  seed(TYPES.httpsProxy, {
    ...{ name: "https", urlMap: link("urlMaps", "entrance") },
    certificateMap: `//certificatemanager.googleapis.com/${map}`,
  });
  seed(TYPES.httpProxy, { name: "http", urlMap: link("urlMaps", "to-https") });
  const rule = { loadBalancingScheme: "EXTERNAL_MANAGED", ipAddress: ADDRESS };
  seed(TYPES.forwardingRule, { ...rule, name: "https", portRange: "443", target: link("targetHttpsProxies", "https") });
  seed(TYPES.forwardingRule, { ...rule, name: "http", portRange: "80-80", target: link("targetHttpProxies", "http") });
}

export function accessor(controlPlane: ControlPlane, service: string, member: string, more: Properties = {}): void {
  const role = "roles/iap.httpsResourceAccessor";
  controlPlane.seed(ACCESSOR, { project: PROJECT, webBackendService: `${service}-backend`, role, member, ...more });
}

export function settings(controlPlane: ControlPlane, under: string, more: Properties): void {
  controlPlane.seed(SETTINGS, { name: `projects/${NUMBER}/${under}`, ...more });
}

/** Follows redirects and keeps cookies by host, as a browser does; a `Secure` cookie of a host goes back to that host. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  constructor(private readonly access: ProxyAccess) {}

  /** One request. */
  async once(target: string, asked: Asked = {}): Promise<Answer> {
    const { hostname } = new URL(target);
    const jar = this.jar(hostname);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await ask(this.access, target, {
      ...asked,
      headers: { ...(cookie && { Cookie: cookie }), ...asked.headers },
    });
    for (const line of answer.headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/expires=Thu, 01 Jan 1970/.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }

  /** Follows redirects, and tells where it got to. */
  async open(target: string): Promise<Answer & { readonly at: string; readonly through: readonly string[] }> {
    const through: string[] = [];
    for (let at = target; ; ) {
      const answer = await this.once(at);
      const { location } = answer.headers;
      if (answer.code < 300 || answer.code > 399 || location === undefined) return { ...answer, at, through };
      at = new URL(location, at).href;
      through.push(at);
      if (through.length > 10) throw new Error(`redirected too often: ${through.join("\n")}`);
    }
  }

  jar(host: string): Map<string, string> {
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, jar);
    return jar;
  }
}
