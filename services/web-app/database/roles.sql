-- Makes a database and its two roles; run once by an administrator, before the migrations:
--   psql --set database=service_desk --set owner=service_desk_owner --set app=service_desk_app --file roles.sql
-- Passwords are set afterwards, with \password. An app role that is there already, as Cloud SQL's user of a service
-- account is, stays as it is. No role with a password is made with gcloud or the console, which put it into
-- cloudsqlsuperuser (https://cloud.google.com/sql/docs/postgres/users).
\set ON_ERROR_STOP on
create role :"owner" login nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
select format('create role %I login noinherit nosuperuser nobypassrls nocreatedb nocreaterole noreplication', :'app')
  where not exists (select from pg_roles where rolname = :'app') \gexec
grant :"owner" to current_user;
create database :"database" owner :"owner";
revoke all on database :"database" from public;
grant connect on database :"database" to :"app";
\connect :"database"
-- Before PostgreSQL 15 everybody may make things in this schema.
revoke all on schema public from public;
revoke :"owner" from current_user;
