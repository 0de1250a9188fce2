import type { z } from "zod";
import type { Sql } from "../web-app/database/sql";
import { nothing } from "../web-app/forms";
import type { Comment, change, newComment, newTicket, Ticket } from "./schema";

/** No statement here says whose rows it is about: the policies of the database do. */
const COLUMNS = `t.id, t.requester, t.requester_name, t.team, team.name as team_name, t.title, t.body, t.priority,
  t.status, t.created_at, t.changed_at`;
const FROM = "from app.ticket t join web.team team on team.group_id = t.team";

/** At most 200, the newest first. */
export function listTickets(sql: Sql, status?: string): Promise<readonly Ticket[]> {
  const where = status === undefined ? "" : "where t.status = $1";
  return sql.query(
    `select ${COLUMNS} ${FROM} ${where} order by t.created_at desc, t.id limit 200`,
    status === undefined ? [] : [status],
  );
}

/** @throws ServiceError `not-found` */
export async function ticketWith(
  sql: Sql,
  id: string,
): Promise<{ readonly ticket: Ticket; readonly comments: readonly Comment[] }> {
  const [ticket] = await sql.query<Ticket>(`select ${COLUMNS} ${FROM} where t.id = $1`, [id]);
  if (!ticket) throw nothing();
  const comments = await sql.query<Comment>(
    "select id, author, author_name, body, internal, created_at from app.comment where ticket = $1 order by created_at, id",
    [id],
  );
  return { ticket, comments };
}

/** @returns the new ticket's id; undefined where there is no such team */
export async function openTicket(
  sql: Sql,
  { team, title, body, priority }: z.output<typeof newTicket>,
): Promise<string | undefined> {
  const [made] = await sql.query<{ id: string }>(
    `insert into app.ticket (team, title, body, priority)
     select group_id, $2, $3, $4 from web.team where group_id = $1 returning id`,
    [team, title, body, priority],
  );
  return made?.id;
}

/** @throws ServiceError `not-found` */
export async function changeTicket(sql: Sql, id: string, { status, priority }: z.output<typeof change>): Promise<void> {
  const changed = await sql.query("update app.ticket set status = $2, priority = $3 where id = $1 returning id", [
    id,
    status,
    priority,
  ]);
  if (changed.length === 0) throw nothing();
}

/** @throws ServiceError `not-found` where no such ticket is seen */
export async function comment(sql: Sql, id: string, { body, internal }: z.output<typeof newComment>): Promise<void> {
  const { ticket } = await ticketWith(sql, id);
  await sql.query("insert into app.comment (ticket, body, internal) values ($1, $2, $3)", [
    ticket.id,
    body,
    internal !== undefined,
  ]);
}

/** Only whoever asked can. @throws ServiceError `not-found` */
export async function withdrawTicket(sql: Sql, id: string): Promise<void> {
  const gone = await sql.query("delete from app.ticket where id = $1 returning id", [id]);
  if (gone.length === 0) throw nothing();
}
