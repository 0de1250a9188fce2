import { z } from "zod";
import type { ServiceDefinition } from "../runtime/index";
import type { Directory } from "../web-app/directory/directory";
import { siteService } from "../web-app/site";
import { nextPath } from "./next-path";
import HOME from "./pages/home.eta";
import ME from "./pages/me.eta";

/** An app that the portal links to. */
export interface Tile {
  readonly title: string;
  readonly path: string;
  readonly about: string;
}

export const TILES: readonly Tile[] = [
  { title: "Service desk", path: "/service-desk", about: "Ask a team for help, and follow what becomes of it." },
  { title: "Marketing immersion", path: "/marketing-immersion", about: "Plan campaigns that people walk through." },
  { title: "Asset scanning", path: "/asset-scanning", about: "Scan a label, and see what was found on the device." },
];

/** Form of `APPS`. */
export const tiles = z.array(
  z.strictObject({ title: z.string().min(1), path: z.string().regex(/^\/[A-Za-z0-9._~/-]*$/), about: z.string() }),
);

/**
 * Clears all cookies of Identity-Aware Proxy, which then sends the browser to the page itself, and so to the sign-in.
 * Source: https://cloud.google.com/iap/docs/query-parameters-and-headers-howto
 */
const SIGN_OUT = "?gcp-iap-mode=CLEAR_LOGIN_COOKIE";

/** The entrance: what there is, who one is, signing in and out. It keeps nothing. */
export function portal(directory: Directory, apps: readonly Tile[] = TILES): ServiceDefinition<never> {
  return siteService({
    name: "portal (TypeScript)",
    title: "Portal",
    base: "",
    directory,
    templates: { home: HOME, me: ME },
    routes: [
      { method: "GET", path: "", handler: (_, { page }) => page("home", { title: "Apps", apps }) },
      {
        method: "GET",
        path: "/me",
        handler: ({ identity, viewer }, { page }) => page("me", { title: "Who am I?", identity, viewer }),
      },
      {
        // Nobody reaches this without a session: IAP has signed the person in on the way here.
        method: "GET",
        path: "/login",
        handler: ({ query }, { redirect }) => redirect(nextPath(query.get("next"))),
      },
      { method: "GET", path: "/logout", handler: (_, { redirect }) => redirect(`/${SIGN_OUT}`) },
    ],
  });
}
