import { normalPath, type Written } from "../load-balancer";
import { didYouMean, type Finding } from "../problems";
import type { ServiceSpec } from "../spec/spec";
import { anywhere } from "./mesh";
import { checkAccessors, checkOauthClient, checkWorkforcePool } from "./workforce";

/** Checks of the load balancer and of the services that it leads to. */

export interface Behind {
  readonly services: Readonly<Record<string, ServiceSpec>>;
  /** Keys of the services written in the config, sound or not. */
  readonly keys: ReadonlySet<string>;
  /** Paths of all that is written and runs, sound or not: `jobs.nightly`. */
  readonly written: readonly string[];
}

const AT = "loadBalancer";

export function checkLoadBalancer(written: Written | undefined, around: Behind): Finding[] {
  if (written === undefined) return [];
  return [
    ...checkDomains(written),
    ...checkZone(written),
    ...checkRoutes(written, around),
    ...checkIap(written),
    ...checkProtection(written),
    ...Object.values(around.services).flatMap(checkRouted),
  ];
}

/** Source: RFC 1123, section 2.1 */
const HOST = /^(?=.{1,253}$)([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z]([-a-z0-9]{0,61}[a-z0-9])$/i;

/** Google's and Microsoft's own hosts, where people sign in among them. */
const NOT_YOURS =
  /(^|\.)(run\.app|localhost|google|google\.com|googleapis\.com|gstatic\.com|microsoft\.com|microsoftonline\.com)$/i;

function checkDomains({ domains = [] }: Written): Finding[] {
  const seen = new Set<string>();
  return domains.flatMap((domain, i) => {
    const path = `${AT}.domains[${i}]`;
    const isTwice = seen.has(domain.toLowerCase());
    seen.add(domain.toLowerCase());
    if (isTwice) return [{ path, message: `"${domain}" is listed twice; remove one entry` }];
    if (HOST.test(domain) && !NOT_YOURS.test(domain)) return [];
    const ascii = asciiHost(domain);
    const fix = ascii === undefined ? 'write a host name of your own, e.g. "apps.acme.example"' : `write "${ascii}"`;
    return [{ path, message: `"${domain}" is not a domain that a certificate can be made for; ${fix}` }];
  });
}

/** How a domain is spelt in the DNS, where it is written with other letters or as a URL. */
function asciiHost(domain: string): string | undefined {
  const text = domain.includes("://") ? domain : `https://${domain}`;
  const host = URL.canParse(text) ? new URL(text).hostname : "";
  return host !== domain && HOST.test(host) ? host : undefined;
}

function checkZone({ dnsZone }: Written): Finding[] {
  if (dnsZone === undefined || /^(projects\/[a-z][-a-z0-9.:]*\/managedZones\/)?[a-z][-a-z0-9]{0,62}$/.test(dnsZone))
    return [];
  const message = `"${dnsZone}" is not a Cloud DNS zone; write its name, e.g. "ailab-example", or "projects/PROJECT/managedZones/ZONE"`;
  return [{ path: `${AT}.dnsZone`, message }];
}

/** Segments of letters that need no percent encoding, without `.` and `..`. Source: RFC 3986, section 3.3 */
const PATH = /^\/$|^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~!$&'()+,;=:@-]+)+\/?$/;
/** Paths that Identity-Aware Proxy answers itself. Source: https://cloud.google.com/iap/docs/sessions-howto */
const RESERVED = /^\/_gcp_(iap|gatekeeper)(\/|$)/;

function checkRoutes({ routes = {} }: Written, { keys, written }: Behind): Finding[] {
  const at = `${AT}.routes`;
  const problems: Finding[] = [];
  const owners = new Map<string, string>();
  for (const [path, service] of Object.entries(routes)) {
    const add = (message: string, restsOn: readonly string[] = []) =>
      problems.push({ path: `${at}.${path}`, message, restsOn: [`${at}.${path}`, ...restsOn] });
    const owner = owners.get(normalPath(path));
    owners.set(normalPath(path), owner ?? path);
    if (!PATH.test(path)) {
      add(`"${path}" is not a path; write whole segments, e.g. "/service-desk", which takes all below it too`);
    } else if (RESERVED.test(path)) add(`"${path}" is answered by Identity-Aware Proxy itself; choose another path`);
    else if (owner !== undefined) add(`"${path}" and "${owner}" are one route; remove one of them`);
    if (keys.has(service)) continue;
    const other = written.find((one) => one.split(".")[1] === service);
    if (other !== undefined) add(`"${service}" is ${other}; a route leads to a service`);
    else add(`unknown service "${service}"${didYouMean(service, keys)}`, anywhere(service));
  }
  if (!owners.has("/")) {
    const message = 'has no "/", so nothing answers what no other route takes; add { "/": SERVICE }';
    problems.push({ path: at, message });
  }
  return problems;
}

function checkIap({ routes = {}, iap = {} }: Written): Finding[] {
  const at = `${AT}.iap`;
  const { workforcePool, oauthClient, access = [], routes: own = {} } = iap;
  const signIn = { pool: workforcePool, instead: 'let it call the service itself: list it in "access" of that' };
  const problems: Finding[] = [
    ...checkWorkforcePool(workforcePool, `${at}.workforcePool`),
    ...checkOauthClient(oauthClient, workforcePool, at),
    ...checkAccessors(access, at, signIn),
  ];
  const paths = Object.keys(routes);
  const routeOf = new Map(paths.toReversed().map((path) => [normalPath(path), path]));
  const pathsTo = new Map<string, string[]>();
  for (const path of paths) pathsTo.set(routes[path]!, [...(pathsTo.get(routes[path]!) ?? []), path]);
  const opened = new Set<string>();
  for (const [path, list] of Object.entries(own)) {
    problems.push(...checkAccessors(list, at, signIn, `routes.${path}`));
    const route = routeOf.get(normalPath(path));
    if (route === undefined) {
      const message = `"${path}" is no route${didYouMean(path, paths)}`;
      problems.push({ path: `${at}.routes.${path}`, message, restsOn: [`${at}.routes.${path}`, `${AT}.routes`] });
      continue;
    }
    opened.add(routes[route]!);
    const other = pathsTo.get(routes[route]!)?.find((one) => one !== route);
    if (other === undefined) continue;
    const message = `"${other}" leads to "${routes[route]}" as well, and who comes through is decided for a service; open it for both in "${at}.access", or give the route a service of its own`;
    problems.push({
      path: `${at}.routes.${path}`,
      message,
      restsOn: [`${at}.routes.${path}`, `${AT}.routes.${other}`],
    });
  }
  if (access.length > 0) return problems;
  for (const path of paths.filter((one) => !opened.has(routes[one]!))) {
    const message = `nobody comes through to "${path}"; name who does in "${at}.access" or in "${at}.routes"`;
    problems.push({
      path: `${AT}.routes.${path}`,
      message,
      restsOn: [`${AT}.routes.${path}`, `${at}.access`, `${at}.routes`],
    });
  }
  return problems;
}

function checkProtection({ protection = {} }: Written): Finding[] {
  const { off, ...rest } = protection;
  const [set] = Object.keys(rest);
  if (off === undefined || set === undefined) return [];
  const path = `${AT}.protection.off`;
  return [{ path, message: `excludes "${set}"; keep one of the two`, restsOn: [`${AT}.protection`] }];
}

/** A service that the load balancer leads to has no other way in from the internet. */
function checkRouted({ key, ingress, iap, routed, access }: ServiceSpec): Finding[] {
  if (!routed) return [];
  const at = `services.${key}`;
  const [path] = routed.paths;
  const route = `${AT}.routes.${path}`;
  const problems: Finding[] = [];
  if (ingress !== "load-balancer") {
    const why =
      ingress === "internal"
        ? "is internal, where the load balancer reaches nothing"
        : "opens its run.app URL beside it";
    const message = `${why}, and the route "${path}" leads to it; set "load-balancer", or leave it out`;
    problems.push({ path: `${at}.ingress`, message, restsOn: [`${at}.ingress`, route] });
  }
  if (iap) {
    const message = `stands before the service and on the route "${path}", and Google Cloud allows one of the two; keep "${AT}.iap", or take the route away`;
    problems.push({ path: `${at}.iap`, message, restsOn: [route] });
  }
  access.forEach(({ member, through }, i) => {
    if (through === "vpc" || /^serviceAccount:/i.test(member) || member.includes("/workloadIdentityPools/")) return;
    const message = `"${member}" comes through the load balancer alone; move the entry to "${AT}.iap.access" or "${AT}.iap.routes"`;
    problems.push({ path: `${at}.access[${i}]`, message, restsOn: [`${at}.access[${i}]`, route] });
  });
  return problems;
}
