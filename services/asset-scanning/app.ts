import type { WebApp } from "../web-app/app";
import type { Sql } from "../web-app/database/sql";
import { type Again, idIn, sent } from "../web-app/forms";
import type { Pages, SiteRequest } from "../web-app/site";
import { ownTeams } from "../web-app/teams";
import {
  assetWith,
  listAssets,
  moveAsset,
  recordAsset,
  reportFinding,
  retireAsset,
  scan,
  settleFinding,
} from "./assets";
import { schema } from "./database/schema";
import ASSET from "./pages/asset.eta";
import LIST from "./pages/list.eta";
import NEW from "./pages/new.eta";
import { code, KINDS, moved, newAsset, newFinding, SEVERITIES, STATES, settled } from "./schema";

/** Scanned assets and what was found on them; the holder and the team that keeps one see it. */
export const assetScanning: WebApp = {
  name: "asset-scanning (TypeScript)",
  title: "Asset scanning",
  base: "/asset-scanning",
  schema,
  templates: { list: LIST, new: NEW, asset: ASSET },
  routes(database) {
    const read = <T>(request: SiteRequest, work: (sql: Sql) => Promise<T>) =>
      database.as(request.viewer, work, { readOnly: true });
    const form = async (request: SiteRequest, { page }: Pages, { written = {}, problems = [] }: Again = {}) => {
      const data = { title: "New asset", teams: await read(request, ownTeams), kinds: KINDS, written, problems };
      return page("new", data);
    };
    const shown = async (request: SiteRequest, { page }: Pages, { written = {}, problems = [] }: Again = {}) => {
      const { asset, findings } = await read(request, (sql) => assetWith(sql, idIn(request.params)));
      const isOwn = asset.holder === request.viewer.principal;
      const choices = { severities: SEVERITIES, states: STATES };
      const data = { title: `${asset.code} ${asset.name}`, asset, findings, isOwn, written, problems, ...choices };
      return page("asset", data);
    };
    return [
      {
        method: "GET",
        path: "",
        async handler(request, { page, redirect }) {
          const asked = request.query.get("code") ?? "";
          if (asked === "") {
            const assets = await read(request, listAssets);
            return page("list", { title: "Assets", assets, asked, problems: [] });
          }
          const label = code.safeParse(asked);
          const assets = label.success ? await read(request, (sql) => scan(sql, label.data)) : [];
          if (assets.length === 1) return redirect(`/assets/${assets[0]!.id}`);
          const problems = label.success ? [] : [{ path: "code", message: label.error.issues[0]!.message }];
          return page("list", { title: "Scanned", assets, asked, problems });
        },
      },
      { method: "GET", path: "/assets/new", handler: (request, pages) => form(request, pages) },
      {
        method: "POST",
        path: "/assets",
        async handler(request, pages) {
          const { value, written, problems } = sent(await request.form(), newAsset);
          if (problems) return form(request, pages, { written, problems });
          const id = await database.as(request.viewer, (sql) => recordAsset(sql, value));
          return pages.redirect(`/assets/${id}`);
        },
      },
      { method: "GET", path: "/assets/{id}", handler: (request, pages) => shown(request, pages) },
      {
        method: "POST",
        path: "/assets/{id}/move",
        async handler(request, pages) {
          const id = idIn(request.params);
          const { value, problems } = sent(await request.form(), moved);
          if (problems) return shown(request, pages, { problems });
          await database.as(request.viewer, (sql) => moveAsset(sql, id, value));
          return pages.redirect(`/assets/${id}`);
        },
      },
      {
        method: "POST",
        path: "/assets/{id}/findings",
        async handler(request, pages) {
          const id = idIn(request.params);
          const { value, written, problems } = sent(await request.form(), newFinding);
          if (problems) return shown(request, pages, { written, problems });
          await database.as(request.viewer, (sql) => reportFinding(sql, id, value));
          return pages.redirect(`/assets/${id}#findings`);
        },
      },
      {
        method: "POST",
        path: "/findings/{id}",
        async handler(request, pages) {
          const id = idIn(request.params);
          const { value } = sent(await request.form(), settled);
          if (!value) return pages.redirect("");
          const asset = await database.as(request.viewer, (sql) => settleFinding(sql, id, value));
          return pages.redirect(`/assets/${asset}#findings`);
        },
      },
      {
        method: "POST",
        path: "/assets/{id}/retire",
        async handler(request, pages) {
          await database.as(request.viewer, (sql) => retireAsset(sql, idIn(request.params)));
          return pages.redirect("");
        },
      },
    ];
  },
};
