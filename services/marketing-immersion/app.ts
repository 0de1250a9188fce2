import type { WebApp } from "../web-app/app";
import type { Sql } from "../web-app/database/sql";
import { type Again, idIn, sent } from "../web-app/forms";
import type { Pages, SiteRequest } from "../web-app/site";
import { ownTeams } from "../web-app/teams";
import { addExperience, campaignWith, changeCampaign, dropCampaign, listCampaigns, planCampaign } from "./campaigns";
import { schema } from "./database/schema";
import CAMPAIGN from "./pages/campaign.eta";
import LIST from "./pages/list.eta";
import NEW from "./pages/new.eta";
import { change, KINDS, newCampaign, newExperience, STAGES } from "./schema";

/** Campaigns and the experiences that belong to them; the planner and the team with which one is shared see it. */
export const marketingImmersion: WebApp = {
  name: "marketing-immersion (TypeScript)",
  title: "Marketing immersion",
  base: "/marketing-immersion",
  schema,
  templates: { list: LIST, new: NEW, campaign: CAMPAIGN },
  routes(database) {
    const read = <T>(request: SiteRequest, work: (sql: Sql) => Promise<T>) =>
      database.as(request.viewer, work, { readOnly: true });
    const form = async (request: SiteRequest, { page }: Pages, { written = {}, problems = [] }: Again = {}) => {
      const data = { title: "New campaign", teams: await read(request, ownTeams), written, problems };
      return page("new", data);
    };
    const shown = async (request: SiteRequest, { page }: Pages, { written = {}, problems = [] }: Again = {}) => {
      const { campaign, experiences } = await read(request, (sql) => campaignWith(sql, idIn(request.params)));
      const isOwn = campaign.planner === request.viewer.principal;
      const data = {
        title: campaign.title,
        campaign,
        experiences,
        stages: STAGES,
        kinds: KINDS,
        isOwn,
        written,
        problems,
      };
      return page("campaign", data);
    };
    return [
      {
        method: "GET",
        path: "",
        async handler(request, { page }) {
          const stage = STAGES.find((one) => one === request.query.get("stage"));
          const campaigns = await read(request, (sql) => listCampaigns(sql, stage));
          return page("list", { title: "Campaigns", campaigns, stages: STAGES, stage });
        },
      },
      { method: "GET", path: "/campaigns/new", handler: (request, pages) => form(request, pages) },
      {
        method: "POST",
        path: "/campaigns",
        async handler(request, pages) {
          const { value, written, problems } = sent(await request.form(), newCampaign);
          if (problems) return form(request, pages, { written, problems });
          const id = await database.as(request.viewer, (sql) => planCampaign(sql, value));
          return pages.redirect(`/campaigns/${id}`);
        },
      },
      { method: "GET", path: "/campaigns/{id}", handler: (request, pages) => shown(request, pages) },
      {
        method: "POST",
        path: "/campaigns/{id}",
        async handler(request, pages) {
          const id = idIn(request.params);
          const { value, written, problems } = sent(await request.form(), change);
          if (problems) return shown(request, pages, { written, problems });
          await database.as(request.viewer, (sql) => changeCampaign(sql, id, value));
          return pages.redirect(`/campaigns/${id}`);
        },
      },
      {
        method: "POST",
        path: "/campaigns/{id}/experiences",
        async handler(request, pages) {
          const id = idIn(request.params);
          const { value, problems } = sent(await request.form(), newExperience);
          if (problems) return shown(request, pages, { problems });
          await database.as(request.viewer, (sql) => addExperience(sql, id, value));
          return pages.redirect(`/campaigns/${id}#experiences`);
        },
      },
      {
        method: "POST",
        path: "/campaigns/{id}/drop",
        async handler(request, pages) {
          await database.as(request.viewer, (sql) => dropCampaign(sql, idIn(request.params)));
          return pages.redirect("");
        },
      },
    ];
  },
};
