insert into app.ticket (team, title, body, priority)
select $1, title, body, priority from (values
  ('Screen stays dark after the update', 'Since this morning the second screen stays dark. The cable is the same as before.', 'normal'),
  ('Access to the shared drive', 'I moved to another department and need the drive of my new team.', 'low'),
  ('Cannot reach the payroll page', 'It says 403 since yesterday evening, and the month ends on Friday.', 'high')
) as example (title, body, priority)
