insert into app.campaign (title, brief, starts_on)
select title, brief, starts_on from (values
  ('Walk through the new showroom', 'Visitors walk through the showroom at home before they book a date. For ' || $1::text || '.', date '2027-03-01'),
  ('The harvest from above', 'A film in all directions over the vineyards, for the stand at the spring fair.', date '2027-04-15')
) as example (title, brief, starts_on)
