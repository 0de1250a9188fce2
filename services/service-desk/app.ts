import type { WebApp } from "../web-app/app";
import type { Sql } from "../web-app/database/sql";
import { type Again, idIn, sent } from "../web-app/forms";
import type { Pages, SiteRequest } from "../web-app/site";
import { teams } from "../web-app/teams";
import { schema } from "./database/schema";
import LIST from "./pages/list.eta";
import NEW from "./pages/new.eta";
import TICKET from "./pages/ticket.eta";
import { change, newComment, newTicket, PRIORITIES, STATUSES } from "./schema";
import { changeTicket, comment, listTickets, openTicket, ticketWith, withdrawTicket } from "./tickets";

const NO_TEAM = { path: "team", message: "there is no such team" };

/** Tickets that people open with a team; whoever asked and the team see them. */
export const serviceDesk: WebApp = {
  name: "service-desk (TypeScript)",
  title: "Service desk",
  base: "/service-desk",
  schema,
  templates: { list: LIST, new: NEW, ticket: TICKET },
  routes(database) {
    const read = <T>(request: SiteRequest, work: (sql: Sql) => Promise<T>) =>
      database.as(request.viewer, work, { readOnly: true });
    const form = async (request: SiteRequest, { page }: Pages, { written, problems = [] }: Again = {}) => {
      const data = { title: "New ticket", teams: await read(request, teams), priorities: PRIORITIES, problems };
      return page("new", { ...data, written: { priority: "normal", ...written } });
    };
    const shown = async (request: SiteRequest, { page }: Pages, { written = {}, problems = [] }: Again = {}) => {
      const { ticket, comments } = await read(request, (sql) => ticketWith(sql, idIn(request.params)));
      const { principal, groups } = request.viewer;
      const data = {
        ...{ title: ticket.title, ticket, comments, statuses: STATUSES, priorities: PRIORITIES, problems, written },
        ...{ isOwn: ticket.requester === principal, isTeam: groups.includes(ticket.team) },
      };
      return page("ticket", data);
    };
    return [
      {
        method: "GET",
        path: "",
        async handler(request, { page }) {
          const status = STATUSES.find((one) => one === request.query.get("status"));
          const tickets = await read(request, (sql) => listTickets(sql, status));
          return page("list", { title: "Tickets", tickets, statuses: STATUSES, status });
        },
      },
      { method: "GET", path: "/tickets/new", handler: (request, pages) => form(request, pages) },
      {
        method: "POST",
        path: "/tickets",
        async handler(request, pages) {
          const { value, written, problems } = sent(await request.form(), newTicket);
          if (problems) return form(request, pages, { written, problems });
          const id = await database.as(request.viewer, (sql) => openTicket(sql, value));
          if (id === undefined) return form(request, pages, { written, problems: [NO_TEAM] });
          return pages.redirect(`/tickets/${id}`);
        },
      },
      { method: "GET", path: "/tickets/{id}", handler: (request, pages) => shown(request, pages) },
      {
        method: "POST",
        path: "/tickets/{id}",
        async handler(request, pages) {
          const id = idIn(request.params);
          const { value, problems } = sent(await request.form(), change);
          if (problems) return shown(request, pages, { problems });
          await database.as(request.viewer, (sql) => changeTicket(sql, id, value));
          return pages.redirect(`/tickets/${id}`);
        },
      },
      {
        method: "POST",
        path: "/tickets/{id}/comments",
        async handler(request, pages) {
          const id = idIn(request.params);
          const { value, written, problems } = sent(await request.form(), newComment);
          if (problems) return shown(request, pages, { written, problems });
          await database.as(request.viewer, (sql) => comment(sql, id, value));
          return pages.redirect(`/tickets/${id}#comments`);
        },
      },
      {
        method: "POST",
        path: "/tickets/{id}/withdraw",
        async handler(request, pages) {
          await database.as(request.viewer, (sql) => withdrawTicket(sql, idIn(request.params)));
          return pages.redirect("");
        },
      },
    ];
  },
};
