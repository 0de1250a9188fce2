import { join } from "node:path";
import type { ServiceWorld } from "../../../services/runtime/index";
import { startWebApp, type WebApp } from "../../../services/web-app/app";
import { migrateByEnvironment } from "../../../services/web-app/database/command";
import type { Cluster } from "../../support/postgres";
import { AUDIENCE, assertion, keySet, workforce } from "../iap/support";
import { http } from "../support";
import { ALICE, BLUE, BOB, MALLORY, RED } from "./attacks/target";

export const RED_NAME = "Red team";
export const BLUE_NAME = "Blue team";

/** Carol is in the red team, Bob in the blue one; Alice and Mallory are in none. */
export const CAROL = ALICE.replace("alice", "carol");
const TEAMS = JSON.stringify({
  [RED]: { name: RED_NAME, members: [CAROL] },
  [BLUE]: { name: BLUE_NAME, members: [BOB] },
});
export const NAMES = { [ALICE]: "alice", [BOB]: "bob", [CAROL]: "carol", [MALLORY]: "mallory" };

/** What Identity-Aware Proxy adds to a request of somebody. */
export function identified(principal: string): Record<string, string> {
  const iat = Math.floor(Date.now() / 1000) - 1;
  const identity = { iam_principal: principal, workforce_pool_name: "locations/global/workforcePools/acme-staff" };
  return {
    "x-goog-iap-jwt-assertion": assertion({ ...workforce, iat, exp: iat + 600, workforce_identity: identity }),
  };
}

export const SERVICE = { PORT: "0", BIND_ADDRESS: "127.0.0.1", IAP_AUDIENCE: AUDIENCE };

export function world(env: Record<string, string>, log: string[] = []): ServiceWorld {
  return { env: { ...SERVICE, ...env }, loadIapKeys: async () => keySet, line: (line) => log.push(line) };
}

/** An app on PostgreSQL, made and migrated as its README says. */
export async function startOnPostgres(
  app: WebApp,
  cluster: Cluster,
  database: string,
  env: Record<string, string> = {},
) {
  const roles = { database, owner: `${database}_owner`, app: `${database}_app` };
  cluster.psql(join(__dirname, "../../../services/web-app/database/roles.sql"), roles);
  const shared = {
    DATABASE_URL: cluster.url(roles.app, database),
    IDENTITY_KEY: "07".repeat(32),
    TEAMS,
    MIGRATION_DATABASE_URL: cluster.url(roles.owner, database),
  };
  await migrateByEnvironment(app.schema, shared, () => {});
  const log: string[] = [];
  const service = await startWebApp(app, world({ ...shared, ...env }, log));
  return { url: `http://127.0.0.1:${service.port}`, log, stop: () => service.stop() };
}

/** Somebody at a browser without scripts. */
export function visitor(url: string, principal: string) {
  const as = () => ({ ...identified(principal), accept: "text/html" });
  return {
    get: (path: string) => http(url + path, { headers: as() }),
    send: (
      path: string,
      fields: Record<string, string>,
      headers: Record<string, string> = { "sec-fetch-site": "same-origin" },
    ) =>
      http(url + path, {
        method: "POST",
        headers: { ...as(), "content-type": "application/x-www-form-urlencoded", ...headers },
        body: new URLSearchParams(fields).toString(),
      }),
  };
}
