insert into app.asset (code, name, kind, place)
select code, name, kind, place from (values
  ('LT-20417', 'Laptop of ' || web.display_name() || ', ' || left($1::text, 8), 'laptop', 'Home office'),
  ('NW-00032', 'Switch below the desk', 'network', 'Room 2.14')
) as example (code, name, kind, place)
