-- A product's places as a hand-written table: the counter may not pass the capacity; every claim leaves its event.
create table products (
  id int primary key,
  capacity int not null,
  claimed int not null default 0
) with (fillfactor = 50);  -- room for updates in place

create table events (
  sequence bigserial primary key,
  product int not null references products,
  ticket int not null,
  recorded_at timestamptz not null default now(),
  body jsonb not null,
  unique (product, ticket)
);

insert into products select number, 2000000000, 0 from generate_series(1, 10000) as number;

create function take_place(wanted int, places int, body jsonb) returns int language plpgsql as $$
declare
  last_ticket int;
begin
  update products set claimed = claimed + places
    where id = wanted and claimed + places <= capacity
    returning claimed into last_ticket;
  if last_ticket is null then
    return null;  -- full
  end if;
  insert into events (product, ticket, body) values (wanted, last_ticket, body);
  return last_ticket;
end $$;

vacuum analyze;
checkpoint;
