import {
  createLog,
  type RunningService,
  runProcess,
  type ServiceWorld,
  startService,
  systemClock,
} from "../runtime/index";
import { migrateByEnvironment } from "./database/command";
import { openDatabase } from "./database/open";
import type { Database, Schema } from "./database/sql";
import { directoryOf } from "./directory/chosen";
import { readWebAppOptions } from "./options";
import type { Templates } from "./page/templates";
import { type SiteRoute, siteService } from "./site";

/** An app with rows of its own. */
export interface WebApp {
  /** Name in logs and in `/health`, e.g. `service-desk (TypeScript)`. */
  readonly name: string;
  readonly title: string;
  /** Where it is mounted unless `BASE_PATH` says otherwise. */
  readonly base: string;
  readonly schema: Schema;
  readonly templates: Templates;
  routes(database: Database): readonly SiteRoute[];
}

/**
 * Starts a web app: opens its database, and answers once that is known to keep rows apart.
 *
 * @throws ServiceError `options-invalid` with every problem, `database-unavailable`, `port-taken`
 */
export async function startWebApp(app: WebApp, world: ServiceWorld = {}): Promise<RunningService> {
  const { env = process.env, clock = systemClock } = world;
  const options = readWebAppOptions(env, { base: app.base, hasDatabase: true });
  const log = createLog({ clock, least: options.service.logSeverity, line: world.line });
  const database = await openDatabase(app.schema, options, { clock, log });
  try {
    const service = await startService(
      siteService({
        ...app,
        base: options.base,
        directory: directoryOf(options, database, clock),
        routes: app.routes(database),
      }),
      world,
    );
    return {
      port: service.port,
      async stop() {
        try {
          await service.stop();
        } finally {
          await database.close();
        }
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Runs a web app as a process; with the argument `migrate`, brings its database up to date instead. */
export function runWebApp(app: WebApp): Promise<void> {
  if (process.argv[2] !== "migrate") return runProcess(app.name, () => startWebApp(app));
  return runProcess(app.name, async () => {
    await migrateByEnvironment(app.schema, process.env);
    process.exit(0);
  });
}
