-- Tickets: whoever asks, and the team that is asked, see a ticket; nobody else does.
create table app.ticket (
  id uuid primary key default gen_random_uuid(),
  requester text not null default web.principal() check (requester <> ''),
  requester_name text not null default web.display_name(),
  team text not null references web.team (group_id),
  title text not null check (length(title) between 1 and 200),
  body text not null check (length(body) between 1 and 10000),
  priority text not null check (priority in ('low', 'normal', 'high')),
  status text not null default 'open' check (status in ('open', 'in progress', 'waiting', 'solved')),
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);
create index ticket_requester on app.ticket (requester, created_at desc);
create index ticket_team on app.ticket (team, created_at desc);
create trigger touch before update on app.ticket for each row execute function web.touch();

create table app.comment (
  id uuid primary key default gen_random_uuid(),
  ticket uuid not null references app.ticket on delete cascade,
  author text not null default web.principal() check (author <> ''),
  author_name text not null default web.display_name(),
  body text not null check (length(body) between 1 and 10000),
  -- A note that the team keeps to itself.
  internal boolean not null default false,
  created_at timestamptz not null default now()
);
create index comment_ticket on app.comment (ticket, created_at);

alter table app.ticket enable row level security;
alter table app.ticket force row level security;
alter table app.comment enable row level security;
alter table app.comment force row level security;

-- By person, and by group.
create policy ticket_read on app.ticket for select to public
  using (requester = (select web.principal()) or team = any ((select web.groups())::text[]));
create policy ticket_open on app.ticket for insert to public
  with check (requester = (select web.principal()));
create policy ticket_change on app.ticket for update to public
  using (requester = (select web.principal()) or team = any ((select web.groups())::text[]))
  with check (requester = (select web.principal()) or team = any ((select web.groups())::text[]));
create policy ticket_withdraw on app.ticket for delete to public
  using (requester = (select web.principal()));

-- A comment is seen where its ticket is; what ticket_read shows is all that these policies find.
create policy comment_read on app.comment for select to public
  using (exists (select from app.ticket where ticket.id = comment.ticket
    and (not internal or ticket.team = any ((select web.groups())::text[]))));
create policy comment_write on app.comment for insert to public
  with check (author = (select web.principal()) and exists (select from app.ticket where ticket.id = comment.ticket
    and (not internal or ticket.team = any ((select web.groups())::text[]))));
create policy comment_withdraw on app.comment for delete to public
  using (author = (select web.principal()));
