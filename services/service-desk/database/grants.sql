-- Ids, owners and times come from the database alone.
grant select, delete on app.ticket, app.comment to :"app";
grant insert (team, title, body, priority) on app.ticket to :"app";
grant update (status, priority) on app.ticket to :"app";
grant insert (ticket, body, internal) on app.comment to :"app";
