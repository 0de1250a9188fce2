-- Assets: whoever recorded one, and the team that keeps it, see it; nobody else does.
create table app.asset (
  id uuid primary key default gen_random_uuid(),
  holder text not null default web.principal() check (holder <> ''),
  holder_name text not null default web.display_name(),
  -- The team that keeps it; null while it is the holder's alone.
  team text references web.team (group_id),
  -- What a scanner reads from the label. Not unique: that another has this code would tell of what is not seen.
  code text not null check (code ~ '^[A-Z0-9][A-Z0-9-]{2,39}$'),
  name text not null check (length(name) between 1 and 200),
  kind text not null check (kind in ('laptop', 'phone', 'server', 'network', 'other')),
  place text not null check (length(place) between 1 and 200),
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);
create index asset_holder on app.asset (holder, created_at desc);
create index asset_team on app.asset (team, created_at desc);
create index asset_code on app.asset (code);
create trigger touch before update on app.asset for each row execute function web.touch();

create table app.finding (
  id uuid primary key default gen_random_uuid(),
  asset uuid not null references app.asset on delete cascade,
  finder text not null default web.principal() check (finder <> ''),
  finder_name text not null default web.display_name(),
  what text not null check (length(what) between 1 and 2000),
  severity text not null check (severity in ('low', 'medium', 'high', 'critical')),
  state text not null default 'open' check (state in ('open', 'accepted', 'fixed')),
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);
create index finding_asset on app.finding (asset, created_at);
create trigger touch before update on app.finding for each row execute function web.touch();

alter table app.asset enable row level security;
alter table app.asset force row level security;
alter table app.finding enable row level security;
alter table app.finding force row level security;

-- By person, and by group. An asset is given to a team of one's own alone.
create policy asset_read on app.asset for select to public
  using (holder = (select web.principal()) or team = any ((select web.groups())::text[]));
create policy asset_record on app.asset for insert to public
  with check (holder = (select web.principal()) and (team is null or team = any ((select web.groups())::text[])));
create policy asset_change on app.asset for update to public
  using (holder = (select web.principal()) or team = any ((select web.groups())::text[]))
  with check (holder = (select web.principal()) or team = any ((select web.groups())::text[]));
create policy asset_retire on app.asset for delete to public
  using (holder = (select web.principal()));

-- A finding is seen, and dealt with, where its asset is; what asset_read shows is all that these policies find.
create policy finding_read on app.finding for select to public
  using (exists (select from app.asset where asset.id = finding.asset));
create policy finding_report on app.finding for insert to public
  with check (finder = (select web.principal()) and exists (select from app.asset where asset.id = finding.asset));
create policy finding_settle on app.finding for update to public
  using (exists (select from app.asset where asset.id = finding.asset))
  with check (exists (select from app.asset where asset.id = finding.asset));
create policy finding_withdraw on app.finding for delete to public
  using (finder = (select web.principal()));
