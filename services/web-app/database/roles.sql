-- Makes a database and its two roles; run once by an administrator, before the migrations:
--   psql --set database=service_desk --set owner=service_desk_owner --set app=service_desk_app --file roles.sql
-- Passwords are set afterwards, with \password. On Cloud SQL, make both roles here and not with gcloud or the console,
-- which put every role into cloudsqlsuperuser (https://cloud.google.com/sql/docs/postgres/users).
\set ON_ERROR_STOP on
create role :"owner" login nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
create role :"app" login noinherit nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
grant :"owner" to current_user;
create database :"database" owner :"owner";
revoke all on database :"database" from public;
grant connect on database :"database" to :"app";
\connect :"database"
-- Before PostgreSQL 15 everybody may make things in this schema.
revoke all on schema public from public;
revoke :"owner" from current_user;
