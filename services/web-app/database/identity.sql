-- Who is signed in, as the database knows it, and what only the owner may write.
create schema web;
create schema app;

-- Keys of HMAC-SHA-256, as the padded halves of RFC 2104, so that sha256(), which every PostgreSQL has, is enough.
create table web.identity_key (
  inner_pad bytea not null check (length(inner_pad) = 64),
  outer_pad bytea not null check (length(outer_pad) = 64)
);

-- The statement that the app signed for this transaction, or null where there is none that holds. It is not taken from
-- the setting itself: whoever can run SQL can set that. The key is out of reach of the app's role.
create function web.identity() returns jsonb
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  presented constant text := current_setting('web.identity', true);
  payload bytea;
  statement jsonb;
begin
  if presented is null or length(presented) <= 64 then
    return null;
  end if;
  payload := convert_to(substr(presented, 65), 'UTF8');
  -- Compared by a keyed digest of both sides, so that the time of a comparison tells nothing.
  perform from web.identity_key as key
    where sha256(key.outer_pad || convert_to(left(presented, 64), 'UTF8'))
        = sha256(key.outer_pad || convert_to(
            encode(sha256(key.outer_pad || sha256(key.inner_pad || payload)), 'hex'), 'UTF8'));
  if not found then
    return null;
  end if;
  statement := convert_from(payload, 'UTF8')::jsonb;
  if (statement ->> 'expiresMs')::numeric < extract(epoch from clock_timestamp()) * 1000 then
    return null;
  end if;
  return statement;
end
$$;

-- Null while nobody is signed in, which no comparison of a policy passes.
create function web.principal() returns text
  language sql stable
  begin atomic
    select web.identity() ->> 'principal';
  end;

create function web.display_name() returns text
  language sql stable
  begin atomic
    select web.identity() ->> 'name';
  end;

create function web.groups() returns text[]
  language sql stable
  begin atomic
    select coalesce(array(select jsonb_array_elements_text(web.identity() -> 'groups')), '{}');
  end;

-- Groups that the app has a name for. Their names are no secret among those who are signed in.
create table web.team (
  group_id text primary key check (length(group_id) between 1 and 200),
  name text not null unique check (length(name) between 1 and 100)
);

-- Who is in which group, where a table is the directory. Each person sees her own lines.
create table web.membership (
  group_id text not null references web.team on delete cascade,
  principal text not null check (length(principal) between 1 and 500),
  primary key (group_id, principal)
);
alter table web.membership enable row level security;
alter table web.membership force row level security;
create policy own on web.membership for select to public using (principal = (select web.principal()));
create policy upkeep on web.membership for all to current_user using (true) with check (true);

-- The moment of a change; the app's role may not write it.
create function web.touch() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  new.changed_at := now();
  return new;
end
$$;
