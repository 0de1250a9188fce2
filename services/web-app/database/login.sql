-- What a web app's login role must not be, and what must not be so in its database: one line per finding.
with me as (select * from pg_roles where rolname = current_user)
select 'the role is SUPERUSER; row-level security does not hold for it' as finding from me where rolsuper
union all select 'the role has BYPASSRLS' from me where rolbypassrls
union all select 'the role has CREATEROLE' from me where rolcreaterole
union all select 'the role has CREATEDB' from me where rolcreatedb
union all select 'the role has REPLICATION' from me where rolreplication
-- Assumed: membership in Cloud SQL's own roles for IAM authentication grants nothing but the login.
union all select format('the role is a member of %s', string_agg(granted.rolname, ', ' order by granted.rolname))
  from me join pg_auth_members on member = me.oid join pg_roles granted on granted.oid = roleid
  where granted.rolname not in ('cloudsqliamuser', 'cloudsqliamserviceaccount', 'cloudsqliamgroup')
  having count(*) > 0
union all select format('the role owns %s', string_agg(what, ', ' order by what)) from (
    select relname::text as what from pg_class, me where relowner = me.oid and relkind not in ('i', 'I', 't')
    union all select proname::text from pg_proc, me where proowner = me.oid
    union all select nspname::text from pg_namespace, me where nspowner = me.oid
    union all select datname::text from pg_database, me where datdba = me.oid
  ) as owned having count(*) > 0
union all (select format('the role may create in the schema %s', nspname) from pg_namespace
  where has_schema_privilege(oid, 'CREATE') and nspname !~ '^pg_(toast_)?temp_' order by nspname)
union all select 'the role may create schemas in the database' where has_database_privilege(current_database(), 'CREATE')
union all select 'the role may create temporary tables' where has_database_privilege(current_database(), 'TEMPORARY')
union all select 'the role can read web.identity_key'
  where exists (select from pg_class where relname = 'identity_key' and relnamespace = to_regnamespace('web')
    and has_any_column_privilege(oid, 'SELECT'))
union all (select format('%s has no FORCE ROW LEVEL SECURITY', oid::regclass) from pg_class
  where relnamespace = to_regnamespace('app') and relkind in ('r', 'p') and not (relrowsecurity and relforcerowsecurity)
  order by relname)
union all (select format('%s shows rows as its owner; it has no security_invoker', oid::regclass) from pg_class
  where relnamespace = to_regnamespace('app') and (relkind = 'm' or relkind = 'v'
    and not coalesce(reloptions && array['security_invoker=true', 'security_invoker=on'], false))
  order by relname)
