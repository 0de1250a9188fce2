import type { z } from "zod";
import type { Sql } from "../web-app/database/sql";
import { nothing } from "../web-app/forms";
import type { Asset, Finding, moved, newAsset, newFinding, settled } from "./schema";

/** No statement here says whose rows it is about: the policies of the database do. */
const ASSETS = `select a.id, a.holder, a.holder_name, a.team, team.name as team_name, a.code, a.name, a.kind, a.place,
    (select count(*)::int from app.finding f where f.asset = a.id and f.state = 'open') as open, a.changed_at
  from app.asset a left join web.team team on team.group_id = a.team`;

/** At most 200, those with open findings first. */
export function listAssets(sql: Sql): Promise<readonly Asset[]> {
  return sql.query(`${ASSETS} order by open desc, a.code, a.id limit 200`);
}

/** Assets with a code; it is not unique. */
export function scan(sql: Sql, code: string): Promise<readonly Asset[]> {
  return sql.query(`${ASSETS} where a.code = $1 order by a.id limit 200`, [code]);
}

/** @throws ServiceError `not-found` */
export async function assetWith(
  sql: Sql,
  id: string,
): Promise<{ readonly asset: Asset; readonly findings: readonly Finding[] }> {
  const [asset] = await sql.query<Asset>(`${ASSETS} where a.id = $1`, [id]);
  if (!asset) throw nothing();
  const findings = await sql.query<Finding>(
    `select id, finder, finder_name, what, severity, state, created_at from app.finding where asset = $1
     order by state <> 'open', created_at desc, id`,
    [id],
  );
  return { asset, findings };
}

/** @returns the new asset's id */
export async function recordAsset(
  sql: Sql,
  { code, name, kind, place, team }: z.output<typeof newAsset>,
): Promise<string> {
  const [made] = await sql.query<{ id: string }>(
    "insert into app.asset (code, name, kind, place, team) values ($1, $2, $3, $4, $5) returning id",
    [code, name, kind, place, team],
  );
  return made!.id;
}

/** @throws ServiceError `not-found` */
export async function moveAsset(sql: Sql, id: string, { place }: z.output<typeof moved>): Promise<void> {
  const changed = await sql.query("update app.asset set place = $2 where id = $1 returning id", [id, place]);
  if (changed.length === 0) throw nothing();
}

/** @throws ServiceError `not-found` where no such asset is seen */
export async function reportFinding(
  sql: Sql,
  id: string,
  { what, severity }: z.output<typeof newFinding>,
): Promise<void> {
  const { asset } = await assetWith(sql, id);
  await sql.query("insert into app.finding (asset, what, severity) values ($1, $2, $3)", [asset.id, what, severity]);
}

/** @returns id of the finding's asset. @throws ServiceError `not-found` */
export async function settleFinding(sql: Sql, id: string, { state }: z.output<typeof settled>): Promise<string> {
  const [changed] = await sql.query<{ asset: string }>(
    "update app.finding set state = $2 where id = $1 returning asset",
    [id, state],
  );
  if (!changed) throw nothing();
  return changed.asset;
}

/** Only its holder can. @throws ServiceError `not-found` */
export async function retireAsset(sql: Sql, id: string): Promise<void> {
  const gone = await sql.query("delete from app.asset where id = $1 returning id", [id]);
  if (gone.length === 0) throw nothing();
}
