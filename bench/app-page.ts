/** What row-level security costs: a page of an app with it, beside the same page whose statements filter for themselves. */
import { Agent, request } from "undici";
import { type RunningService, startService, systemClock } from "../services/runtime/index";
import { serviceDesk } from "../services/service-desk/app";
import { startWebApp } from "../services/web-app/app";
import { noDirectory } from "../services/web-app/directory/directory";
import { siteService } from "../services/web-app/site";
import { asSuperuser, type Prepared, prepared } from "../tests/services/web-app/attacks/world";
import { CAROL, identified, world } from "../tests/services/web-app/support";
import { type Cluster, postgresPrograms, startCluster } from "../tests/support/postgres";
import { filteringDatabase } from "./app-page/filtering-database";
import { type Contender, type Figures, measure } from "./measure";

const PAGES = 200;
const ROWS = 10_000;

/** Of 400 people with 40 teams. A ticket in 500 is the person's own: 20, as many as the page shows. */
const TICKETS = `insert into web.team (group_id, name) select 'team ' || n, 'Team ' || n from generate_series(0, 39) n;
  insert into app.ticket (requester, requester_name, team, title, body, priority)
  select case when n % 500 = 0 then '${CAROL}' else 'somebody ' || n % 400 end, 'name', 'team ' || n % 40,
    'Ticket ' || n, 'body', 'normal' from generate_series(1, ${ROWS}) n; analyze`;

export async function appPageBench(rounds: number, tell: (line: string) => void): Promise<Figures> {
  if (postgresPrograms() === undefined) {
    return {
      measured: [],
      verdicts: [],
      notRun: ["a page of an app (missing: PostgreSQL; Debian: apt-get install postgresql)"],
    };
  }
  const cluster = await startCluster();
  const services: RunningService[] = [];
  const agent = new Agent();
  try {
    const filtered = await made(cluster, "with_policies");
    services.push(await withPolicies(cluster, filtered));
    const plain = await made(cluster, "without_policies");
    await asSuperuser(cluster, plain.database, "alter table app.ticket disable row level security");
    services.push(await withoutPolicies(cluster, plain));
    // A load balancer with Identity-Aware Proxy in front of the first is one more contender.
    const names = ["a page by assertion and row-level security", "the same page, filtered by its statements"];
    const contenders = services.map((service, at) => pages(names[at]!, service, agent));
    const measured = await measure(contenders, rounds, (line) => tell(`a page of an app, ${line}`));
    const [ours, theirs] = measured.map(({ median }) => median / PAGES) as [number, number];
    const ms = (value: number) => `${value.toFixed(2)} ms`;
    return {
      measured: measured.map((one) => ({ ...one, name: `${PAGES} times ${one.name}` })),
      verdicts: [
        {
          promise: "row-level security adds less than 3 ms to a page",
          measured: `${ms(ours - theirs)}: ${ms(ours)} instead of ${ms(theirs)}`,
          kept: ours - theirs < 3,
        },
      ],
    };
  } finally {
    await agent.close();
    for (const service of services) await service.stop();
    await cluster.stop();
  }
}

async function made(cluster: Cluster, database: string): Promise<Prepared> {
  const made = await prepared(cluster, database, serviceDesk.schema);
  await asSuperuser(cluster, database, TICKETS);
  return made;
}

function withPolicies(cluster: Cluster, { appRole, database, key }: Prepared): Promise<RunningService> {
  const env = { DATABASE_URL: cluster.url(appRole, database), IDENTITY_KEY: key.toString("hex"), DIRECTORY: "none" };
  return startWebApp(serviceDesk, world(env));
}

/** As apps do without policies: the same statements with a condition more, and no transaction around a single one. */
async function withoutPolicies(cluster: Cluster, { appRole, database }: Prepared): Promise<RunningService> {
  const filtering = filteringDatabase(cluster.url(appRole, database));
  const site = siteService({ ...serviceDesk, directory: noDirectory, routes: serviceDesk.routes(filtering) });
  const service = await startService(site, { ...world({}), clock: systemClock });
  return {
    port: service.port,
    async stop() {
      await service.stop();
      await filtering.close();
    },
  };
}

/** One after the other on one connection, so that what is measured is how long somebody waits. */
function pages(name: string, { port }: RunningService, dispatcher: Agent): Contender {
  const headers = identified(CAROL);
  return {
    name,
    async run() {
      for (let page = 0; page < PAGES; page++) {
        const { statusCode, body } = await request(`http://127.0.0.1:${port}/service-desk`, { dispatcher, headers });
        const text = await body.text();
        const shown = text.match(/<th scope="row">/g)?.length;
        if (statusCode !== 200 || shown !== 20)
          throw new Error(`${name}: answered ${statusCode} with ${shown} tickets`);
      }
    },
  };
}
