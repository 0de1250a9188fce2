-- Ids, owners and times come from the database alone, and a campaign's team stays as it was made.
grant select, delete on app.campaign, app.experience to :"app";
grant insert (team, title, brief, starts_on) on app.campaign to :"app";
grant update (title, brief, stage, starts_on) on app.campaign to :"app";
grant insert (campaign, title, kind) on app.experience to :"app";
