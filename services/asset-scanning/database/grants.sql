-- Ids, holders and times come from the database alone, and an asset's team stays as it was made.
grant select, delete on app.asset, app.finding to :"app";
grant insert (team, code, name, kind, place) on app.asset to :"app";
grant update (name, place) on app.asset to :"app";
grant insert (asset, what, severity) on app.finding to :"app";
grant update (state) on app.finding to :"app";
