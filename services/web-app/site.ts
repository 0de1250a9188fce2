import {
  type Answer,
  createIapVerifier,
  type IapRequest,
  type Route,
  requireIapIdentity,
  type ServiceDefinition,
} from "../runtime/index";
import type { Viewer } from "./database/sql";
import type { Directory } from "./directory/directory";
import { fileHeaders, PAGE_HEADERS } from "./page/headers";
import ICON from "./page/icon.svg";
import SCRIPT from "./page/page.browser.js";
import STYLE from "./page/page.css";
import { requireSameOrigin } from "./page/same-origin";
import { renderer, type Templates } from "./page/templates";

/** A request of somebody whom Identity-Aware Proxy vouches for. */
export interface SiteRequest extends IapRequest {
  readonly viewer: Viewer;
}

export interface SiteRoute {
  readonly method: "GET" | "POST";
  /** Below the app's base path; "" is the base path itself. */
  readonly path: string;
  readonly handler: (request: SiteRequest, pages: Pages) => Answer | Promise<Answer>;
}

export interface PageData {
  readonly title: string;
  readonly problems?: readonly unknown[];
  readonly [name: string]: unknown;
}

export interface Pages {
  /** A page of one of the app's templates; with problems of what was sent, it answers 400. */
  page(name: string, data: PageData): Answer;
  /** Sends the browser elsewhere in the app, with GET. */
  redirect(path: string): Answer;
}

export interface Site {
  /** Name that the service gives itself, e.g. `service-desk (TypeScript)`. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  /** Path under which it is mounted, e.g. `/service-desk`; "" at the root. */
  readonly base: string;
  readonly templates: Templates;
  readonly directory: Directory;
  readonly routes: readonly SiteRoute[];
}

/** Pages for people behind Identity-Aware Proxy, mounted under a path, with errors that people can read. */
export function siteService({ name, title, base, templates, directory, routes }: Site): ServiceDefinition<never> {
  const render = renderer(templates, { app: title, base, who: undefined, details: [] });
  const show = (template: string, data: Record<string, unknown>, status = 200): Answer => ({
    status,
    body: render(template, data),
    headers: PAGE_HEADERS,
  });
  const pagesOf = (viewer: Viewer): Pages => ({
    page: (template, data) => show(template, { who: viewer.name, viewer, ...data }, data.problems?.length ? 400 : 200),
    redirect: (path) => ({ status: 303, headers: { ...PAGE_HEADERS, location: base + path || "/" } }),
  });
  return {
    name,
    calls: [],
    routes(tools) {
      const verify = createIapVerifier({ ...tools, audiences: tools.options.iapAudiences, requireEmail: false });
      const identified = requireIapIdentity(verify);
      return [
        file(`${base}/page.css`, "text/css; charset=utf-8", STYLE),
        file(`${base}/page.js`, "text/javascript; charset=utf-8", SCRIPT),
        file(`${base}/icon.svg`, "image/svg+xml", ICON),
        ...routes.flatMap(withSlash(base)).map(({ method, path, handler }) => ({
          method,
          path,
          handler: identified(async (request) => {
            if (method !== "GET") requireSameOrigin(request.headers);
            const { identity } = request;
            const groups = await directory.groupsOf(identity);
            const viewer = { principal: identity.principal, name: nameOf(identity), groups };
            return handler({ ...request, viewer }, pagesOf(viewer));
          }),
        })),
      ];
    },
    errorAnswer({ code, status, message, details }, headers) {
      if (!headers.accept?.includes("text/html")) return undefined;
      return show("error", { title: TITLES[status] ?? "Something went wrong", message, details, code });
    },
  };
}

/** The path of the app itself is right with a slash at its end as well. */
function withSlash(base: string): (route: SiteRoute) => SiteRoute[] {
  return (route) => {
    const path = base + route.path;
    if (path === "") return [{ ...route, path: "/" }];
    return route.path === ""
      ? [
          { ...route, path },
          { ...route, path: `${path}/` },
        ]
      : [{ ...route, path }];
  };
}

const TITLES: Readonly<Record<number, string>> = {
  400: "This cannot be read",
  401: "You are not signed in",
  403: "This is not open to you",
  404: "There is nothing here",
  405: "This cannot be done here",
  409: "This has changed meanwhile",
  413: "This is too long",
  503: "This does not answer at the moment",
};

/** What others read of a person: the address, else what the directory knows the person by. */
function nameOf({ email, principal }: IapRequest["identity"]): string {
  return email ?? principal.slice(principal.lastIndexOf("/") + 1);
}

function file(path: string, type: string, body: string): Route {
  const answer: Answer = { body, headers: fileHeaders(type) };
  return { method: "GET", path, handler: () => answer };
}
