-- What every web app's login role may do. :"app" is that role.
do $$
begin
  execute format('revoke all on database %I from public', current_database());
end
$$;
revoke all on all functions in schema web from public;
grant usage on schema web, app to :"app";
grant execute on function web.identity(), web.principal(), web.display_name(), web.groups() to :"app";
grant select on web.migration, web.team, web.membership to :"app";
