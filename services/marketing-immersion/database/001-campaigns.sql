-- Campaigns: whoever plans one, and the team with which it is shared, see it; nobody else does.
create table app.campaign (
  id uuid primary key default gen_random_uuid(),
  planner text not null default web.principal() check (planner <> ''),
  planner_name text not null default web.display_name(),
  -- Null while it is the planner's alone.
  team text references web.team (group_id),
  title text not null check (length(title) between 1 and 200),
  brief text not null check (length(brief) between 1 and 10000),
  stage text not null default 'draft' check (stage in ('draft', 'live', 'ended')),
  starts_on date,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);
create index campaign_planner on app.campaign (planner, created_at desc);
create index campaign_team on app.campaign (team, created_at desc);
create trigger touch before update on app.campaign for each row execute function web.touch();

create table app.experience (
  id uuid primary key default gen_random_uuid(),
  campaign uuid not null references app.campaign on delete cascade,
  author text not null default web.principal() check (author <> ''),
  author_name text not null default web.display_name(),
  title text not null check (length(title) between 1 and 200),
  kind text not null check (kind in ('360° tour', 'augmented reality', 'virtual reality', 'installation', 'film')),
  created_at timestamptz not null default now()
);
create index experience_campaign on app.experience (campaign, created_at);

alter table app.campaign enable row level security;
alter table app.campaign force row level security;
alter table app.experience enable row level security;
alter table app.experience force row level security;

-- By person, and by group. A campaign is shared with a team of one's own alone, and stays its planner's.
create policy campaign_read on app.campaign for select to public
  using (planner = (select web.principal()) or team = any ((select web.groups())::text[]));
create policy campaign_plan on app.campaign for insert to public
  with check (planner = (select web.principal()) and (team is null or team = any ((select web.groups())::text[])));
create policy campaign_change on app.campaign for update to public
  using (planner = (select web.principal()) or team = any ((select web.groups())::text[]))
  with check (planner = (select web.principal()) or team = any ((select web.groups())::text[]));
create policy campaign_drop on app.campaign for delete to public
  using (planner = (select web.principal()));

-- An experience is seen where its campaign is; what campaign_read shows is all that these policies find.
create policy experience_read on app.experience for select to public
  using (exists (select from app.campaign where campaign.id = experience.campaign));
create policy experience_add on app.experience for insert to public
  with check (author = (select web.principal())
    and exists (select from app.campaign where campaign.id = experience.campaign));
create policy experience_drop on app.experience for delete to public
  using (author = (select web.principal()) or exists (select from app.campaign
    where campaign.id = experience.campaign and campaign.planner = (select web.principal())));
