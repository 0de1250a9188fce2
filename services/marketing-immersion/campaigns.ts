import type { z } from "zod";
import type { Sql } from "../web-app/database/sql";
import { nothing } from "../web-app/forms";
import type { Campaign, change, Experience, newCampaign, newExperience } from "./schema";

/** No statement here says whose rows it is about: the policies of the database do. */
const CAMPAIGNS = `select c.id, c.planner, c.planner_name, c.team, team.name as team_name, c.title, c.brief, c.stage,
    c.starts_on::text as starts_on, (select count(*)::int from app.experience e where e.campaign = c.id) as experiences
  from app.campaign c left join web.team team on team.group_id = c.team`;

/** At most 200, what starts first at the top. */
export function listCampaigns(sql: Sql, stage?: string): Promise<readonly Campaign[]> {
  const order = "order by c.starts_on nulls last, c.created_at desc, c.id limit 200";
  return stage === undefined
    ? sql.query(`${CAMPAIGNS} ${order}`)
    : sql.query(`${CAMPAIGNS} where c.stage = $1 ${order}`, [stage]);
}

/** @throws ServiceError `not-found` */
export async function campaignWith(
  sql: Sql,
  id: string,
): Promise<{ readonly campaign: Campaign; readonly experiences: readonly Experience[] }> {
  const [campaign] = await sql.query<Campaign>(`${CAMPAIGNS} where c.id = $1`, [id]);
  if (!campaign) throw nothing();
  const experiences = await sql.query<Experience>(
    "select id, author, author_name, title, kind from app.experience where campaign = $1 order by created_at, id",
    [id],
  );
  return { campaign, experiences };
}

/** @returns the new campaign's id */
export async function planCampaign(
  sql: Sql,
  { title, brief, team, starts_on }: z.output<typeof newCampaign>,
): Promise<string> {
  const [made] = await sql.query<{ id: string }>(
    "insert into app.campaign (title, brief, team, starts_on) values ($1, $2, $3, $4) returning id",
    [title, brief, team, starts_on],
  );
  return made!.id;
}

/** @throws ServiceError `not-found` */
export async function changeCampaign(
  sql: Sql,
  id: string,
  { title, brief, stage, starts_on }: z.output<typeof change>,
): Promise<void> {
  const changed = await sql.query(
    "update app.campaign set title = $2, brief = $3, stage = $4, starts_on = $5 where id = $1 returning id",
    [id, title, brief, stage, starts_on],
  );
  if (changed.length === 0) throw nothing();
}

/** @throws ServiceError `not-found` where no such campaign is seen */
export async function addExperience(
  sql: Sql,
  id: string,
  { title, kind }: z.output<typeof newExperience>,
): Promise<void> {
  const { campaign } = await campaignWith(sql, id);
  await sql.query("insert into app.experience (campaign, title, kind) values ($1, $2, $3)", [campaign.id, title, kind]);
}

/** Only its planner can. @throws ServiceError `not-found` */
export async function dropCampaign(sql: Sql, id: string): Promise<void> {
  const gone = await sql.query("delete from app.campaign where id = $1 returning id", [id]);
  if (gone.length === 0) throw nothing();
}
